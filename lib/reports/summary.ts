/**
 * The three sentences that a report begins with.
 *
 * @module
 */
import { formatObjective } from "../metrics/objective.ts";
import type { RunResult, System } from "../runs/result.ts";
import { standsForItself, TAGS } from "./nature.ts";
import type { Reading, SystemReading } from "./readings.ts";
import { type PairVerdict, STRATEGIES } from "./verdicts.ts";
import {
  capital,
  few,
  inProse,
  listed,
  percent,
  plural,
  ratio,
  sentence,
  unbracketed,
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
    sentence(objectiveSentence(result, systems)),
    sentence(priceSentence(systems)),
    sentence(conclusion(result, systems, pairs)),
  ];
}

/** `PostgreSQL, batched (PostgreSQL 18.4, embedded)`. */
function fullName({ title, facts }: System): string {
  const tag = TAGS[facts.nature];
  const said = tag === "" || new RegExp(tag, "i").test(facts.engine);
  return `${inProse(title)} (${
    unbracketed(said ? facts.engine : `${facts.engine}, ${tag}`)
  })`;
}

function objectiveSentence(
  result: RunResult,
  systems: readonly SystemReading[],
): string {
  const name = `p${result.objective.percentile}`;
  const order = [...systems].sort((a, b) =>
    b.attainment.clients - a.attainment.clients ||
    a.attainment.milliseconds - b.attainment.milliseconds
  );
  const met = order.filter((s) => s.attainment.clients > 0);
  const lead = met.length > 0
    ? ""
    : `No system met the objective ${formatObjective(result.objective)}: `;
  return lead + order.map((s, k) => {
    const said = attainmentText(s, name);
    const verb = s.attainment.clients === 0
      ? met.length > 0 ? "did not meet it" : ""
      : k === 0
      ? `met the objective ${formatObjective(result.objective)}`
      : "met it";
    return [fullName(s.system), verb, said].filter((t) => t !== "").join(" ");
  }).join("; ");
}

function attainmentText(s: SystemReading, name: string): string {
  const { clients, milliseconds, margin, throughout, unjudged } = s.attainment;
  const open = unjudged.length > 0
    ? `, while ${plural(unjudged.length, "load")} (${
      listed(unjudged.map(String))
    } clients) cannot be judged`
    : "";
  const value = `${few(milliseconds)} ms`;
  if (clients > 0) {
    return `up to ${plural(clients, "concurrent client")}` +
      `${throughout ? ", the highest load tried" : ""} (${name} ${value}, ` +
      `${percent(margin)} under it)${open}`;
  }
  if (Number.isNaN(milliseconds)) {
    return "at any load that can be judged" + open;
  }
  const first = s.readings.find((r) =>
    Math.abs(r.target / 1e3 - milliseconds) < 1e-9
  );
  const at = first ? ` at ${plural(first.point.clients, "client")}` : "";
  return margin < 0
    ? `(${name} ${value}${at}, ${percent(-margin)} over it)${open}`
    : `at any load in a row from the lowest (${name} ${value}${at})${open}`;
}

/** The reading to price: the highest load that met the objective, else the lowest. */
export function pricedReading(s: SystemReading): Reading | undefined {
  return s.readings.findLast((r) => r.point.clients === s.attainment.clients) ??
    s.readings[0];
}

function priceSentence(systems: readonly SystemReading[]): string {
  const prices = systems.flatMap((s) => {
    const reading = pricedReading(s);
    if (!reading) return [];
    const { cost, against, point } = reading;
    const title = inProse(s.system.title);
    const assumed = cost.assumed && !/assumed/i.test(cost.item)
      ? `${cost.item}, an assumed price`
      : cost.item;
    if (s.system.cost.kind === "none") return [`${title} is not billed`];
    if (Number.isNaN(cost.usdPerMillionRequests)) {
      return [
        `${title} cannot be priced (${cost.basis.toLowerCase()})`,
      ];
    }
    const doubt = against.cost.length > 0 ? ", from an invalid figure" : "";
    const at = s.attainment.clients > 0
      ? `at ${plural(point.clients, "client")}`
      : `at ${plural(point.clients, "client")}, without meeting the objective`;
    return [
      `${
        usd(cost.usdPerMillionRequests)
      } on ${title} ${at} (${assumed}${doubt})`,
    ];
  });
  const billed = prices.filter((p) => p.startsWith("$"));
  const others = prices.filter((p) => !p.startsWith("$"));
  const parts = [
    ...(billed.length > 0 ? [`A million requests cost ${listed(billed)}`] : []),
    ...others,
  ];
  return capital(parts.join("; ") || "No price is known");
}

function conclusion(
  result: RunResult,
  systems: readonly SystemReading[],
  pairs: readonly PairVerdict[],
): string {
  const parts = pairs.map((pair) => pairSentence(pair, result));
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

/** The verdict of a pair at the highest load where there is one. */
function pairSentence(pair: PairVerdict, result: RunResult): string {
  const { subject, reference } = pair;
  const p = result.objective.percentile;
  const same = subject.platform === reference.platform &&
    subject.workload.strategy !== reference.workload.strategy;
  const [a, b] = same
    ? [
      STRATEGIES[subject.workload.strategy],
      STRATEGIES[reference.workload.strategy],
    ]
    : [inProse(subject.title), inProse(reference.title)];
  const lead = same ? `on ${subject.facts.engine}, ` : "";
  const sound = pair.loads.flatMap(({ clients, verdicts, against }) =>
    verdicts
      .filter((v) =>
        v.percentile === p && v.claim !== "unknown" && against.length === 0
      )
      .map((verdict) => ({ clients, verdict }))
  );
  const last = sound.at(-1);
  if (!last) {
    return `${lead}${a} and ${b} cannot be compared at p${p}: no load gives ` +
      `valid figures with enough operations on both sides`;
  }
  const { verdict, clients } = last;
  const times = (value: number, low: number, high: number) =>
    `p${p} ${ratio(value)} times as long at ${plural(clients, "client")}, ` +
    `95 % interval ${bound(low)} to ${bound(high)}`;
  if (verdict.claim === "faster") {
    return `${lead}${a} is faster than ${b} (${
      times(verdict.ratio, verdict.low, verdict.high)
    })`;
  }
  if (verdict.claim === "slower") {
    return `${lead}${b} is faster than ${a} (${
      times(1 / verdict.ratio, 1 / verdict.high, 1 / verdict.low)
    })`;
  }
  return `${lead}${a} and ${b} are not distinguishable (${
    times(verdict.ratio, verdict.low, verdict.high)
  })`;
}

function bound(value: number): string {
  return value > 0 && Number.isFinite(value) ? ratio(value) : "no bound";
}
