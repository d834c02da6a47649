/**
 * A run's result as JSON and back: `report.json` embeds it. Samples are apart,
 * in `samples.arrow`.
 *
 * @module
 */
import { messageOf, ServemarkError } from "../core/errors.ts";
import {
  allocateSamples,
  type SampleColumns,
} from "../frames/sample_columns.ts";
import type { SparseHistogram } from "../load/histogram.ts";
import type { SecondRecord } from "../load/plan.ts";
import type { Ceiling, Point, RunResult } from "./result.ts";

/** Version of the JSON's layout. */
export const RESULT_SCHEMA_VERSION = 1;

/** A histogram with plain arrays: `index` holds each bucket's distance to the one before. */
export interface HistogramJson {
  readonly index: readonly number[];
  readonly count: readonly number[];
  readonly above: number;
  /** µs; null when empty. */
  readonly min: number | null;
  readonly max: number | null;
  readonly sum: number;
}

/** A point with its histograms as JSON. Figures that are not known are null. */
export type PointJson =
  & Omit<Point, "response" | "service" | "seconds" | Unknowable>
  & { readonly [K in Unknowable]: number | null }
  & {
    readonly response: HistogramJson;
    readonly service: HistogramJson;
    readonly seconds: readonly {
      readonly second: number;
      readonly response: HistogramJson;
      readonly service: HistogramJson;
    }[];
  };

/** A result without its samples. */
export type ResultJson = Omit<RunResult, "points" | "samples" | "ceiling"> & {
  readonly points: readonly PointJson[];
  readonly ceiling: { readonly [K in keyof Ceiling]: number | null };
};

const UNKNOWABLE = [
  "throughput",
  "clientCpu",
  "busiestWorker",
  "worstPause",
  "steal",
] as const;
type Unknowable = (typeof UNKNOWABLE)[number];

/** The result as JSON values, without its samples. */
export function resultToJson(result: RunResult): ResultJson {
  const { samples: _, points, ceiling, ...rest } = result;
  return {
    ...rest,
    ceiling: {
      operationsPerSecond: known(ceiling.operationsPerSecond),
      microsPerOperation: known(ceiling.microsPerOperation),
    },
    points: points.map((point) => ({
      ...point,
      ...unknowable(point, known),
      response: histogramToJson(point.response),
      service: histogramToJson(point.service),
      seconds: point.seconds.map(({ second, response, service }) => ({
        second,
        response: histogramToJson(response),
        service: histogramToJson(service),
      })),
    })),
  };
}

/**
 * The result of its JSON. Without samples it has none: percentiles and
 * throughput can be computed all the same, intervals and verdicts cannot.
 *
 * @throws {ServemarkError} when this is no result, or one of a later version
 */
export function resultFromJson(
  json: unknown,
  samples: SampleColumns = allocateSamples(0),
): RunResult {
  const given = json as Partial<ResultJson> | null;
  if (typeof given?.schemaVersion !== "number" || !given.points) {
    throw new ServemarkError("Cannot read the result", {
      cause: "this is not the JSON of a run",
    });
  }
  if (given.schemaVersion > RESULT_SCHEMA_VERSION) {
    throw new ServemarkError("Cannot read the result", {
      cause: `it has version ${given.schemaVersion} of the layout, and this ` +
        `Servemark knows up to ${RESULT_SCHEMA_VERSION}`,
      remedy: "Use a newer Servemark",
    });
  }
  try {
    const whole = given as ResultJson;
    return {
      ...whole,
      samples,
      ceiling: {
        operationsPerSecond: whole.ceiling.operationsPerSecond ?? NaN,
        microsPerOperation: whole.ceiling.microsPerOperation ?? NaN,
      },
      points: whole.points.map((point): Point => ({
        ...point,
        ...unknowable(point, (value) => value ?? NaN),
        response: histogramFromJson(point.response),
        service: histogramFromJson(point.service),
        seconds: point.seconds.map((s): SecondRecord => ({
          second: s.second,
          response: histogramFromJson(s.response),
          service: histogramFromJson(s.service),
        })),
      })),
    };
  } catch (error) {
    throw new ServemarkError("Cannot read the result", {
      cause: `a part of it is missing or damaged (${messageOf(error)})`,
      error,
    });
  }
}

function histogramToJson(histogram: SparseHistogram): HistogramJson {
  let before = 0;
  const index = Array.from(histogram.index, (bucket) => {
    const distance = bucket - before;
    before = bucket;
    return distance;
  });
  return {
    index,
    count: Array.from(histogram.count),
    above: histogram.above,
    min: known(histogram.min),
    max: known(histogram.max),
    sum: histogram.sum,
  };
}

function histogramFromJson(json: HistogramJson): SparseHistogram {
  let bucket = 0;
  return {
    index: Uint32Array.from(json.index, (distance) => bucket += distance),
    count: Float64Array.from(json.count),
    above: json.above,
    min: json.min ?? NaN,
    max: json.max ?? NaN,
    sum: json.sum,
  };
}

function unknowable<A, B>(
  point: { readonly [K in Unknowable]: A },
  convert: (value: A) => B,
): { [K in Unknowable]: B } {
  return Object.fromEntries(
    UNKNOWABLE.map((name) => [name, convert(point[name])]),
  ) as { [K in Unknowable]: B };
}

/** JSON has no NaN. */
function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
