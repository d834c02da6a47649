import { bundle, DISPLAY, type MimeBundle, show } from "../core/display.ts";
import { type Problem, throwProblems } from "../core/errors.ts";
import { freeze } from "../core/frozen.ts";
import { unknownName } from "../core/names.ts";
import type { Watch } from "../core/progress.ts";
import { closeProgress, defaultProgress } from "../core/progress_view.ts";
import { formatObjective } from "../metrics/objective.ts";
import type { Strategy } from "../platforms/driver.ts";
import type { Dataset } from "../transfers/dataset.ts";
import type { DatasetRequest } from "../transfers/dataset_calls.ts";
import type { ExecuteOptions } from "./execute.ts";
import { planText } from "./plan_text.ts";
import type { Results } from "./results.ts";
import { readCall, type RunCall, withoutPassword } from "./run_calls.ts";
import {
  DEFAULTS,
  type PlatformRequest,
  type RunSpec,
  type WorkloadRequest,
} from "./run_spec.ts";

/**
 * A run to be: immutable, every call returns a new one, and each replaces what
 * an earlier call of its name said. Nothing is opened before `execute`, which
 * also reports everything that is wrong, all at once.
 */
class Run {
  readonly #spec: RunSpec;
  readonly #problems: Readonly<Partial<Record<RunCall, Problem>>>;

  constructor(
    spec: RunSpec,
    problems: Readonly<Partial<Record<RunCall, Problem>>>,
  ) {
    this.#spec = freeze(spec);
    this.#problems = problems;
    Object.freeze(this);
  }

  /** The dataset that is read: a builder, or a name such as `fraud_detection_v1.0`. */
  dataset(dataset: Dataset | DatasetRequest | string): Run {
    return this.#with("dataset", [dataset]);
  }

  /**
   * What an operation reads: `fanout` (one row of each of `tables` feature
   * tables) or `lookup` (one row of one `table`); and how: `batched`,
   * `sequential`, `parallel`, or several of them, each a system of its own.
   */
  workload(
    name: string,
    options?: {
      tables?: number;
      table?: string;
      strategy?: Strategy | readonly Strategy[];
    },
  ): Run {
    return this.#with("workload", [name, options]);
  }

  /** Concurrent clients, one level a point. @default 1, 10, 50, 100 */
  clients(...levels: number[]): Run {
    return this.#with("clients", levels);
  }

  /** Operations of each client at a point, over all rounds. @default 100 */
  iterations(operations: number): Run {
    return this.#with("iterations", [operations]);
  }

  /** Operations of a point at least, however few its clients. @default 1000: what p99 needs */
  minimum(operations: number): Run {
    return this.#with("minimum", [operations]);
  }

  /**
   * Operations of each client before a point, not recorded; a fifth of that
   * before its further rounds. @default 5
   */
  warmup(operations: number): Run {
    return this.#with("warmup", [operations]);
  }

  /** Passes over each point, in counterbalanced order: the more, the finer differences can be told. @default 6 */
  rounds(count: number): Run {
    return this.#with("rounds", [count]);
  }

  /**
   * Platforms to run on: names (an embedded engine is started), URIs
   * (`prod=postgres://host/db`), or objects with `kind`, `name`, `uri`,
   * `strategy`, `driver`.
   */
  on(...platforms: (string | PlatformRequest)[]): Run {
    return this.#with("on", platforms);
  }

  /** The objective that loads are held against. @default "p99 < 10 ms" */
  objective(text: string): Run {
    return this.#with("objective", [text]);
  }

  /** Time between an answer and the client's next operation: `"10ms"`. @default 0 */
  think(time: string | number): Run {
    return this.#with("think", [time]);
  }

  /** Chooses which of the dataset's requests are made. @default 0 */
  seed(seed: number): Run {
    return this.#with("seed", [seed]);
  }

  /** Load workers of each system. @default one a core */
  workers(count: number): Run {
    return this.#with("workers", [count]);
  }

  /** Time after which an operation counts as timed out. @default "30s" */
  timeout(time: string | number): Run {
    return this.#with("timeout", [time]);
  }

  /**
   * What was asked for, without passwords; {@link run.from} makes an equal
   * builder of it.
   */
  toJSON(): RunSpec {
    throwProblems(this.#title(), this.#found(false));
    return freeze({
      ...this.#spec,
      platforms: this.#spec.platforms.map((platform) =>
        platform.uri === undefined
          ? platform
          : { ...platform, uri: withoutPassword(platform.uri) }
      ),
    });
  }

