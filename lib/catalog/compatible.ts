import type { DatasetSpec, TableSpec } from "../datasets/spec.ts";

/** What keeps a table from being held by a platform, as a phrase; `undefined` where nothing does. */
type Obstacle = (table: TableSpec) => string | undefined;

/** By the platform's type. */
const OBSTACLES: Readonly<Record<string, Obstacle>> = {
  postgres: postgresObstacle,
  lakebase: postgresObstacle,
  aurora: postgresObstacle,
  dynamodb: dynamodbObstacle,
  memory: () => undefined,
};

function postgresObstacle({ columns }: TableSpec): string | undefined {
  return columns.length > 1600
    ? `it has ${columns.length} columns, over 1,600`
    : undefined;
}

/** Attribute types that a key can have: text, number, bytes. */
const KEYS = [
  "text",
  "integer",
  "bigint",
  "decimal",
  "timestamp",
  "date",
  "bytes",
];

function dynamodbObstacle(table: TableSpec): string | undefined {
  if (table.key.length > 2) {
    return `its key has ${table.key.length} columns, over a hash and a range key`;
  }
  for (const { name, type } of table.columns) {
    if (table.key.includes(name) && !KEYS.includes(type.kind)) {
      return `its key column ${name} is of type ${type.kind}`;
    }
    if (type.kind === "decimal" && type.precision > 38) {
      return `column ${name} has ${type.precision} digits, over 38`;
    }
  }
  return undefined;
}

/** Platforms, by type, that can hold all tables of a dataset. */
export function compatiblePlatforms({ tables }: DatasetSpec): string[] {
  return Object.keys(OBSTACLES).filter((kind) =>
    tables.every((table) => OBSTACLES[kind](table) === undefined)
  );
}

/** Why a platform cannot hold a dataset: the first table and its reason; `undefined` where it can, or is not known. */
export function platformObstacle(
  { tables }: DatasetSpec,
  kind: string,
): { table: string; cause: string } | undefined {
  if (!Object.hasOwn(OBSTACLES, kind)) return undefined;
  for (const table of tables) {
    const cause = OBSTACLES[kind](table);
    if (cause !== undefined) return { table: table.name, cause };
  }
  return undefined;
}
