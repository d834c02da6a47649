import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";
import { AttributeGuess } from "../../formats/dynamodb_json/guess.ts";
import type { Item } from "../../formats/dynamodb_json/items.ts";
import type { DynamodbClient } from "./client.ts";

/** Items of a table that its columns are told from. */
const SAMPLE = 1000;

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
  const guesses = new Map(key.map((name) => [name, new AttributeGuess()]));
  for (const item of items) {
    for (const [name, value] of Object.entries(item)) {
      let guess = guesses.get(name);
      if (!guess) guesses.set(name, guess = new AttributeGuess());
      guess.add(value);
    }
  }
  const others = [...guesses.keys()].filter((name) => !key.includes(name))
    .sort();
  return [...key, ...others].map((name) => ({
    name,
    type: guesses.get(name)!.type(false),
    // That no sampled item lacks it says nothing of the others.
    nullable: !key.includes(name),
  }));
}
