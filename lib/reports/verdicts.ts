/**
 * Verdicts between equals: two ways of reading one platform, or two platforms
 * that both stand for themselves. An emulator is never one of them, and an
 * embedded engine only against itself.
 *
 * @module
 */
import { compare, type Verdict } from "../metrics/comparison.ts";
import type { Strategy } from "../platforms/driver.ts";
import { incomparable } from "../runs/comparable.ts";
import type { RunResult, System } from "../runs/result.ts";
import { TAGS } from "./nature.ts";
import type { Reading, SystemReading } from "./readings.ts";
import { left, Notes, right, type Row, type Table } from "./table.ts";
import { inProse, plural, ratio } from "./words.ts";

/** One pair of systems, compared at each load that both ran. */
export interface PairVerdict {
  readonly subject: System;
  readonly reference: System;
  readonly loads: readonly {
    readonly clients: number;
    /** At the median, then at the objective's percentile. */
    readonly verdicts: readonly Verdict[];
    /** Reasons against either side. */
    readonly against: readonly string[];
  }[];
}

/** How a strategy asks, in words. */
export const STRATEGIES: Readonly<Record<Strategy, string>> = {
  sequential: "one request a table (one after the other)",
  parallel: "one request a table (all at once)",
  batched: "one request for all tables",
};

/** Compares every pair of equals. */
export function pairVerdicts(
  result: RunResult,
  systems: readonly SystemReading[],
): PairVerdict[] {
  const pairs: PairVerdict[] = [];
  systems.forEach((subject, k) => {
    for (const reference of systems.slice(k + 1)) {
      if (incomparable(subject.system, reference.system)) continue;
      const loads = subject.readings.flatMap((a) => {
        const b = reference.readings.find((r) =>
          r.point.clients === a.point.clients
        );
        return b ? [compareAt(result, a, b)] : [];
      });
      if (loads.length > 0) {
        pairs.push({
          subject: subject.system,
          reference: reference.system,
          loads,
        });
      }
    }
  });
  return pairs;
}

function compareAt(result: RunResult, a: Reading, b: Reading) {
  const levels = [...new Set([50, result.objective.percentile])];
  return {
    clients: a.point.clients,
    verdicts: levels.map((p) => compare(a.rounds, b.rounds, p)),
    against: [a, b].flatMap(({ system, against }) =>
      against.latency.map((text) => `${system.title}: ${text}`)
    ),
  };
}

/** `0.42 (0.40 to 0.45)`. */
export function ratioText(verdict: Verdict): string {
  if (Number.isNaN(verdict.ratio)) return "n/a";
  const bound = (value: number) =>
    value === 0 || !Number.isFinite(value) ? "no bound" : ratio(value);
  return `${ratio(verdict.ratio)} (${bound(verdict.low)} to ${
    bound(verdict.high)
  })`;
}

/** The verdicts of one pair as a table. */
export function verdictTable(pair: PairVerdict, index: number): Table {
  const notes = new Notes();
  const rows = pair.loads.flatMap(({ clients, verdicts, against }): Row[] =>
    verdicts.map((verdict) => ({
      head: plural(clients, "client"),
      cells: [
        { text: `p${verdict.percentile}` },
        {
          text: ratioText(verdict),
          ...(against.length > 0
            ? { invalid: true, notes: notes.of(against) }
            : {}),
        },
        { text: verdict.byRound.map(ratio).join(", ") || "n/a" },
        {
          text: against.length > 0
            ? "no verdict: an invalid figure"
            : claimText(verdict, pair),
        },
      ],
    }))
  );
  return {
    id: `verdict-${index + 1}`,
    caption: `${named(pair.subject)} against ${named(pair.reference)}`,
    head: "Load",
    columns: [
      left("Percentile"),
      right("Ratio of response times (95 % interval)"),
      right("Ratio by round"),
      left("Verdict"),
    ],
    groups: [{ rows }],
    notes: notes.texts,
    remarks: [
      `The ratio is the response time of ${inProse(pair.subject.title)} over ` +
      `that of ${
        inProse(pair.reference.title)
      }: under 1, the former is faster.`,
    ],
  };
}

function named(system: System): string {
  const tag = TAGS[system.facts.nature];
  const title = inProse(system.title);
  return tag ? `${title} (${tag})` : title;
}

function claimText(verdict: Verdict, pair: PairVerdict): string {
  switch (verdict.claim) {
    case "faster":
      return `${inProse(pair.subject.title)} is faster`;
    case "slower":
      return `${inProse(pair.reference.title)} is faster`;
    case "not distinguishable":
      return "not distinguishable";
    case "unknown":
      return "unknown: too few operations";
  }
}
