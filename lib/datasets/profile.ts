/**
 * How a table's values are spread, beside what their laws say: for people to
 * look at before they believe a benchmark.
 *
 * @module
 */
import { power } from "../core/portable_math.ts";
import { type Batch, valueAt } from "./batch.ts";
import { tableGenerator } from "./generator.ts";
import type { ColumnSchema } from "./schema.ts";
import type {
  ColumnSpec,
  DatasetSpec,
  Distribution,
  TableSpec,
} from "./spec.ts";
import { powerSum } from "./steps.ts";

/** One bar: a run of values, or a word. */
export interface ProfileBin {
  /** In the column's own unit: decimals unscaled, timestamps µs since 1970. Words are numbered. */
  readonly from: number;
  /** Exclusive for numbers. */
  readonly to: number;
  readonly word?: string;
  /** Share of the drawn values, 0 to 1. */
  readonly share: number;
  /** What the law says; absent where it says nothing. */
  readonly expected?: number;
}

/** One column's spread. */
export interface ColumnProfile {
  readonly column: ColumnSchema;
  /** For people: `power law, exponent 2.4`. */
  readonly law: string;
  readonly scale: "linear" | "log" | "words" | "time";
  readonly bins: readonly ProfileBin[];
  /** Shares of all sampled rows, 0 to 1. */
  readonly nulls: number;
  readonly idle: number;
}

/** One table's spread, by its columns that have a law. */
export interface TableProfile {
  readonly table: string;
  /** Rows that were looked at, evenly spaced. */
  readonly sampled: number;
  readonly columns: readonly ColumnProfile[];
}

const BINS = 24;
/** Rows made at a time: a stretch of neighbours, each stretch somewhere else. */
const STRETCH = 512;

/**
 * Samples a table of a dataset, without making the rest of it, and sets each
 * column's values beside its law.
 *
 * @param rows how many rows to look at
 */
export function tableProfile(
  spec: DatasetSpec,
  table: string,
  rows = 32_768,
): TableProfile {
  const generator = tableGenerator(spec, table);
  const total = generator.table.rows;
  const batches: Batch[] = [];
  const stretches = Math.ceil(Math.min(rows, total) / STRETCH);
  for (let k = 0; k < stretches; k++) {
    const from = Math.floor(k * total / stretches);
    const next = Math.floor((k + 1) * total / stretches);
    batches.push(generator.batch(from, Math.min(STRETCH, next - from)));
  }
  const columns = generator.table.columns
    .map((column, c) => ({ column, c }))
    .filter(({ column }) => isShown(column))
    .map(({ c }) => columnProfile(generator.table, batches, c));
  const sampled = batches.reduce((sum, batch) => sum + batch.rows, 0);
  return { table, sampled, columns };
}

function isShown({ distribution: { kind } }: ColumnSpec): boolean {
  return kind !== "key" && kind !== "stored" && kind !== "foreign_key";
}

