import { messageOf, ServemarkError } from "../../core/errors.ts";
import { nearest } from "../../core/names.ts";
import type { Batch } from "../../datasets/batch.ts";
import { ColumnBuilder } from "../../datasets/column_builder.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import { columnValue, type Item } from "./items.ts";
import { readItems } from "./records.ts";

/** What is read, and how. */
export interface ItemReadOptions {
  /** What the file is called in errors. */
  readonly name: string;
  /** Number of the file's first row within its table. @default 0 */
  readonly from?: number;
  /** Rows of a batch, at most. @default 8192 */
  readonly batchRows?: number;
  /** Told of deletions, which are no rows. */
  readonly onDeleted?: (items: number) => void;
}

/** Bytes of the file that a batch stands for, about. */
const BATCH_BYTES = 1 << 23;

/**
 * Reads a file of items as batches of a table. An attribute that is missing is
 * NULL.
 *
 * @throws {ServemarkError} for a value that its column cannot hold, and for an
 * attribute that no column stands for: each with its line
 */
export async function* readItemRows(
  content: AsyncIterable<Uint8Array>,
  table: TableSchema,
  options: ItemReadOptions,
): AsyncGenerator<Batch> {
  const { name, batchRows = 8192 } = options;
  const { columns } = table;
  const names = new Set(columns.map((column) => column.name));
  const builders = columns.map(({ type }) => new ColumnBuilder(type));
  let from = options.from ?? 0;
  let rows = 0;
  let bytes = 0;
  const batch = (): Batch => {
    const made = {
      table,
      from,
      rows,
      columns: builders.map((b) => b.finish()),
    };
    from += rows;
    rows = bytes = 0;
    return made;
  };
  for await (const found of readItems(content, name)) {
    const { items, lines } = found;
    if (found.deleted > 0) options.onDeleted?.(found.deleted);
    for (let k = 0; k < items.length; k++) {
      const item = items[k];
      checkAttributes(item, names, name, lines[k]);
      for (let c = 0; c < columns.length; c++) {
        builders[c].add(readValue(c, item, lines[k]));
      }
      bytes += found.bytes / items.length;
      if (++rows === batchRows || bytes >= BATCH_BYTES) yield batch();
    }
  }
  if (rows > 0) yield batch();

  function readValue(c: number, item: Item, line: number) {
    try {
      const value = columnValue(columns[c], item);
      if (value !== null || columns[c].nullable) return value;
    } catch (error) {
      if (!(error instanceof ServemarkError)) throw error;
      throw new ServemarkError(messageOf(error).split("\n")[0], {
        place: `${name}, line ${line}, attribute "${columns[c].name}"`,
        remedy: error.details.remedy,
        error,
      });
    }
    throw new ServemarkError(`Cannot read ${name}`, {
      cause: `an item has no "${columns[c].name}"`,
      place: `${name}, line ${line}`,
      remedy: "Declare the column as nullable, or complete the item",
    });
  }
}

function checkAttributes(
  item: Item,
  names: ReadonlySet<string>,
  name: string,
  line: number,
): void {
  for (const attribute in item) {
    if (names.has(attribute)) continue;
    const near = nearest(attribute.slice(0, 100), [...names].slice(0, 1000));
    throw new ServemarkError(`Cannot read ${name}`, {
      cause: `no column stands for the attribute "${attribute.slice(0, 100)}"` +
        (near === undefined ? "" : `; one is called "${near}"`),
      place: `${name}, line ${line}`,
      remedy:
        "It was not among the first items: declare it, with its type, as a column",
    });
  }
}
