import type {
  ColumnSchema,
  ColumnType,
  TableSchema,
} from "../../datasets/schema.ts";
import type { DynamodbClient } from "./client.ts";
import type {
  AttributeValue,
  Item,
} from "../../formats/dynamodb_json/items.ts";

/** Items of a table that its columns are told from. */
const SAMPLE = 1000;
/** Digits of a DynamoDB number, and of a 64-bit integer, all of which hold them. */
const MOST_DIGITS = 38;
const INTEGER_DIGITS = 18;

interface Description {
  readonly Table: {
    readonly ItemCount?: number;
    readonly KeySchema: readonly {
      readonly AttributeName: string;
      readonly KeyType: "HASH" | "RANGE";
    }[];
  };
}

/**
 * The tables whose names begin with a prefix, with columns told from their
 * first items, since DynamoDB declares only keys. Rows are the service's own
 * count, which it renews every six hours.
 */
export async function inferTables(
  client: DynamodbClient,
  prefix: string,
  signal?: AbortSignal,
): Promise<TableSchema[]> {
  const tables: TableSchema[] = [];
  for await (const name of tableNames(client, prefix, signal)) {
    const { Table } = await client.json<Description>("DescribeTable", {
      TableName: name,
    }, signal);
    const { Items } = await client.json<{ Items: readonly Item[] }>("Scan", {
      TableName: name,
      Limit: SAMPLE,
    }, signal);
    const key = Table.KeySchema
      .toSorted((a, b) => a.KeyType < b.KeyType ? -1 : 1)
      .map(({ AttributeName }) => AttributeName);
    const short = name.slice(prefix.length);
    tables.push({
      name: short,
      entity: short,
      key,
      keyForm: { as: "listed" },
      rows: Table.ItemCount ?? Items.length,
      columns: columnsOf(Items, key),
    });
  }
  return tables;
}

async function* tableNames(
  client: DynamodbClient,
  prefix: string,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  let start: string | undefined;
  do {
    const page: {
      TableNames: readonly string[];
      LastEvaluatedTableName?: string;
    } = await client.json("ListTables", {
      ExclusiveStartTableName: start,
    }, signal);
    yield* page.TableNames.filter((name) => name.startsWith(prefix));
    start = page.LastEvaluatedTableName;
  } while (start !== undefined);
}

/** Keys first, then the other attributes by name. */
function columnsOf(
  items: readonly Item[],
  key: readonly string[],
): ColumnSchema[] {
  const values = new Map<string, AttributeValue[]>();
  for (const item of items) {
    for (const [name, value] of Object.entries(item)) {
      const seen = values.get(name);
      if (seen) seen.push(value);
      else values.set(name, [value]);
    }
  }
  const others = [...values.keys()].filter((name) => !key.includes(name))
    .sort();
  return [...key, ...others].map((name) => ({
    name,
    type: typeOf(values.get(name) ?? []),
    // That no sampled item lacks it says nothing of the others.
    nullable: !key.includes(name),
  }));
}

function typeOf(values: readonly AttributeValue[]): ColumnType {
  const present = values.filter((value) => value.NULL === undefined);
  const all = (kind: keyof AttributeValue) =>
    present.length > 0 && present.every((value) => value[kind] !== undefined);
  if (all("BOOL")) return { kind: "boolean" };
  if (all("B")) return { kind: "bytes" };
  if (all("N")) return numberType(present.map((value) => value.N!));
  return { kind: "text" };
}

/** Integers, else decimals that hold every digit seen, else doubles. */
function numberType(texts: readonly string[]): ColumnType {
  let whole = 0;
  let scale = 0;
  for (const text of texts) {
    const m = /^-?(\d+)(?:\.(\d+))?$/.exec(text);
    if (!m) return { kind: "double" };
    whole = Math.max(whole, m[1].length);
    scale = Math.max(scale, m[2]?.length ?? 0);
  }
  if (scale === 0 && whole <= INTEGER_DIGITS) return { kind: "bigint" };
  // Room for larger values than the sample has.
  return whole + scale <= MOST_DIGITS
    ? { kind: "decimal", precision: MOST_DIGITS, scale }
    : { kind: "double" };
}
