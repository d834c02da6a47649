import type { Catalog } from "../../catalog/catalog.ts";
import type { Part } from "../../catalog/manifest.ts";
import type { Batch } from "../../datasets/batch.ts";
import { Fingerprinter } from "../../datasets/fingerprint.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import { sliceBatch } from "../../datasets/slice.ts";
import { ParquetBuilder, ROW_GROUP } from "../../formats/parquet/write.ts";
import { PART_ROWS } from "../materialize.ts";

/**
 * Stores a table's rows as parts of a catalog, cut where generated tables are
 * cut too. The schema may say more than the batches' own (its key, which
 * columns have NULLs), and takes their place.
 */
export async function storeTable(
  catalog: Catalog,
  table: TableSchema,
  batches: AsyncIterable<Batch>,
  onRows: (rows: number) => void,
): Promise<Part[]> {
  const parts: Part[] = [];
  let open: { file: ParquetBuilder; sum: Fingerprinter; rows: number } =
    begin();
  let from = 0;

  function begin() {
    return {
      file: new ParquetBuilder(table),
      sum: new Fingerprinter(),
      rows: 0,
    };
  }
  async function end() {
    const range = { table: table.name, from, rows: open.rows };
    const bytes = open.file.finish();
    parts.push(await catalog.storePart(range, open.sum.digest(), bytes));
    from += open.rows;
    open = begin();
  }

  for await (const batch of batches) {
    for (let at = 0; at < batch.rows;) {
      const room = Math.min(ROW_GROUP, PART_ROWS - open.rows);
      const to = Math.min(batch.rows, at + room);
      const slice = {
        ...sliceBatch(batch, at, to),
        table,
        from: from + open.rows,
      };
      open.sum.add(slice);
      open.file.add(slice);
      open.rows += to - at;
      onRows(to - at);
      at = to;
      if (open.rows === PART_ROWS) await end();
    }
  }
  if (open.rows > 0) await end();
  return parts;
}
