import { ServemarkError } from "../../core/errors.ts";
import type { Batch, Value, Vector } from "../../datasets/batch.ts";
import type {
  ColumnSchema,
  ColumnType,
  TableSchema,
} from "../../datasets/schema.ts";
import { decimalText, writeValue } from "../../datasets/value_text.ts";
import { CopyBytes } from "./copy_bytes.ts";

const TAB = 9;
const NEWLINE = 10;

/**
 * Rows in COPY's text form, gathered in a buffer that is used again. Source:
 * PostgreSQL documentation, COPY, "Text Format".
 */
export class CopyText {
  readonly #table: TableSchema;
  readonly #out = new CopyBytes();

  /** @param table says what its batches' columns are declared as */
  constructor(table: TableSchema) {
    this.#table = table;
  }

  /** Bytes gathered. */
  get length(): number {
    return this.#out.length;
  }

  /** What was gathered, valid until the next `add`; begins anew. */
  take(): Uint8Array {
    return this.#out.take();
  }

  /**
   * Adds rows of a batch.
   *
   * @throws {ServemarkError} for a value that PostgreSQL cannot hold
   */
  add(batch: Batch, from = 0, to: number = batch.rows): void {
    const { columns } = this.#table;
    const writers = columns.map((column, c) =>
      columnWriter(this.#out, column, batch.columns[c])
    );
    const nulls = batch.columns.map((column) => column.nulls);
    const out = this.#out;
    for (let row = from; row < to; row++) {
      for (let c = 0; c < writers.length; c++) {
        if (c > 0) out.byte(TAB);
        const own = nulls[c];
        if (own !== null && own[row] === 1) out.null();
        else if (!writers[c](row)) {
          throw misfit(this.#table, batch, c, row);
        }
      }
      out.byte(NEWLINE);
    }
  }
}

/** Writes a row's value, which is not NULL; says whether PostgreSQL can hold it. */
type ColumnWriter = (row: number) => boolean;

function columnWriter(
  out: CopyBytes,
  { type }: ColumnSchema,
  vector: Vector,
): ColumnWriter {
  const { texts } = vector;
  if (texts?.kind === "words") {
    const { words, numbers } = texts;
    return (row) => out.word(words, numbers[row]);
  }
  if (texts?.kind === "ids") {
    const { prefix, digits, numbers } = texts;
    return (row) => out.text(prefix) && out.padded(numbers[row], digits);
  }
  const { values } = vector;
  switch (type.kind) {
    case "boolean":
      return (row) => out.letter(values[row] === 1 ? "t" : "f");
    case "integer":
    case "bigint":
      return (row) => out.integer(values[row] as number | bigint);
    case "decimal":
      return (row) => writeDecimal(out, type.scale, values[row]);
    case "timestamp": {
      // The server's own zone may be any when it reads this.
      const zone = withZone(type) ? "+00" : "";
      return (row) => {
        const micros = values[row] as number | bigint;
        return (typeof micros === "number"
          ? out.timestamp(micros)
          : out.ascii(writeValue(type, micros))) && out.ascii(zone);
      };
    }
    case "date":
      return (row) => out.date(values[row] as number);
    case "double":
      return type.native === "real"
        ? (row) => out.ascii(realText(values[row] as number))
        : (row) => out.double(values[row] as number);
    case "bytes":
      return (row) => out.hex(values[row] as Uint8Array);
    case "text":
      return (row) => out.text(values[row] as string);
  }
}

/** Whether a timestamp is an instant, not a wall clock's. */
export function withZone(type: ColumnType): boolean {
  return /^timestamp.* with time zone$|^timestamptz/.test(type.native ?? "");
}

function writeDecimal(
  out: CopyBytes,
  scale: number,
  value: NonNullable<Value>,
): boolean {
  return typeof value === "number"
    ? out.decimal(value, scale)
    : out.ascii(decimalText(value as bigint | string, scale));
}

/** The shortest text that a float4 reads as the same. */
function realText(value: number): string {
  if (Math.fround(value) !== value) {
    return writeValue({ kind: "double" }, value);
  }
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) {
      return writeValue({ kind: "double" }, short);
    }
  }
  return writeValue({ kind: "double" }, value);
}

function misfit(
  table: TableSchema,
  batch: Batch,
  column: number,
  row: number,
): ServemarkError {
  const { name, type } = table.columns[column];
  const value = batch.columns[column].values[row];
  const nul = typeof value === "string" && value.includes("\0");
  return new ServemarkError(
    `Cannot write ${
      nul ? "a text with a NUL in it" : String(value).slice(0, 60)
    } as ${type.native ?? type.kind}`,
    {
      cause: nul ? "PostgreSQL's texts hold none" : undefined,
      place: `table ${table.name}, row ${batch.from + row}, column "${name}"`,
      remedy: nul
        ? "Declare the column as bytes, or correct the value"
        : "Compare the value with the table's schema",
    },
  );
}
