import type { Verdict } from "../metrics/comparison.ts";
import type { RunResult } from "../runs/result.ts";
import { standsForItself } from "./nature.ts";
import type { SystemReading } from "./readings.ts";
import { type PairVerdict, STRATEGIES } from "./verdicts.ts";
import { capital, inProse, listed, plural, ratio } from "./words.ts";

/**
 * What may be concluded: the verdicts between equals, and what the figures say
 * nothing about. Without its full stop.
 */
export function conclusion(
  result: RunResult,
  systems: readonly SystemReading[],
  pairs: readonly PairVerdict[],
): string {
  const parts = verdictTexts(pairs, systems, result.objective.percentile);
  const emulated = [
    ...new Set(
      systems.filter((s) => s.system.facts.nature === "emulated")
        .map((s) => s.system.facts.engine),
    ),
  ];
  const platforms = new Set(systems.map((s) => s.system.platform));
  const foreign = systems.some((s) => !standsForItself(s.system));
  if (emulated.length > 0) {
    parts.push(
      `${listed(emulated)} ${emulated.length === 1 ? "says" : "say"} nothing ` +
        `about the speed of the service, so no winner among services is named`,
    );
  } else if (platforms.size > 1 && foreign) {
    parts.push(
      "an embedded engine is not a service, so no winner among services is named",
    );
  }
  if (parts.length === 0) {
    parts.push("with one system, there is nothing to compare");
  }
  return capital(parts.join("; "));
}

/** Verdicts that a sentence can hold; the tables hold all. */
const MOST = 2;

function verdictTexts(
  pairs: readonly PairVerdict[],
  systems: readonly SystemReading[],
  percentile: number,
): string[] {
  const decided = pairs.flatMap((pair) => {
    const found = highest(pair, percentile);
    return found ? [{ pair, ...found }] : [];
  });
  const texts = decided.slice(0, MOST).map(({ pair, clients, verdict }) =>
    pairText(clients, verdict, namesOf(pair, systems))
  );
  if (decided.length > MOST) {
    texts.push(
      `${plural(decided.length - MOST, "further verdict")} ` +
        `${decided.length - MOST === 1 ? "is" : "are"} in the tables`,
    );
  }
  const open = pairs.length - decided.length;
  if (open > 0) {
    texts.push(
      decided.length === 0 && pairs.length === 1
        ? `${listed(namesOf(pairs[0], systems).sides)} cannot be compared at ` +
          `p${percentile}, for no load gave enough valid operations on both sides`
        : `${plural(open, "pair")} of systems cannot be compared at ` +
          `p${percentile}, for no load gave enough valid operations on both sides`,
    );
  }
  return texts;
}

/** The verdict at the highest load where there is one. */
function highest(
  pair: PairVerdict,
  percentile: number,
): { clients: number; verdict: Verdict } | undefined {
  return pair.loads.flatMap(({ clients, verdicts, against }) =>
    verdicts
      .filter((v) =>
        v.percentile === percentile && v.claim !== "unknown" &&
        against.length === 0
      )
      .map((verdict) => ({ clients, verdict }))
  ).at(-1);
}

/** A pair by its strategies where these tell its sides apart, else by its titles. */
function namesOf(
  { subject, reference }: PairVerdict,
  systems: readonly SystemReading[],
): { lead: string; sides: [string, string] } {
  const same = systems.map((s) => s.system)
    .filter((s) => s.platform === subject.platform);
  const told = new Set(same.map((s) => s.workload.strategy));
  if (subject.platform === reference.platform && told.size === same.length) {
    return {
      lead: `on ${subject.facts.engine}, `,
      sides: [
        STRATEGIES[subject.workload.strategy],
        STRATEGIES[reference.workload.strategy],
      ],
    };
  }
  return {
    lead: "",
    sides: [inProse(subject.title), inProse(reference.title)],
  };
}

function pairText(
  clients: number,
  verdict: Verdict,
  { lead, sides: [a, b] }: ReturnType<typeof namesOf>,
): string {
  const { claim, percentile, low, high } = verdict;
  const times = (value: number, low: number, high: number) =>
    `(p${percentile} ${ratio(value)} times as long at ` +
    `${plural(clients, "client")}, ${verdict.confidence * 100} % interval ` +
    `${bound(low)} to ${bound(high)})`;
  if (claim === "slower") {
    const turned = times(1 / verdict.ratio, 1 / high, 1 / low);
    return `${lead}${b} is faster than ${a} ${turned}`;
  }
  const straight = times(verdict.ratio, low, high);
  return claim === "faster"
    ? `${lead}${a} is faster than ${b} ${straight}`
    : `${lead}${a} and ${b} are not distinguishable ${straight}`;
}

function bound(value: number): string {
  return value > 0 && Number.isFinite(value) ? ratio(value) : "no bound";
}
