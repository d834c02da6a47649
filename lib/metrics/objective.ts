/**
 * A latency objective, and up to which load it was met.
 *
 * @module
 */
import { ServemarkError } from "../core/errors.ts";
import { parseDuration } from "../core/durations.ts";
import { type SparseHistogram, totalCount } from "../load/histogram.ts";
import { carries, valueAt } from "./percentiles.ts";

/** `p99 < 10 ms`. */
export interface Objective {
  /** 50 … 99.9. */
  readonly percentile: number;
  readonly milliseconds: number;
}

/** Reads an objective: `p99 < 10 ms`, `p99.9<=250us`, `p50 < 1s`. */
export function parseObjective(text: string): Objective {
  const match =
    /^\s*p([0-9]+(?:\.[0-9]+)?)\s*<=?\s*([0-9.]+)\s*(µs|us|ms|s)\s*$/
      .exec(text);
  const percentile = Number(match?.[1]);
  if (!match || !(percentile > 0 && percentile < 100)) {
    throw new ServemarkError(`Cannot read "${text}" as an objective`, {
      remedy: 'Write a percentile and a time, such as "p99 < 10 ms"',
      exitCode: 2,
    });
  }
  const seconds = parseDuration(match[2] + match[3], "objective's time");
  if (!(seconds > 0)) {
    throw new ServemarkError(`Cannot read "${text}" as an objective`, {
      cause: "its time must be above 0",
      remedy: 'Write a time such as "10 ms"',
      exitCode: 2,
    });
  }
  return {
    percentile,
    milliseconds: Number((seconds * 1e3).toPrecision(12)),
  };
}

/** Writes an objective as it is read: `p99 < 10 ms`. */
export function formatObjective(objective: Objective): string {
  return `p${objective.percentile} < ${objective.milliseconds} ms`;
}

/** What is needed of a point. */
export interface LoadPoint {
  readonly clients: number;
  readonly response: SparseHistogram;
  /** False where its latency may not be believed. */
  readonly believable: boolean;
}

/** How a system stands to an objective. */
export interface Attainment {
  /** Highest number of clients up to which it was met at every load tried; 0 when at none. */
  readonly clients: number;
  /** The percentile there, ms; at the lowest load where it was met at none. NaN where nothing can be said. */
  readonly milliseconds: number;
  /** Share of the objective left there: 0.25 is a quarter under it, −0.5 half over it. */
  readonly margin: number;
  /** True when it was met at the highest load tried: the limit was not found. */
  readonly throughout: boolean;
  /** Loads that could not be judged, lowest first: not believable, or too few operations. */
  readonly unjudged: readonly number[];
}

/** Up to which load an objective was met, and by what margin. */
export function attainment(
  points: readonly LoadPoint[],
  objective: Objective,
): Attainment {
  const sorted = [...points].sort((a, b) => a.clients - b.clients);
  const judged = sorted.filter((p) =>
    p.believable && carries(totalCount(p.response), objective.percentile)
  );
  const unjudged = sorted.filter((p) => !judged.includes(p))
    .map((p) => p.clients);
  const reached = (p: LoadPoint) =>
    valueAt(p.response, objective.percentile) / 1e3;
  const failed = judged.findIndex((p) =>
    !(reached(p) < objective.milliseconds)
  );
  // A load in the middle that could not be judged is a gap, not a pass.
  const met = (failed < 0 ? judged : judged.slice(0, failed))
    .filter((p) => !unjudged.some((clients) => clients < p.clients));
  const shown = met.at(-1) ?? judged[0];
  const milliseconds = shown ? reached(shown) : NaN;
  return {
    clients: met.at(-1)?.clients ?? 0,
    milliseconds,
    margin: 1 - milliseconds / objective.milliseconds,
    throughout: met.length > 0 && met.length === sorted.length,
    unjudged,
  };
}
