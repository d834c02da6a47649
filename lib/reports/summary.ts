/**
 * The three sentences that a report begins with.
 *
 * @module
 */
import type { RunResult } from "../runs/result.ts";
import { conclusion } from "./conclusion.ts";
import { objectiveSentence } from "./objective_sentence.ts";
import type { Reading, SystemReading } from "./readings.ts";
import type { PairVerdict } from "./verdicts.ts";
import {
  capital,
  inProse,
  listed,
  plural,
  sentence,
  uncapital,
  usd,
} from "./words.ts";

/** What met the objective, at which price, and what may be concluded. */
export type Summary = readonly [string, string, string];

/** Writes the summary of a run. */
export function summarise(
  result: RunResult,
  systems: readonly SystemReading[],
  pairs: readonly PairVerdict[],
): Summary {
  return [
    sentence(objectiveSentence(result.objective, systems)),
    sentence(priceSentence(systems)),
    sentence(conclusion(result, systems, pairs)),
  ];
}

/** The reading to price: the highest load that met the objective, else the lowest. */
export function pricedReading(s: SystemReading): Reading | undefined {
  return s.readings.findLast((r) => r.point.clients === s.attainment.clients) ??
    s.readings[0];
}

/** Said of a price at a load that is known not to meet the objective. */
function missed(s: SystemReading, { against, target }: Reading): string {
  const judged = against.latency.length === 0 && !Number.isNaN(target);
  return s.attainment.clients === 0 && judged
    ? ", without meeting the objective"
    : "";
}

function priceSentence(systems: readonly SystemReading[]): string {
  // Systems that are priced as the same thing share its name.
  const billed = new Map<string, string[]>();
  const others: string[] = [];
  for (const s of systems) {
    const reading = pricedReading(s);
    if (!reading) continue;
    const { cost, against, point } = reading;
    const title = inProse(s.system.title);
    if (s.system.cost.kind === "none") {
      others.push(`${title} is not billed`);
    } else if (Number.isNaN(cost.usdPerMillionRequests)) {
      others.push(`${title} cannot be priced (${uncapital(cost.basis)})`);
    } else {
      const item = cost.assumed && !/assumed/i.test(cost.item)
        ? `${cost.item}, an assumed price`
        : cost.item;
      billed.set(item, [
        ...billed.get(item) ?? [],
        `${usd(cost.usdPerMillionRequests)} on ${title} at ` +
        plural(point.clients, "client") +
        missed(s, reading) +
        (against.cost.length > 0 ? ", from an invalid figure" : ""),
      ]);
    }
  }
  const prices = [...billed].map(([item, told]) => `${listed(told)} (${item})`);
  return capital(
    [
      ...(prices.length > 0
        ? [`A million requests cost ${prices.join("; ")}`]
        : []),
      ...others,
    ].join("; ") || "No price is known",
  );
}
