import { DISPLAY, type MimeBundle } from "../core/display.ts";
import type { DataFrame } from "../frames/polars.ts";
import { type TableFrame, tableFrame } from "../frames/table.ts";
import { CLOSED_LOOP, compare, type Verdict } from "../metrics/comparison.ts";
import { cost } from "../metrics/cost.ts";
import {
  type Attainment,
  attainment,
  formatObjective,
} from "../metrics/objective.ts";
import { percentiles } from "../metrics/percentiles.ts";
import { spoiling } from "../metrics/validity.ts";
import { incomparable } from "./comparable.ts";
import {
  resultFromJson,
  type ResultJson,
  resultToJson,
} from "./result_json.ts";
import type { Point, RunResult, System } from "./result.ts";
import { roundsOf } from "./rounds.ts";
import { loadResult, saveResult } from "./saved.ts";

type Row = Record<string, string | number | boolean | null>;

/**
 * What a run measured: tables of it for `show`, samples for further work, and
 * the whole result for reports.
 */
export class Results {
  readonly result: RunResult;

  constructor(result: RunResult) {
    this.result = result;
    Object.freeze(this);
  }

  /** Response times of every point, ms, from the planned instant. */
  latency(): TableFrame {
    const rows = this.#rows("latency", (point) => {
      const p = percentiles(point.response);
      return {
        operations: p.n,
        p50: ms(p.p50),
        p90: ms(p.p90),
        p95: ms(p.p95),
        p99: ms(p.p99),
        "p99.9": ms(p.p999),
        max: ms(p.max),
      };
    });
    return this.#table("Response time", rows, {
      units: Object.fromEntries(
        ["p50", "p90", "p95", "p99", "p99.9", "max"].map((p) => [p, "ms"]),
      ),
    });
  }

  /** Operations and rows a second of every point, and what the client used for them. */
  throughput(): TableFrame {
    const rows = this.#rows("throughput", (point) => ({
      operations: point.operations,
      "per second": figure(point.throughput),
      "rows per second": figure(point.rowsReturned / point.measuredSeconds),
      errors: point.operations - (point.codes[0] ?? 0),
      "client CPU": figure(point.clientCpu),
      "busiest worker": figure(point.busiestWorker * 100),
    }));
    return this.#table("Throughput", rows, {
      units: {
        "client CPU": "µs an operation",
        "busiest worker": "% of a core",
      },
    });
  }

  /** What a million requests cost at every point, and what idling costs. */
  cost(): TableFrame {
    const rows = this.#rows("cost", (point, system) => {
      const c = cost(system.cost, point);
      return {
        "per million requests": figure(c.usdPerMillionRequests),
        "idle month": figure(c.usdPerIdleMonth),
        "priced as": c.item,
        assumed: c.assumed ? "yes" : "no",
        basis: c.basis,
      };
    });
    return this.#table("Cost", rows, {
      units: { "per million requests": "USD", "idle month": "USD" },
    });
  }

  /**
   * Each pair of systems at each load: faster, slower or not distinguishable, at
   * the median and at p99. No verdict is given where a side is emulated.
   */
  verdicts(): TableFrame {
    const { systems } = this.result;
    const rows: Row[] = [];
    systems.forEach((subject, k) => {
      for (const reference of systems.slice(k + 1)) {
        rows.push(...this.#pair(subject, reference));
      }
    });
    return tableFrame(rows, {
      title: "Verdicts",
      note: CLOSED_LOOP,
      missing: () => "n/a",
    });
  }

  /** Up to which load each system met the objective, by what margin, at which price. */
  summary(): TableFrame {
    const { objective, systems } = this.result;
    const rows = systems.map((system): Row => {
      const points = this.#points(system);
      const found = this.attainment(system);
      const at = points.find((p) => p.clients === found.clients);
      return {
        system: named(system),
        "met up to": found.clients,
        [`p${objective.percentile}`]: figure(found.milliseconds),
        margin: figure(found.margin * 100),
        "per second": at ? figure(at.throughput) : null,
        "per million requests": at
          ? figure(cost(system.cost, at).usdPerMillionRequests)
          : null,
        invalid: points.filter((p) => p.invalid.length > 0).length,
      };
    });
    return this.#table(formatObjective(objective), rows, {
      units: {
        "met up to": "clients",
        [`p${objective.percentile}`]: "ms",
        margin: "%",
        "per million requests": "USD",
        invalid: "points",
      },
    });
  }

  /** How a system stands to the objective. */
  attainment(system: System): Attainment {
    return attainment(
      this.#points(system).map((point) => ({
        clients: point.clients,
        response: point.response,
        believable: spoiling(point.reasons, "latency").length === 0,
      })),
      this.result.objective,
    );
  }

  /** All samples as an Arrow IPC file: one row an operation, and one a request. */
  async arrow(): Promise<Uint8Array> {
    const { samplesToArrow } = await import("../frames/samples.ts");
    return samplesToArrow(this.result.samples, { run: this.result.name });
  }

  /** All samples as a Polars frame. */
  async samples(): Promise<DataFrame> {
    const { toPolars } = await import("../frames/polars.ts");
    return await toPolars(await this.arrow());
  }

  /** The result with its histograms, and without its samples. */
  toJSON(): ResultJson {
    return resultToJson(this.result);
  }

  /** Writes `report.json` and `samples.arrow` into a folder. */
  async save(folder: string): Promise<void> {
    await saveResult(this.result, folder);
  }

  /** Reads what `save` wrote. */
  static async load(folder: string): Promise<Results> {
    return new Results(await loadResult(folder));
  }

  /** Results of what `toJSON` gave: no intervals and no verdicts, since the samples are apart. */
  static from(json: unknown): Results {
    return new Results(resultFromJson(json));
  }

  [DISPLAY](): MimeBundle {
    return this.summary()[DISPLAY]() as MimeBundle;
  }

  #points(system: System): Point[] {
    return this.result.points.filter((p) => p.system === system.id);
  }

  /** One row for each point, labelled, with the reasons against it last. */
  #rows(
    metric: "latency" | "throughput" | "cost",
    figures: (point: Point, system: System) => Row,
  ): Row[] {
    return this.result.points.map((point) => {
      const system = this.result.systems.find((s) => s.id === point.system)!;
      return {
        system: named(system),
        clients: point.clients,
        ...figures(point, system),
        "not valid because": spoiling(point.reasons, metric).join("; "),
      };
    });
  }

  #table(
    title: string,
    rows: Row[],
    options: { units: Readonly<Record<string, string>> },
  ): TableFrame {
    const doubted = rows.some((row) => row["not valid because"]);
    const shown = doubted ? rows : rows.map((row) => {
      const { "not valid because": _, ...rest } = row;
      return rest;
    });
    const { name, cutShort, warnings } = this.result;
    return tableFrame(shown, {
      ...options,
      title: `${name}: ${title}${cutShort ? " (cut short)" : ""}`,
      note: warnings.join("\n"),
      missing: (row) =>
        typeof row.operations === "number"
          ? `n/a (n=${row.operations.toLocaleString("en-US")})`
          : "n/a",
    });
  }

  #pair(subject: System, reference: System): Row[] {
    const { samples } = this.result;
    const why = incomparable(subject, reference);
    return this.#points(subject).flatMap((a) => {
      const b = this.#points(reference).find((p) => p.clients === a.clients);
      if (!b) return [];
      const against = [a, b].flatMap((p) => spoiling(p.reasons, "latency"));
      const [x, y] = [roundsOf(samples, a), roundsOf(samples, b)];
      return [50, 99].map((percentile): Row => {
        const verdict = compare(x, y, percentile);
        return {
          system: named(subject),
          against: named(reference),
          clients: a.clients,
          percentile: `p${percentile}`,
          verdict: why
            ? "no verdict"
            : against.length > 0
            ? "not valid"
            : wording(verdict),
          // A ratio to what cannot be compared would be read as a verdict.
          ratio: why ? null : figure(verdict.ratio),
          from: why ? null : figure(verdict.low),
          to: why ? null : figure(verdict.high),
          because: why ?? against.join("; "),
        };
      });
    });
  }
}

function wording({ claim }: Verdict): string {
  return claim === "unknown" ? "unknown: too few operations" : claim;
}

/** A system's title with what stands behind it: nothing beside a service. */
function named({ title, facts }: System): string {
  switch (facts.nature) {
    case "service":
      return title;
    case "emulated":
      return `${title} (emulator)`;
    default:
      return `${title} (${facts.nature})`;
  }
}

function ms(micros: number): number | null {
  return figure(micros / 1e3);
}

/** A number, or nothing where it is not known. */
function figure(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