function columnProfile(
  table: TableSpec,
  batches: readonly Batch[],
  c: number,
): ColumnProfile {
  const column = table.columns[c];
  const unit = column.type.kind === "decimal" ? 10 ** column.type.scale : 1;
  const numbers: number[] = [];
  const words: string[] = [];
  let nulls = 0;
  let rows = 0;
  for (const batch of batches) {
    rows += batch.rows;
    for (let r = 0; r < batch.rows; r++) {
      const value = valueAt(batch.columns[c], r);
      if (value === null) nulls++;
      else if (typeof value === "string") words.push(value);
      else numbers.push(Number(value));
    }
  }
  const { distribution: law } = column;
  // A zero below the law's least value is an idle row's.
  const least = lowest(law);
  const drawn = least > 0 && column.idle === "zero"
    ? numbers.filter((n) => n >= least)
    : numbers;
  const zeros = drawn === numbers ? idleZeros(table, column) : 0;
  const head = {
    column,
    law: lawText(law, unit, column.correlated),
    nulls: nulls / rows,
    idle: (numbers.length - drawn.length) / rows,
  };
  if (law.kind === "categorical") {
    return { ...head, scale: "words", bins: wordBins(law, words) };
  }
  if (law.kind === "flag") {
    const share = numbers.filter((n) => n === 1).length /
      Math.max(1, numbers.length);
    const bin = (n: number, word: string, share: number, expected: number) => ({
      from: n,
      to: n + 1,
      word,
      share,
      expected,
    });
    return {
      ...head,
      scale: "words",
      bins: [
        bin(0, "false", 1 - share, 1 - (1 - zeros) * law.share),
        bin(1, "true", share, (1 - zeros) * law.share),
      ],
    };
  }
  const log = law.kind === "power_law" || law.kind === "fraction" ||
    law.kind === "product" ||
    law.kind === "hot_set";
  const edges = edgesOf(law, drawn, log);
  const bins = numberBins(law, drawn, edges, unit, zeros);
  const time = column.type.kind === "timestamp" || column.type.kind === "date";
  return { ...head, scale: time ? "time" : log ? "log" : "linear", bins };
}

/** Share of idle rows' zeros among values, where the law has zeros of its own. */
function idleZeros({ idle = 0 }: TableSpec, column: ColumnSpec): number {
  if (column.idle !== "zero") return 0;
  return idle / (idle + (1 - idle) * (1 - column.nulls));
}

function lowest(law: Distribution): number {
  return "min" in law && law.kind !== "fraction" ? law.min : 0;
}

function wordBins(
  { words, weights }: Extract<Distribution, { kind: "categorical" }>,
  drawn: readonly string[],
): ProfileBin[] {
  const total = weights.reduce((a, b) => a + b, 0);
  const counts = new Map<string, number>();
  for (const word of drawn) counts.set(word, (counts.get(word) ?? 0) + 1);
  return words.map((word, k) => ({
    from: k,
    to: k + 1,
    word,
    share: (counts.get(word) ?? 0) / Math.max(1, drawn.length),
    expected: weights[k] / total,
  }));
}

/** Whole edges, increasing; the last is exclusive. */
function edgesOf(
  law: Distribution,
  drawn: readonly number[],
  logarithmic: boolean,
): number[] {
  let low = Infinity;
  let high = -Infinity;
  for (const n of drawn) {
    low = Math.min(low, n);
    high = Math.max(high, n);
  }
  if (!(low <= high)) return [0, 1];
  if ("min" in law && law.kind !== "fraction" && law.kind !== "normal") {
    [low, high] = [law.min, law.kind === "power_law" ? high : law.max];
  } else if (law.kind === "time") [low, high] = [law.from, law.to - 1];
  const span = high - low + 1;
  const edges = [low];
  for (let k = 1; k <= BINS; k++) {
    const edge = logarithmic
      ? low + Math.round(power(span + 1, k / BINS)) - 1
      : low + Math.round(k * span / BINS);
    if (edge > edges.at(-1)!) edges.push(edge);
  }
  return edges;
}

function numberBins(
  law: Distribution,
  drawn: readonly number[],
  edges: readonly number[],
  unit: number,
  zeros: number,
): ProfileBin[] {
  const counts = new Array<number>(edges.length - 1).fill(0);
  for (const n of drawn) {
    let low = 0;
    let high = counts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (n >= edges[middle]) low = middle;
      else high = middle - 1;
    }
    counts[low]++;
  }
  return counts.map((count, k) => {
    const drawnShare = lawShare(law, edges[k], edges[k + 1]);
    const idle = edges[k] <= 0 && edges[k + 1] > 0 ? zeros : 0;
    const expected = drawnShare === undefined
      ? undefined
      : idle + (1 - zeros) * drawnShare;
    return {
      from: edges[k] / unit,
      to: edges[k + 1] / unit,
      share: count / Math.max(1, drawn.length),
      ...(expected === undefined ? {} : { expected }),
    };
  });
}

