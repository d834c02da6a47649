import type pg from "pg";
import {
  canonicalFromText,
  canonicalRow,
} from "../../../lib/datasets/canonical.ts";
import type { TableSchema } from "../../../lib/datasets/schema.ts";
import type { TableSource } from "../../../lib/formats/source.ts";
import { sqlName } from "../../../lib/formats/pg_dump/sql_text.ts";

/** A table's rows as a server prints them, in canonical text, sorted. */
export async function serverRows(
  client: pg.Client,
  from: string,
  { columns }: TableSchema,
): Promise<string[]> {
  // As in pg_dump's own session.
  await client.query("SET search_path = ''");
  const { rows } = await client.query({
    text: `SELECT ${
      columns.map(({ name }) => sqlName(name)).join(", ")
    } FROM ${from}`,
    rowMode: "array",
    // What the server printed, as COPY would.
    types: { getTypeParser: () => (text: string) => text },
  });
  return rows.map((row: (string | null)[]) =>
    row.map((text, c) => canonicalFromText(columns[c], text)).join("|")
  ).sort();
}

/** A table's rows as a source reads them, in canonical text, sorted. */
export async function sourceRows(
  source: TableSource,
  table: string,
): Promise<string[]> {
  const rows: string[] = [];
  for await (const batch of source.read(table)) {
    if (batch.from !== rows.length) {
      throw new Error(`a batch of ${table} begins at ${batch.from}`);
    }
    for (let r = 0; r < batch.rows; r++) rows.push(canonicalRow(batch, r));
  }
  return rows.sort();
}
