import { formatObjective } from "../metrics/objective.ts";
import type { RunResult } from "../runs/result.ts";
import { type ChartData, chartData } from "./chart_data.ts";
import { figuresTable } from "./figures.ts";
import { methodology, PUBLICATION } from "./methodology.ts";
import type { Section } from "./section.ts";
import { TAGS } from "./nature.ts";
import { readRun, type SystemReading } from "./readings.ts";
import { loadsText } from "./objective_sentence.ts";
import { pricedReading, summarise, type Summary } from "./summary.ts";
import type { Table } from "./table.ts";
import { type PairVerdict, pairVerdicts, verdictTable } from "./verdicts.ts";
import {
  capital,
  dateTime,
  inProse,
  listed,
  sentence,
  unbracketed,
} from "./words.ts";

/** A report, whole, before it is HTML, PDF, JSON or text: every sentence and every cell is decided here. */
export interface ReportModel {
  readonly title: string;
  /** When, on what: one line under the title. */
  readonly subtitle: string;
  readonly objective: string;
  readonly summary: Summary;
  /** What must be read before any figure: emulators, cut short, invalid. Each a sentence. */
  readonly notices: readonly string[];
  readonly systems: readonly ReportSystem[];
  readonly charts: ChartData;
  readonly verdicts: readonly Table[];
  readonly figures: Table;
  readonly methodology: readonly Section[];
  readonly publication: string;
  /** False where the summary rests on an invalid figure, or the run was cut short. */
  readonly believable: boolean;
}

/** A system, as the report's key names it. */
export interface ReportSystem {
  readonly title: string;
  /** `embedded`, `emulator` …; empty for a service. */
  readonly tag: string;
  readonly engine: string;
}

/** Figures take a second or two: each run's are computed once, however many reports it gets. */
const COMPUTED = new WeakMap<RunResult, Computed>();

interface Computed {
  readonly systems: readonly SystemReading[];
  readonly pairs: readonly PairVerdict[];
}

function computed(result: RunResult): Computed {
  const known = COMPUTED.get(result);
  if (known) return known;
  const systems = readRun(result);
  const found = { systems, pairs: pairVerdicts(result, systems) };
  COMPUTED.set(result, found);
  return found;
}

/**
 * Decides a report: pure, from a run's result to everything that is said about
 * it. The title defaults to the run's name.
 */
export function reportModel(
  result: RunResult,
  title?: string,
): ReportModel {
  const { systems, pairs } = computed(result);
  const run = title === undefined ? "" : `${result.name}, `;
  return {
    title: title ?? capital(result.name),
    subtitle: `${run}${dateTime(result.startedAt)}, on ` +
      `${result.dataset.spec.name}_v${result.dataset.spec.version}`,
    objective: formatObjective(result.objective),
    summary: summarise(result, systems, pairs),
    notices: notices(result, systems),
    systems: systems.map(({ system }) => ({
      title: system.title,
      tag: TAGS[system.facts.nature],
      engine: system.facts.engine,
    })),
    charts: chartData(result, systems),
    verdicts: pairs.map(verdictTable),
    figures: figuresTable(result, systems),
    methodology: methodology(result, systems),
    publication: sentence(PUBLICATION),
    believable: !result.cutShort && systems.every(settled),
  };
}

/**
 * Whether the headline on a system rests on valid figures only: the load after
 * the last that met the objective was judged, so that the limit is where it is
 * said to be, and the price is not of an invalid figure. Doubts elsewhere are
 * stamped where they stand, and spoil nothing else.
 */
function settled(s: SystemReading): boolean {
  const { clients, unjudged } = s.attainment;
  const next = s.readings.find((r) => r.point.clients > clients);
  const priced = pricedReading(s);
  return s.readings.length > 0 &&
    !(next && unjudged.includes(next.point.clients)) &&
    priced?.against.cost.length === 0;
}

/** The loads that cannot be judged, by system. */
function unjudgedLoads(systems: readonly SystemReading[]): string[] {
  return systems.filter((s) => s.attainment.unjudged.length > 0)
    .map(({ system, readings, attainment: { unjudged } }) =>
      `${inProse(system.title)} at ${loadsText(unjudged, readings.length)}`
    );
}

function notices(
  result: RunResult,
  systems: readonly SystemReading[],
): string[] {
  const unsound = unjudgedLoads(systems);
  const emulated = systems.filter((s) => s.system.facts.nature === "emulated");
  const found: string[] = [];
  if (result.cutShort) {
    found.push(
      "This run was cut short: it shows what was measured until then.",
    );
  }
  if (emulated.length > 0) {
    const engines = [...new Set(emulated.map((s) => s.system.facts.engine))];
    found.push(
      `${
        listed(emulated.map((s) => inProse(s.system.title)))
      } ran on an emulator ` +
        `(${
          listed(engines.map(unbracketed))
        }): its response times and throughput say nothing ` +
        `about the service, and are shown to prove the method.`,
    );
  }
  if (unsound.length > 0) {
    found.push(
      `Not every load can be judged: ${listed(unsound)}. ` +
        `The table of every figure says why.`,
    );
  }
  return found;
}
