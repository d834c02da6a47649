/**
 * What someone declares of their data: a YAML beside it, or options.
 *
 * ```yaml
 * name: customers
 * version: "1.0"
 * tables:
 *   customer_data:
 *     entity: customer
 *     key: customer_id          # or [customer_id, at] for events
 *     columns: { zip: text, balance: "decimal(14,2)" }
 * entities:
 *   customer: { popularity: 0.9 }
 * ```
 *
 * @module
 */
import { throwProblems } from "../../core/errors.ts";
import { YamlNode } from "../../core/yaml_places.ts";
import type { ColumnType } from "../../datasets/schema.ts";

/** What is declared of one table. */
export interface TableOverrides {
  readonly entity?: string;
  readonly key?: readonly string[];
  readonly description?: string;
  /** Column name → its type. */
  readonly columns: Readonly<Record<string, ColumnType>>;
}

/** What is declared of a dataset. */
export interface Overrides {
  readonly name?: string;
  readonly version?: string;
  readonly description?: string;
  readonly tables: Readonly<Record<string, TableOverrides>>;
  /** Entity name → exponent of the law by which requests pick its keys. */
  readonly popularity: Readonly<Record<string, number>>;
}

/** Nothing declared. */
export const NO_OVERRIDES: Overrides = { tables: {}, popularity: {} };

/**
 * Reads declarations from a YAML file's text.
 *
 * @throws {ServemarkError} with every problem of the file, each with its place
 */
export function readOverrides(text: string, file: string): Overrides {
  const root = YamlNode.parse(text, file);
  let found = NO_OVERRIDES;
  if (root.problems.length === 0) {
    root.fields("the declarations", [], [
      "name",
      "version",
      "description",
      "tables",
      "entities",
    ]);
    found = {
      name: root.get("name")?.text(
        "name",
        /^[a-z][a-z0-9_]{0,59}$/,
        "lower-case letters, digits and _",
      ),
      version: root.get("version")?.text(
        "version",
        /^[0-9][A-Za-z0-9._-]{0,39}$/,
        "a digit, then letters, digits, dots, _ and -",
      ),
      description: root.get("description")?.text("description"),
      tables: Object.fromEntries(
        root.get("tables")?.entries("tables").map((
          [name, node],
        ) => [name, readTable(node, name)]) ?? [],
      ),
      popularity: Object.fromEntries(
        root.get("entities")?.entries("entities").map(([name, node]) => {
          node.fields(`entity "${name}"`, ["popularity"]);
          const exponent = node.get("popularity")
            ?.number("popularity", { min: 0, max: 10 });
          return [name, exponent ?? 0];
        }) ?? [],
      ),
    };
  }
  throwProblems(`Cannot use the declarations in "${file}"`, root.problems);
  return found;
}

function readTable(node: YamlNode, name: string): TableOverrides {
  node.fields(`table "${name}"`, [], [
    "entity",
    "key",
    "description",
    "columns",
  ]);
  const key = node.get("key");
  const names = Array.isArray(key?.value) ? key.value : [key?.value];
  if (key && !names.every((n) => typeof n === "string" && n !== "")) {
    key.problem(
      "a key is a column's name, or a list of them",
      "Write `key: customer_id`",
    );
  }
  const columns: [name: string, type: ColumnType][] = [];
  for (const [column, type] of node.get("columns")?.entries("columns") ?? []) {
    const read = readType(type);
    if (read) columns.push([column, read]);
  }
  return {
    entity: node.get("entity")?.text("entity"),
    ...(key ? { key: names as string[] } : {}),
    description: node.get("description")?.text("description"),
    columns: Object.fromEntries(columns),
  };
}

const KINDS = [
  "boolean",
  "integer",
  "bigint",
  "double",
  "text",
  "bytes",
  "date",
  "timestamp",
] as const;

function readType(node: YamlNode): ColumnType | undefined {
  const text = node.text("type");
  if (text === undefined) return undefined;
  const kind = KINDS.find((known) => known === text);
  if (kind) return { kind };
  const decimal = /^decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(text);
  const [precision, scale] = [Number(decimal?.[1]), Number(decimal?.[2])];
  if (decimal && precision >= 1 && precision <= 38 && scale <= precision) {
    return { kind: "decimal", precision, scale };
  }
  return node.problem(
    `unknown type "${text}"`,
    `Known: ${KINDS.join(", ")}, decimal(P,S) with P up to 38`,
  );
}