  /** Shows the plan: systems, points, operations, and what is wrong with it. */
  async explain(): Promise<void> {
    await show(bundle(this[DISPLAY]()));
  }

  /**
   * Materialises the dataset, loads it into each platform, proves by
   * fingerprint that all hold the same, and runs every point. Platforms that
   * were started are ended in any case.
   *
   * An abort (also SIGINT: Ctrl-C, or a notebook's stop button) before anything
   * was measured rejects; after that, what was measured is kept, and the result
   * says `cutShort`. So does a platform that is lost in the middle: its points
   * are marked invalid, and the others go on.
   *
   * @throws {ServemarkError} listing all that is wrong with the plan; or saying
   * which step failed
   */
  async execute(options: ExecuteOptions & Watch = {}): Promise<Results> {
    throwProblems(this.#title(), this.#found(true));
    // Platforms, Arrow and Polars are loaded only when something is to be run.
    const { execute } = await import("./execute.ts");
    if (options.progress) return await execute(this.#spec, options);
    try {
      return await execute(this.#spec, {
        ...options,
        progress: defaultProgress(),
      });
    } finally {
      await closeProgress();
    }
  }

  [DISPLAY](): MimeBundle {
    return { "text/plain": planText(this.#spec, this.#found(true)) };
  }

  #with(call: RunCall, args: readonly unknown[]): Run {
    const read = readCall(call, args);
    const { [call]: _, ...others } = this.#problems;
    return "part" in read
      ? new Run({ ...this.#spec, ...read.part }, others)
      : new Run(this.#spec, { ...others, [call]: read.problem });
  }

  #found(complete: boolean): Problem[] {
    const found = Object.values(this.#problems);
    if (!complete) return found;
    if (!this.#spec.dataset && !this.#problems.dataset) {
      found.push({
        message: "no dataset is named",
        remedy: 'Add .dataset("fraud_detection")',
      });
    }
    if (this.#spec.platforms.length === 0 && !this.#problems.on) {
      found.push({
        message: "no platform is named",
        remedy: 'Add .on("postgres", "dynamodb")',
      });
    }
    return found;
  }

  #title(): string {
    return `Cannot run "${this.#spec.name}"`;
  }
}

export type { Run, WorkloadRequest };

/**
 * Begins a run.
 *
 * @example A plan, and the same plan rebuilt from its JSON
 * ```ts
 * import assert from "node:assert/strict";
 * import { dataset, run } from "servemark";
 *
 * const serving = run("feature serving")
 *   .dataset(dataset("fraud_detection").version("1.0").rows("300k"))
 *   .workload("fanout", { tables: 30, strategy: "batched" })
 *   .clients(1, 10, 50, 100).iterations(100)
 *   .on("postgres", "dynamodb")
 *   .objective("p99 < 10 ms");
 * assert.deepEqual(run.from(serving.toJSON()).toJSON(), serving.toJSON());
 * ```
 */
export function run(name: string = DEFAULTS.name): Run {
  return new Run({ ...DEFAULTS, name: String(name) }, {});
}

/** Rebuilds a run from what its `toJSON()` gave; every value is checked again. */
run.from = (json: Partial<RunSpec>): Run => {
  const { name, ...parts } = json;
  let built = run(name);
  for (const [part, value] of Object.entries(parts)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(CALLS, part)) {
      throw unknownName("part of a run", part, ["name", ...Object.keys(CALLS)]);
    }
    built = CALLS[part as Part](built, value as never);
  }
  return built;
};

type Part = Exclude<keyof RunSpec, "name">;

/** How each part of a spec is said by a call. */
const CALLS: {
  readonly [P in Part]-?: (
    built: Run,
    value: NonNullable<RunSpec[P]>,
  ) => Run;
} = {
  dataset: (built, value) => built.dataset(value),
  workload: (built, { name, ...options }) => built.workload(name, options),
  clients: (built, value) => built.clients(...value),
  iterations: (built, value) => built.iterations(value),
  minimum: (built, value) => built.minimum(value),
  warmup: (built, value) => built.warmup(value),
  rounds: (built, value) => built.rounds(value),
  // A run that was not told where is no error before it is executed.
  platforms: (built, value) => value.length > 0 ? built.on(...value) : built,
  objective: (built, value) => built.objective(formatObjective(value)),
  think: (built, value) => built.think(value),
  seed: (built, value) => built.seed(value),
  workers: (built, value) => built.workers(value),
  timeout: (built, value) => built.timeout(value),
};
