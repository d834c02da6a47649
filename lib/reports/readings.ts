/**
 * Every figure of a run, computed once: what tables, charts and sentences show.
 *
 * @module
 */
import { type Cost, cost } from "../metrics/cost.ts";
import { intervalOf, type Rounds } from "../metrics/comparison.ts";
import type { Interval } from "../metrics/intervals.ts";
import { type Attainment, attainment } from "../metrics/objective.ts";
import {
  mean,
  percentile,
  type Percentiles,
  percentiles,
} from "../metrics/percentiles.ts";
import { spoiling } from "../metrics/validity.ts";
import type { Point, RunResult, System } from "../runs/result.ts";
import { roundsOf } from "../runs/rounds.ts";

/** One point's figures, and the reasons against each kind of them. */
export interface Reading {
  readonly point: Point;
  readonly system: System;
  /** Index of the system in the run. */
  readonly series: number;
  /** µs. */
  readonly response: Percentiles;
  readonly service: Percentiles;
  /** Mean response time, µs. */
  readonly mean: number;
  /** Response time at the objective's percentile, µs; NaN where it cannot be carried. */
  readonly target: number;
  /** Its 95 % interval, µs; NaN where the samples cannot carry it. */
  readonly interval: Interval;
  readonly rounds: Rounds;
  readonly cost: Cost;
  /** Operations that did not succeed. */
  readonly errors: number;
  readonly against: {
    readonly latency: readonly string[];
    readonly throughput: readonly string[];
    readonly cost: readonly string[];
  };
}

/** One system over all its loads. */
export interface SystemReading {
  readonly system: System;
  readonly series: number;
  /** By clients, increasing. */
  readonly readings: readonly Reading[];
  readonly attainment: Attainment;
}

/** Computes all figures of a run. */
export function readRun(result: RunResult): SystemReading[] {
  return result.systems.map((system, series) => {
    const readings = result.points
      .filter((p) => p.system === system.id)
      .sort((a, b) => a.clients - b.clients)
      .map((point) => read(result, system, series, point));
    return {
      system,
      series,
      readings,
      attainment: attainment(
        readings.map(({ point, against }) => ({
          clients: point.clients,
          response: point.response,
          believable: against.latency.length === 0,
        })),
        result.objective,
      ),
    };
  });
}

function read(
  result: RunResult,
  system: System,
  series: number,
  point: Point,
): Reading {
  const rounds = roundsOf(result.samples, point);
  const target = percentile(point.response, result.objective.percentile);
  return {
    point,
    system,
    series,
    response: percentiles(point.response),
    service: percentiles(point.service),
    mean: mean(point.response),
    target,
    interval: Number.isNaN(target)
      ? { value: NaN, low: NaN, high: NaN, effective: NaN }
      : intervalOf(rounds, result.objective.percentile),
    rounds,
    cost: cost(system.cost, point),
    errors: point.codes.slice(1).reduce((sum, n) => sum + n, 0),
    against: {
      latency: spoiling(point.reasons, "latency"),
      throughput: spoiling(point.reasons, "throughput"),
      cost: spoiling(point.reasons, "cost"),
    },
  };
}
