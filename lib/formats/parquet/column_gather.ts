import type { TextSource, Values, Vector } from "../../datasets/batch.ts";
import { ROW_GROUP } from "./page_buffer.ts";

/** One column of a row group, before it is encoded. */
export interface GatheredColumn {
  readonly rows: number;
  /** 1 where NULL; `null` when there is none. */
  readonly nulls: Uint8Array | null;
  /** How texts come about, where that is known; then there are no values. */
  readonly texts?: TextSource;
  readonly values?: Values;
}

/** The column's part of a batch's rows, without copying. */
export function sliceOf(
  vector: Vector,
  from: number,
  rows: number,
): GatheredColumn {
  const part = nullsOf(vector.nulls, from, rows);
  const { texts } = vector;
  if (texts) {
    const numbers = texts.numbers.subarray(from, from + rows);
    return { rows, nulls: part, texts: { ...texts, numbers } };
  }
  const { values } = vector;
  return {
    rows,
    nulls: part,
    values: from === 0
      ? values
      : ArrayBuffer.isView(values)
      ? values.subarray(from, from + rows)
      : values.slice(from, from + rows) as Values,
  };
}

function nullsOf(
  nulls: Uint8Array | null,
  from: number,
  rows: number,
): Uint8Array | null {
  const part = nulls && nulls.subarray(from, from + rows);
  return part?.includes(1) ? part : null;
}

/** Gathers one column of a row group from small batches, copying their values. */
export class ColumnGather {
  #rows = 0;
  readonly #nulls = new Uint8Array(ROW_GROUP);
  #anyNull = false;
  #numbers: Float64Array | undefined;
  /** In place of numbers from the first vector of 64-bit integers on. */
  #longs: BigInt64Array | undefined;
  #objects: (string | Uint8Array)[] = [];
  /** What the numbers mean as texts. */
  #texts: TextSource | undefined;

  /** Adds rows of a vector. */
  add(vector: Vector, from: number, rows: number): void {
    const part = sliceOf(vector, from, rows);
    if (part.nulls) {
      this.#nulls.set(part.nulls, this.#rows);
      this.#anyNull = true;
    }
    if (part.texts) this.#addTexts(part.texts);
    else this.#addValues(part.values!, rows);
    this.#rows += rows;
  }

  /** All rows so far; begins anew with what follows. What is given stays until then. */
  take(): GatheredColumn {
    const rows = this.#rows;
    const nulls = this.#anyNull ? this.#nulls.slice(0, rows) : null;
    const given: GatheredColumn = this.#texts
      ? { rows, nulls, texts: { ...this.#texts, numbers: this.#slice() } }
      : {
        rows,
        nulls,
        values: this.#longs?.slice(0, rows) ??
          (this.#objects.length > 0 || !this.#numbers
            ? this.#objects as Values
            : this.#slice()),
      };
    this.#rows = 0;
    this.#nulls.fill(0);
    this.#anyNull = false;
    this.#longs = this.#texts = undefined;
    this.#objects = [];
    return given;
  }

  #slice(): Float64Array {
    return this.#numbers!.slice(0, this.#rows);
  }

  #addTexts(texts: TextSource): void {
    const first = this.#rows === 0;
    if (first || this.#texts && alike(this.#texts, texts)) {
      this.#texts = texts;
      this.#numbers ??= new Float64Array(ROW_GROUP);
      this.#numbers.set(texts.numbers, this.#rows);
    } else {
      this.#spellOut();
      const { numbers } = texts;
      for (let k = 0; k < numbers.length; k++) {
        this.#objects.push(textOf(texts, numbers[k]));
      }
    }
  }

  #addValues(values: Values, rows: number): void {
    if (!ArrayBuffer.isView(values)) {
      this.#spellOut();
      for (let k = 0; k < rows; k++) this.#objects.push(values[k]);
    } else if (values instanceof BigInt64Array || this.#longs) {
      this.#toLongs();
      const longs = this.#longs!;
      for (let k = 0; k < rows; k++) longs[this.#rows + k] = bigOf(values[k]);
    } else {
      this.#numbers ??= new Float64Array(ROW_GROUP);
      this.#numbers.set(values.subarray(0, rows), this.#rows);
    }
  }

  /** Turns the texts so far into strings. */
  #spellOut(): void {
    if (!this.#texts) return;
    for (let k = 0; k < this.#rows; k++) {
      this.#objects.push(textOf(this.#texts, this.#numbers![k]));
    }
    this.#texts = undefined;
  }

  #toLongs(): void {
    if (this.#longs) return;
    this.#longs = new BigInt64Array(ROW_GROUP);
    for (let k = 0; k < this.#rows; k++) {
      this.#longs[k] = bigOf(this.#numbers![k]);
    }
  }
}

/** At a NULL, anything may stand. */
function bigOf(value: number | bigint): bigint {
  if (typeof value === "bigint") return value;
  return Number.isInteger(value) ? BigInt(value) : 0n;
}

function alike(a: TextSource, b: TextSource): boolean {
  if (a.kind === "words") return b.kind === "words" && a.words === b.words;
  return b.kind === "ids" && a.prefix === b.prefix && a.digits === b.digits;
}

/** The text that a number stands for; `""` where it stands for none, at a NULL. */
export function textOf(texts: TextSource, number: number): string {
  return texts.kind === "words"
    ? texts.words[number] ?? ""
    : texts.prefix + String(number).padStart(texts.digits, "0");
}
