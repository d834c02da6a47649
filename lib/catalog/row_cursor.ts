import { type Batch, type Value, valueAt } from "../datasets/batch.ts";
import { canonicalValue } from "../datasets/canonical.ts";
import type { TableSchema } from "../datasets/schema.ts";

/** Some columns of a table, by their places. */
export interface CursorColumns {
  readonly key: readonly number[];
  /** What rows are compared by. */
  readonly values: readonly number[];
}

/** Goes through batches row by row. */
export class RowCursor {
  readonly #batches: AsyncIterator<Batch>;
  readonly #columns: CursorColumns;
  readonly #table: TableSchema;
  #batch: Batch | undefined;
  #row = -1;

  constructor(
    table: TableSchema,
    batches: AsyncIterable<Batch>,
    columns: CursorColumns,
  ) {
    this.#table = table;
    this.#batches = batches[Symbol.asyncIterator]();
    this.#columns = columns;
  }

  /** Goes to the next row, without waiting where its batch is here; a promise else. */
  next(): boolean | Promise<boolean> {
    if (this.#batch && this.#row + 1 < this.#batch.rows) {
      this.#row++;
      return true;
    }
    return this.#fetch();
  }

  async #fetch(): Promise<boolean> {
    do {
      const { done, value } = await this.#batches.next();
      if (done) {
        this.#batch = undefined;
        return false;
      }
      this.#batch = value;
    } while (this.#batch.rows === 0);
    this.#row = 0;
    return true;
  }

  /** The key's values. */
  key(): Value[] {
    const { columns } = this.#batch!;
    return this.#columns.key.map((c) => valueAt(columns[c], this.#row));
  }

  /** The key's canonical text. */
  keyText(): string {
    return this.#text(this.#columns.key);
  }

  /** The canonical text of what rows are compared by. */
  text(): string {
    return this.#text(this.#columns.values);
  }

  /** Lets go of the batches. */
  async close(): Promise<void> {
    await this.#batches.return?.();
  }

  #text(places: readonly number[]): string {
    const { columns } = this.#batch!;
    let text = "";
    for (const c of places) {
      const value = valueAt(columns[c], this.#row);
      text += canonicalValue(this.#table.columns[c].type, value) + "|";
    }
    return text;
  }
}

/** The order of two keys: column by column, numbers as numbers, texts by code units. */
export function compareKeys(a: readonly Value[], b: readonly Value[]): number {
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[k], b[k]];
    if (x === y) continue;
    // Keys are never NULL.
    if (x! < y!) return -1;
    if (x! > y!) return 1;
  }
  return 0;
}
