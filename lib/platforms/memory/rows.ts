import { ServemarkError } from "../../core/errors.ts";
import type { Batch, Value } from "../../datasets/batch.ts";
import { CANONICAL_NULL, canonicalRow } from "../../datasets/canonical.ts";
import { ColumnBuilder } from "../../datasets/column_builder.ts";
import type {
  ColumnType,
  KeyForm,
  TableSchema,
} from "../../datasets/schema.ts";
import type { ArenaSource } from "./arena.ts";

/** Rows of one table as they come in. */
export class RowBuffer {
  readonly #table: TableSchema;
  readonly #slots: number[] = [];
  readonly #starts: number[] = [0];
  #bytes = new Uint8Array(1 << 16);
  readonly #encoder = new TextEncoder();
  readonly #keyNumber: (value: number | string) => number;

  constructor(table: TableSchema) {
    this.#table = table;
    this.#keyNumber = keyNumbers(table.keyForm);
  }

  get rows(): number {
    return this.#slots.length;
  }

  /** Bytes of the rows' texts. */
  get size(): number {
    return this.#starts[this.#starts.length - 1];
  }

  /** Adds all rows of a batch. A feature row's slot is its key's number, an event's its place. */
  add(batch: Batch): void {
    const { key, columns } = this.#table;
    const keys = key.length === 1
      ? batch.columns[columns.findIndex((c) => c.name === key[0])].values
      : undefined;
    for (let r = 0; r < batch.rows; r++) {
      this.#slots.push(
        keys ? this.#keyNumber(keys[r] as number | string) : this.#slots.length,
      );
      this.#append(canonicalRow(batch, r));
    }
  }

  /** The rows ordered by slot. Two rows with one key are an error. */
  sorted(): ArenaSource {
    const { name } = this.#table;
    const last = this.#slots.reduce((most, slot) => Math.max(most, slot), -1);
    const order = new Float64Array(last + 1).fill(-1);
    this.#slots.forEach((slot, row) => {
      if (order[slot] >= 0) {
        throw new ServemarkError(`Cannot build the key of table "${name}"`, {
          cause: "two rows have the same key",
          place: `table ${name}, rows ${order[slot]} and ${row}`,
        });
      }
      order[slot] = row;
    });
    const starts = new Float64Array(last + 2);
    const bytes = new Uint8Array(this.size);
    let at = 0;
    for (let slot = 0; slot <= last; slot++) {
      const row = order[slot];
      if (row >= 0) {
        const [from, to] = [this.#starts[row], this.#starts[row + 1]];
        bytes.set(this.#bytes.subarray(from, to), at);
        at += to - from;
      }
      starts[slot + 1] = at;
    }
    return { name, starts, bytes };
  }

  #append(text: string): void {
    const at = this.size;
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    const most = at + 3 * text.length;
    if (most > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(most, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    const { written } = this.#encoder.encodeInto(
      text,
      this.#bytes.subarray(at),
    );
    this.#starts.push(at + written);
  }
}

/** Gives keys their numbers; listed ones their places, and those not listed the next ones. */
function keyNumbers(form: KeyForm): (value: number | string) => number {
  if (form.as !== "listed") return (value) => keyNumber(form, value);
  const numbers = new Map(form.values?.map((key, i) => [String(key), i]));
  let next = numbers.size;
  return (value) => numbers.get(String(value)) ?? next++;
}

/** The number of a key, from the formula by which it is written. */
export function keyNumber(
  form: Exclude<KeyForm, { as: "listed" }>,
  value: number | string,
): number {
  const n = form.as === "integer"
    ? Number(value) - form.first
    : Number(String(value).slice(form.prefix.length));
  if (Number.isSafeInteger(n) && n >= 0) return n;
  throw new ServemarkError(`Cannot read "${value}" as a key`, {
    cause: form.as === "integer"
      ? `keys are whole numbers from ${form.first}`
      : `keys are "${form.prefix}" and ${form.digits} digits`,
  });
}

/** Reads canonical texts back into a batch. */
export function batchOfTexts(
  table: TableSchema,
  from: number,
  texts: readonly string[],
): Batch {
  const builders = table.columns.map(({ type }) => new ColumnBuilder(type));
  for (const text of texts) {
    const fields = splitCanonical(text);
    for (let c = 0; c < builders.length; c++) {
      const field = fields[c];
      builders[c].add(
        field === null ? null : canonicalToValue(table.columns[c].type, field),
      );
    }
  }
  const columns = builders.map((builder) => builder.finish());
  return { table, from, rows: texts.length, columns };
}

const bits = new DataView(new ArrayBuffer(8));

/** The value of a canonical text that is not NULL, its escapes undone. */
function canonicalToValue(
  type: ColumnType,
  text: string,
): NonNullable<Value> {
  switch (type.kind) {
    case "text":
      return text;
    case "double":
      bits.setBigUint64(0, BigInt(`0x${text}`));
      return bits.getFloat64(0);
    case "bytes":
      return Uint8Array.fromHex(text);
    case "decimal":
      if (type.precision > 18) return text;
  }
  const n = Number(text);
  return Number.isSafeInteger(n) ? n : BigInt(text);
}

/** Splits a canonical text into its values; NULL is `null`. */
export function splitCanonical(text: string): (string | null)[] {
  const fields: (string | null)[] = [];
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    if (text[at] === "\\") at++;
    else if (at === text.length || text[at] === "|") {
      const raw = text.slice(start, at);
      fields.push(raw === CANONICAL_NULL ? null : unescape(raw));
      start = at + 1;
    }
  }
  return fields;
}

function unescape(text: string): string {
  return text.replace(/\\([\\|])/g, "$1");
}
