import { formatObjective, type Objective } from "../metrics/objective.ts";
import type { System } from "../runs/result.ts";
import { TAGS } from "./nature.ts";
import type { SystemReading } from "./readings.ts";
import { few, inProse, listed, percent, plural, unbracketed } from "./words.ts";

/** Which systems met the objective, up to which load, by what margin; without its full stop. */
export function objectiveSentence(
  objective: Objective,
  systems: readonly SystemReading[],
): string {
  const text = formatObjective(objective);
  if (systems.length === 0) {
    return `The objective was ${text}, and no system was measured`;
  }
  const order = [...systems].sort((a, b) =>
    b.attainment.clients - a.attainment.clients ||
    a.attainment.milliseconds - b.attainment.milliseconds
  );
  const named = new Set<string>();
  const name = (s: SystemReading) => fullName(s.system, named);
  const at = `p${objective.percentile}`;
  const parts: string[] = [];
  for (const s of order) {
    if (s.attainment.clients === 0) continue;
    const verb = parts.length === 0 ? `met the objective ${text}` : "met it";
    parts.push(`${name(s)} ${verb} ${upTo(s, at)}${open(s)}`);
  }
  const missed = order.filter((s) =>
    s.attainment.clients === 0 && !Number.isNaN(s.attainment.milliseconds)
  );
  if (parts.length === 0 && missed.length > 0) {
    parts.push(
      `No system met the objective ${text}: ` +
        missed.map((s) => `${name(s)} ${short(s, at)}${open(s)}`).join("; "),
    );
  } else {
    for (const s of missed) {
      parts.push(`${name(s)} did not meet it (${short(s, at)})${open(s)}`);
    }
  }
  const unknown = order.filter((s) => Number.isNaN(s.attainment.milliseconds));
  if (unknown.length > 0) {
    const what = parts.length === 0 ? `the objective ${text}` : "it";
    parts.push(
      `whether ${
        listed(unknown.map(name))
      } met ${what} cannot be judged, for ` +
        `no load gave enough valid operations`,
    );
  }
  return parts.join("; ").replace(/^whether/, "Whether");
}

function upTo({ attainment: a }: SystemReading, at: string): string {
  return `up to ${plural(a.clients, "concurrent client")}` +
    `${a.throughout ? ", the highest load tried" : ""} ` +
    `(${at} ${few(a.milliseconds)} ms, ${percent(a.margin)} under it)`;
}

/** What was reached at the lowest load that can be judged. */
function short(s: SystemReading, at: string): string {
  const { milliseconds, margin } = s.attainment;
  const first = s.readings.find((r) =>
    Math.abs(r.target / 1e3 - milliseconds) < 1e-9
  );
  const load = first ? ` at ${plural(first.point.clients, "client")}` : "";
  const over = margin < 0
    ? `${percent(-margin)} over it`
    : "under it, but lower loads cannot be judged";
  return `${at} ${few(milliseconds)} ms${load}, ${over}`;
}

/** What remains open: the loads that cannot be judged. */
function open({ attainment, readings }: SystemReading): string {
  const { unjudged } = attainment;
  if (unjudged.length === 0) return "";
  return `, while ${loadsText(unjudged, readings.length)} cannot be judged`;
}

/** `the load of 50 clients`, or `7 of 9 loads` where they are many. */
export function loadsText(loads: readonly number[], all: number): string {
  if (loads.length > 3) return `${loads.length} of ${all} loads`;
  const one = loads.length === 1;
  return `the ${one ? "load" : "loads"} of ${listed(loads.map(String))} ` +
    (one && loads[0] === 1 ? "client" : "clients");
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
