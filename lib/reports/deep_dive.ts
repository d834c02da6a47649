import { chartDisplay } from "../charts/display.ts";
import { latencyBySecond } from "../charts/latency_by_second.ts";
import { bundle, DISPLAY, type Displayable } from "../core/display.ts";
import type { DataFrame } from "../frames/polars.ts";
import type { TableFrame } from "../frames/table.ts";
import { Results } from "../runs/results.ts";
import {
  fanoutTable,
  slowestTable,
  tailTable,
  validityTable,
} from "./deep_dive_tables.ts";
import { DRAWINGS } from "./drawings.ts";
import { type ReportModel, reportModel } from "./model.ts";
import { chartNote } from "./nature.ts";
import { summaryDisplay, tableDisplay } from "./notebook_parts.ts";
import { secondsOf } from "./timeline.ts";

/**
 * A finished run, taken apart: every method gives one thing to `show`. What is
 * not here can be asked of `samples()`, a Polars frame of every operation.
 */
export class DeepDive {
  readonly results: Results;
  readonly #model: ReportModel;

  constructor(results: Results) {
    this.results = results;
    this.#model = reportModel(results.result);
  }

  /** What met the objective, and at which price. */
  summary(): Displayable {
    return summaryDisplay(this.#model);
  }

  /** Each pair of systems: faster, slower, or not distinguishable. */
  verdicts(): Displayable {
    const { verdicts } = this.#model;
    if (verdicts.length > 0) return joined(verdicts.map(tableDisplay));
    return this.results.result.systems.length > 1
      ? this.results.verdicts()
      : text("One system ran: there is nothing to compare.");
  }

  /** Every figure of every point. */
  figures(): Displayable {
    return tableDisplay(this.#model.figures);
  }

  /** Response time second by second over the whole run. */
  timeline(): Promise<Displayable> {
    const { result } = this.results;
    const systems = result.systems.map((system) => ({
      id: system.id,
      title: system.title,
      note: chartNote(system),
    }));
    const seconds = secondsOf(result);
    return chartDisplay(
      latencyBySecond({
        systems,
        seconds,
        notes: ["Systems run in turns; gaps are another system's turn."],
      }, { id: "dive-timeline" }),
      `Response time of ${seconds.length} seconds, by system.`,
    );
  }

  /** A chart of the report: `latency`, `distribution`, `throughput` or `cost`. */
  chart(id: string): Promise<Displayable> {
    const drawing = DRAWINGS.find((d) => d.id === id);
    if (!drawing) {
      throw new RangeError(
        `Unknown chart "${id}": known are ${
          DRAWINGS.map((d) => d.id).join(", ")
        }`,
      );
    }
    const svg = drawing.draw(this.#model.charts, { id: `dive-${id}` });
    return chartDisplay(svg, drawing.caption);
  }

  /** What sets the slowest hundredth apart from the middle half, point by point. */
  tail(): TableFrame {
    return tailTable(this.results.result);
  }

  /** Where an operation's requests spent their time, where it is made of several. */
  fanout(): Displayable {
    return fanoutTable(this.results.result);
  }

  /** The slowest operations of all, the slowest first. */
  slowest(count = 20): TableFrame {
    return slowestTable(this.results.result, count);
  }

  /** What was checked of every point, and what speaks against it. */
  validity(): TableFrame {
    return validityTable(this.results.result);
  }

  /** What a million requests cost at every point. */
  cost(): TableFrame {
    return this.results.cost();
  }

  /** All samples as a Polars frame: one row an operation, and one a request. */
  samples(): Promise<DataFrame> {
    return this.results.samples();
  }

  [DISPLAY](): ReturnType<TableFrame[typeof DISPLAY]> {
    return this.summary()[DISPLAY]();
  }
}

/**
 * Opens a run's folder, or the results of a run, for a closer look.
 *
 * @throws {ServemarkError} when the folder holds no run
 *
 * @example What the deep dive's notebook does
 * ```ts
 * import assert from "node:assert/strict";
 * import { deepDive, show } from "servemark";
 *
 * const lookInto = async (folder: string) => {
 *   const dive = await deepDive(folder);
 *   await show(dive.summary(), dive.timeline(), dive.tail(), dive.slowest(20));
 * };
 * await assert.rejects(() => lookInto("no/such/run"), /report\.json/);
 * ```
 */
export async function deepDive(run: string | Results): Promise<DeepDive> {
  return new DeepDive(typeof run === "string" ? await Results.load(run) : run);
}

function text(words: string): Displayable {
  return bundle({ "text/plain": words });
}

/** Several displays as one, under each other. */
function joined(parts: readonly Displayable[]): Displayable {
  const forms = parts.map((part) => part[DISPLAY]());
  const of = (mime: string) =>
    forms.map((f) => String((f as Record<string, unknown>)[mime]));
  return bundle({
    "text/plain": of("text/plain").join("\n\n"),
    "text/html": of("text/html").join(""),
  });
}