/** The law's own share of whole values in [from, to), from its formula, not from the generator. */
function lawShare(
  law: Distribution,
  from: number,
  to: number,
): number | undefined {
  switch (law.kind) {
    case "uniform":
      return (to - from) / (law.max - law.min + 1);
    case "power_law": {
      const { min, max, exponent, shift = 1 } = law;
      const weight = (a: number, b: number) =>
        a < b ? powerSum(a - min + shift, b - min + shift, exponent) : 0;
      return stretches(from, Math.min(to, max + 1), min, shift, weight) /
        stretches(min, max + 1, min, shift, weight);
    }
    case "normal": {
      const z = (v: number) => (v - 0.5 - law.mean) / law.deviation;
      const all = normalCdf(z(law.max + 1)) - normalCdf(z(law.min));
      return (normalCdf(z(to)) - normalCdf(z(from))) / all;
    }
    case "hot_set": {
      const span = law.max - law.min + 1;
      const hot = Math.min(span, Math.max(1, Math.round(span * law.hot)));
      const inHot = Math.max(
        0,
        Math.min(to, law.min + hot) - Math.max(from, law.min),
      );
      const inCold = to - from - inHot;
      return inHot / hot * law.traffic +
        (span > hot ? inCold / (span - hot) * (1 - law.traffic) : 0);
    }
    case "time":
      return law.cycle ? undefined : (to - from) / (law.to - law.from);
    default:
      return undefined;
  }
}

/** Sums a weight over stretches that no series has to span by more than a tenfold. */
function stretches(
  from: number,
  to: number,
  min: number,
  shift: number,
  weight: (a: number, b: number) => number,
): number {
  let sum = 0;
  for (let a = from; a < to;) {
    const b = Math.min(
      to,
      Math.max(a + 64, (a - min + shift) * 2 + min - shift),
    );
    sum += weight(a, b);
    a = b;
  }
  return sum;
}

/** Φ(z): Abramowitz and Stegun 26.2.17, to 7.5e-8. */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * t *
    (0.319381530 + t * (-0.356563782 + t * (1.781477937 +
              t * (-1.821255978 + t * 1.330274429))));
  return z > 0 ? 1 - tail : tail;
}

/** A law for people, in the column's own unit. */
export function lawText(
  law: Distribution,
  unit = 1,
  correlated?: ColumnSpec["correlated"],
): string {
  const number = (n: number) =>
    (n / unit).toLocaleString("en-US", { maximumFractionDigits: 4 });
  const percent = (n: number) => `${Number((100 * n).toPrecision(3))} %`;
  const text = ((): string => {
    switch (law.kind) {
      case "uniform":
        return `uniform, ${number(law.min)} to ${number(law.max)}`;
      case "power_law":
        return `power law, exponent ${law.exponent}`;
      case "normal":
        return `normal, mean ${number(law.mean)}, deviation ${
          number(law.deviation)
        }`;
      case "hot_set":
        return `${percent(law.hot)} of values in ${
          percent(law.traffic)
        } of rows`;
      case "fraction":
        return `${percent(law.min)} to ${percent(law.max)} of ${law.of}`;
      case "product":
        return `${law.of[0]} × ${law.of[1]}`;
      case "categorical":
        return `${law.words.length} words by weight`;
      case "flag":
        return `true in ${percent(law.share)}`;
      case "time":
        return law.cycle ? "daily cycle" : "uniform over a window";
      case "event_time":
        return law.cycle ? "increasing, daily cycle" : "increasing";
      case "sequential":
        return `${number(law.start)}, then by ${number(law.step)}`;
      case "foreign_key":
        return `a key of ${law.entity}`;
      case "key":
        return "the key";
      case "stored":
        return "stored";
    }
  })();
  return correlated
    ? `${text}; rank correlation ${correlated.share} with ${correlated.with}`
    : text;
}
