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
    const found = judged(pair, percentile);
    return found.length > 0 ? [{ pair, found }] : [];
  });
  const texts = decided.slice(0, MOST).map(({ pair, found }) =>
    pairText(found, leading(found, pair, systems), namesOf(pair, systems))
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

/** One load with a verdict. */
interface Judged {
  readonly clients: number;
  readonly verdict: Verdict;
  /** What was found at the median. */
  readonly median?: Verdict["claim"];
}

/** The loads at which there is a verdict on valid figures. */
function judged(pair: PairVerdict, percentile: number): Judged[] {
  return pair.loads.flatMap(({ clients, verdicts, against }) =>
    verdicts
      .filter((v) =>
        v.percentile === percentile && v.claim !== "unknown" &&
        against.length === 0
      )
      .map((verdict) => ({
        clients,
        verdict,
        median: verdicts.find((v) => v.percentile === 50)?.claim,
      }))
  );
}

/** The load to quote: the highest at which both sides met the objective, else the highest of all. */
function leading(
  found: readonly Judged[],
  { subject, reference }: PairVerdict,
  systems: readonly SystemReading[],
): Judged {
  const met = Math.min(
    ...systems.filter(({ system }) =>
      system === subject || system === reference
    )
      .map((s) => s.attainment.clients),
  );
  return found.findLast(({ clients }) => clients <= met) ?? found.at(-1)!;
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

/** The quoted load's verdict with its figures, then those of the other loads. */
function pairText(
  found: readonly Judged[],
  quoted: Judged,
  { lead, sides: [a, b] }: ReturnType<typeof namesOf>,
): string {
  const { claim } = quoted.verdict;
  const loads = (wanted: Verdict["claim"]) =>
    found.filter((f) => f.verdict.claim === wanted).map((f) => f.clients);
  const words: Partial<Record<Verdict["claim"], [string, string]>> = {
    faster: [`${a} is faster than ${b}`, "the former is faster"],
    slower: [`${b} is faster than ${a}`, "the latter is faster"],
    "not distinguishable": [
      `${a} and ${b} are not distinguishable`,
      "they are not distinguishable",
    ],
  };
  const others = (["faster", "slower", "not distinguishable"] as const)
    .filter((other) => other !== claim && loads(other).length > 0)
    .map((other) => `at ${loadsText(loads(other))} ${words[other]![1]}`);
  // Where the tail tells nothing, the median may.
  const medians = (["faster", "slower"] as const).flatMap((claim) => {
    const at = found.filter((f) =>
      f.verdict.claim === "not distinguishable" && f.median === claim
    ).map((f) => f.clients);
    return at.length > 0 ? [`${words[claim]![1]} at ${loadsText(at)}`] : [];
  });
  return `${lead}${words[claim]![0]} at ${loadsText(loads(claim))} ` +
    `(${figures(quoted)})` +
    (others.length > 0 ? `, and ${listed(others)}` : "") +
    (medians.length > 0 ? `, though at the median ${listed(medians)}` : "");
}

/** `1, 10 and 50 clients`. */
function loadsText(loads: readonly number[]): string {
  const last = plural(loads.at(-1)!, "client");
  return listed([...loads.slice(0, -1).map(String), last]);
}

/** The ratio of the slower claim is turned, so that it is always that of the side named first. */
function figures({ clients, verdict }: Judged): string {
  const { claim, percentile, confidence } = verdict;
  const [value, low, high] = claim === "slower"
    ? [1 / verdict.ratio, 1 / verdict.high, 1 / verdict.low]
    : [verdict.ratio, verdict.low, verdict.high];
  return `p${percentile} ${ratio(value)} times as long at ` +
    `${plural(clients, "client")}, ${confidence * 100} % interval ` +
    `${bound(low)} to ${bound(high)}`;
}

function bound(value: number): string {
  return value > 0 && Number.isFinite(value) ? ratio(value) : "no bound";
}
