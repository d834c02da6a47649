import type { TextSource, Value, Vector } from "../../datasets/batch.ts";
import { blank, pack } from "../../datasets/column_builder.ts";
import type { ColumnSchema } from "../../datasets/schema.ts";
import { integerOf } from "../../datasets/value_text.ts";
import { type Converted, lostDigits } from "./convert_bytes.ts";
import { Damage } from "./damage.ts";
import type { Lane } from "./dense_reader.ts";
import type { Leaf, TimeUnit } from "./metadata.ts";

/** Texts of a dictionary: strings are made when they are first asked for. */
export class WordVector implements Vector {
  readonly nulls: Uint8Array | null;
  readonly texts: TextSource & { readonly kind: "words" };
  #values: readonly string[] | undefined;

  constructor(
    words: readonly string[],
    numbers: Float64Array,
    nulls: Uint8Array | null,
  ) {
    this.texts = { kind: "words", words, numbers };
    this.nulls = nulls;
  }

  get values(): readonly string[] {
    return this.#values ??= this.#spell();
  }

  #spell(): string[] {
    const { words, numbers } = this.texts;
    const values = new Array<string>(numbers.length);
    for (let r = 0; r < values.length; r++) {
      // A column of NULLs has no words.
      values[r] = words[numbers[r]] ?? "";
    }
    return values;
  }
}

/** A batch's vector of what was decoded; at NULLs, anything may stand. */
export function columnVector(
  leaf: Leaf,
  column: ColumnSchema,
  lane: Lane,
  nulls: Uint8Array | null,
): Vector {
  if (lane instanceof Float64Array) {
    return { values: fromNumbers(leaf, column, lane), nulls };
  }
  if (lane instanceof BigInt64Array) {
    return { values: fromLongs(leaf, column, lane, nulls), nulls };
  }
  const { type } = column;
  const empty = blank(type);
  const values = new Array<NonNullable<Value>>(lane.length);
  const wide = type.kind === "decimal" && type.precision > 18;
  for (let r = 0; r < lane.length; r++) {
    const value: Converted | undefined = lane[r];
    values[r] = value === undefined
      ? empty
      : typeof value !== "bigint"
      ? value
      : wide
      ? String(value)
      : integerOf(value);
  }
  return { values: pack(type, values), nulls };
}

function fromNumbers(leaf: Leaf, column: ColumnSchema, lane: Float64Array) {
  const { meaning } = leaf;
  const { type } = column;
  if (meaning.kind === "time") {
    return Array.from(lane, (t) => timeText(BigInt(t), "MILLIS", column));
  }
  if (type.kind === "decimal") {
    checkDigits(leaf, type.precision, (limit) => {
      for (let r = 0; r < lane.length; r++) {
        if (Math.abs(lane[r]) >= limit) return true;
      }
      return false;
    });
    if (type.precision > 18) return Array.from(lane, String);
  }
  return lane;
}

function fromLongs(
  leaf: Leaf,
  column: ColumnSchema,
  lane: BigInt64Array,
  nulls: Uint8Array | null,
): Vector["values"] {
  const { meaning } = leaf;
  const { type } = column;
  const unit = meaning.kind === "time" || meaning.kind === "timestamp"
    ? meaning.unit
    : "MICROS";
  if (meaning.kind === "time") {
    return Array.from(
      lane,
      (t, r) => nulls?.[r] === 1 ? "" : timeText(t, unit, column),
    );
  }
  if (unit === "NANOS") {
    for (let r = 0; r < lane.length; r++) {
      if (nulls?.[r] === 1) continue;
      if (lane[r] % 1000n !== 0n) throw lostDigits(column, `${lane[r]} ns`);
      lane[r] /= 1000n;
    }
  }
  if (unit === "MILLIS") {
    for (let r = 0; r < lane.length; r++) {
      const micros = lane[r] * 1000n;
      if (BigInt.asIntN(64, micros) !== micros) {
        throw new Damage(`${lane[r]} ms since 1970 is no instant`);
      }
      lane[r] = micros;
    }
  }
  if (type.kind === "decimal") {
    const unsigned = meaning.kind === "integer";
    if (type.precision > 18) {
      return Array.from(
        lane,
        (v) => String(unsigned ? BigInt.asUintN(64, v) : v),
      );
    }
    checkDigits(leaf, type.precision, (limit) => {
      const most = BigInt(limit);
      return lane.some((v, r) => nulls?.[r] !== 1 && (v >= most || v <= -most));
    });
  }
  return asNumbers(lane) ?? lane;
}

/** The integers as numbers, where all of them are exact. */
function asNumbers(lane: BigInt64Array): Float64Array | undefined {
  const count = lane.length;
  const low = new Uint32Array(lane.buffer, lane.byteOffset, 2 * count);
  const high = new Int32Array(lane.buffer, lane.byteOffset, 2 * count);
  const out = new Float64Array(count);
  let far = 0;
  for (let r = 0; r < count; r++) {
    const upper = high[2 * r + 1];
    // Of the upper bits, those beyond 53 are all like the sign.
    far |= (upper >> 21) ^ (upper >> 31);
    out[r] = upper * 4294967296 + low[2 * r];
  }
  if (far !== 0) return undefined;
  // −2⁵³ alone has the bits of a number, and is not exact by the usual rule.
  return out.includes(-(2 ** 53)) ? undefined : out;
}

/** Refuses values of more digits than asked for, where the file's column may hold them. */
function checkDigits(
  leaf: Leaf,
  precision: number,
  beyond: (limit: number) => boolean,
): void {
  const { meaning } = leaf;
  if (meaning.kind !== "decimal" || meaning.precision <= precision) return;
  if (beyond(10 ** precision)) {
    throw new Damage(`a decimal has more than ${precision} digits`);
  }
}

const PER_SECOND = { MILLIS: 1000n, MICROS: 1_000_000n, NANOS: 10n ** 9n };

/** A time of day as PostgreSQL writes it: `10:00:00.5`. */
function timeText(ticks: bigint, unit: TimeUnit, column: ColumnSchema): string {
  const each = PER_SECOND[unit];
  if (ticks < 0n || ticks > 86_400n * each) {
    throw new Damage(`${ticks} is no time of day`);
  }
  if (unit === "NANOS" && ticks % 1000n !== 0n) {
    throw lostDigits(column, `${ticks} ns`);
  }
  const two = (n: bigint) => String(n).padStart(2, "0");
  const seconds = ticks / each;
  const rest = ticks % each;
  const text = `${two(seconds / 3600n)}:${two(seconds / 60n % 60n)}:${
    two(seconds % 60n)
  }`;
  if (rest === 0n) return text;
  const digits = String(rest).padStart(String(each).length - 1, "0");
  return `${text}.${digits.replace(/0+$/, "")}`;
}
