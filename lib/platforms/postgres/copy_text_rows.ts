import type { Batch } from "../../datasets/batch.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import { CopyText } from "../../formats/pg_dump/copy_text.ts";
import { type Bytes, message } from "./wire.ts";

/** Rows as COPY's text format, in CopyData messages. */
export class CopyTextRows {
  readonly #text: CopyText;

  /** @param flushAt bytes after which `full` turns true */
  constructor(table: TableSchema, readonly flushAt = 1_048_576) {
    this.#text = new CopyText(table);
  }

  /** True when it is time to send. */
  get full(): boolean {
    return this.#text.length >= this.flushAt;
  }

  /** The rows so far, as one message. */
  take(): Bytes {
    return message("d", this.#text.take());
  }

  /**
   * Adds rows of a batch.
   *
   * @throws {ServemarkError} for a value that its column cannot hold
   */
  add(batch: Batch, from: number, to: number): void {
    this.#text.add(batch, from, to);
  }

  /** The text format ends without a mark. */
  end(): void {}
}
