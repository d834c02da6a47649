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
    sentence(objectiveSentence(result, systems)),
    sentence(priceSentence(systems)),
    sentence(conclusion(result, systems, pairs)),
  ];
}

/** `PostgreSQL batched (PostgreSQL 18.4, embedded)`; the engine is named once, its nature always. */
function fullName({ title, facts }: System, named: Set<string>): string {
  const tag = TAGS[facts.nature];
  if (named.has(facts.engine)) {
    return tag ? `${inProse(title)} (${tag})` : inProse(title);
  }
  named.add(facts.engine);
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
  const named = new Set<string>();
  return lead + order.map((s, k) => {
    const said = attainmentText(s, name);
    const verb = s.attainment.clients === 0
      ? met.length > 0 ? "did not meet it" : ""
      : k === 0
      ? `met the objective ${formatObjective(result.objective)}`
      : "met it";
    return [fullName(s.system, named), verb, said].filter((t) => t !== "").join(
      " ",
    );
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
        (s.attainment.clients > 0 ? "" : ", without meeting the objective") +
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
