import { bundle, DISPLAY, type MimeBundle, show } from "../core/display.ts";
import { messageOf, type Problem, throwProblems } from "../core/errors.ts";
import { freeze } from "../core/frozen.ts";
import type { Watch } from "../core/progress.ts";
import {
  formatObjective,
  type Objective,
  parseObjective,
} from "../metrics/objective.ts";
import { resultFromJson, resultToJson } from "../runs/result_json.ts";
import { Results } from "../runs/results.ts";
import type { RunResult } from "../runs/result.ts";
import { joinResults } from "./join.ts";
import type { ReportSpec } from "./report_spec.ts";

/** What a report can be made of. */
export type Reportable = Results | RunResult;

interface Parts {
  readonly title?: string;
  readonly objective?: Objective;
  readonly results: readonly RunResult[];
}

/**
 * A report to be: immutable, every call returns a new one. Nothing is written
 * before `write`, nothing shown before `show`.
 */
class Report {
  readonly #parts: Parts;
  readonly #problems: readonly Problem[];

  constructor(parts: Parts, problems: readonly Problem[]) {
    this.#parts = Object.freeze({
      ...parts,
      results: Object.freeze([...parts.results]),
    });
    this.#problems = problems;
    Object.freeze(this);
  }

  /** Adds results of runs; several need the same data. */
  of(...results: readonly Reportable[]): Report {
    const found = results.map((r) => r instanceof Results ? r.result : r);
    const wrong = found.filter((r) => !isResult(r));
    return new Report(
      {
        ...this.#parts,
        results: [...this.#parts.results, ...found.filter(isResult)],
      },
      wrong.length === 0 ? this.#problems : [...this.#problems, {
        message: "not the result of a run",
        place: ".of(…)",
        remedy: "Give what `await run(…).execute()` returned",
      }],
    );
  }

  /** The objective to judge by, instead of the run's own; replaces an earlier one. */
  objective(text: string): Report {
    const others = this.#problems.filter((p) => p.place !== ".objective(…)");
    try {
      return new Report(
        { ...this.#parts, objective: parseObjective(text) },
        others,
      );
    } catch (error) {
      return new Report(this.#parts, [...others, {
        message: messageOf(error),
        place: ".objective(…)",
      }]);
    }
  }

  /** What was asked for; {@link report.from} makes an equal builder of it, without samples. */
  toJSON(): ReportSpec {
    const { title, objective, results } = this.#parts;
    return freeze({
      ...(title === undefined ? {} : { title }),
      ...(objective === undefined ? {} : { objective }),
      results: results.map(resultToJson),
    });
  }

  /** Shows what the report will cover, and what is wrong with it. */
  async explain(): Promise<void> {
    await show(bundle(this[DISPLAY]()));
  }

  /**
   * Writes the report. A name that ends in `.html`, `.pdf`, `.json` or `.txt`
   * gives that one file; any other is a folder, which gets `report.html`,
   * `report.pdf`, `report.json` and `samples.arrow`. Each appears whole or not
   * at all.
   *
   * @returns the paths written
   * @throws {ServemarkError} listing all that is wrong with the report; or when
   * it cannot be written
   */
  async write(target: string, watch: Watch = {}): Promise<string[]> {
    const result = this.#result();
    // Plot, a document and the typesetter are loaded only when a report is made.
    const options = { ...watch, title: this.#parts.title };
    const { writeReport } = await import("./write.ts");
    const { fileKind, writeFile } = await import("./write_file.ts");
    const kind = fileKind(target);
    return kind
      ? [await writeFile(result, target, kind, options)]
      : await writeReport(result, target, options);
  }

  /** Shows the report: in a notebook its summary, charts, verdicts and tables, each under the other; elsewhere its text. */
  async show({ signal }: Watch = {}): Promise<void> {
    const { showReport } = await import("./show.ts");
    await showReport(this.#result(), this.#parts.title, signal);
  }

  [DISPLAY](): MimeBundle {
    const { title, objective, results } = this.#parts;
    const lines = [
      `Report${title === undefined ? "" : ` "${title}"`}`,
      ...results.map((r) =>
        `  of "${r.name}" (${r.startedAt}): ` +
        `${r.systems.map((s) => s.title).join("; ")}`
      ),
      ...(objective ? [`  judged by ${formatObjective(objective)}`] : []),
      ...this.#found().map((p) => `  Problem: ${p.message}. ${p.remedy ?? ""}`),
    ];
    return { "text/plain": lines.join("\n").trimEnd() };
  }

  #found(): Problem[] {
    return this.#parts.results.length > 0 || this.#problems.length > 0
      ? [...this.#problems]
      : [{
        message: "no result is named",
        remedy: "Add .of(results)",
      }];
  }

  #result(): RunResult {
    throwProblems("Cannot write the report", this.#found());
    const joined = joinResults(this.#parts.results);
    const { objective } = this.#parts;
    return objective ? { ...joined, objective } : joined;
  }
}

export type { Report };

function isResult(value: unknown): value is RunResult {
  const given = value as Partial<RunResult> | null | undefined;
  return Array.isArray(given?.points) && Array.isArray(given?.systems) &&
    given?.samples !== undefined;
}

/**
 * Begins a report.
 *
 * @param title the first run's name where absent
 *
 * @example What a report needs
 * ```ts
 * import assert from "node:assert/strict";
 * import { report } from "servemark";
 *
 * const draft = report("PostgreSQL or DynamoDB?").objective("p99 < 5 ms");
 * assert.deepEqual(draft.toJSON().objective, { percentile: 99, milliseconds: 5 });
 * await assert.rejects(() => draft.write("report.html"), /Add \.of\(results\)/);
 * ```
 */
export function report(title?: string): Report {
  return new Report({ title, results: [] }, []);
}

/** Rebuilds a report from what its `toJSON()` gave: no intervals and no verdicts, since samples are apart. */
report.from = (spec: ReportSpec): Report => {
  const built = report(spec.title)
    .of(...spec.results.map((json) => resultFromJson(json)));
  return spec.objective
    ? built.objective(formatObjective(spec.objective))
    : built;
};
