import { messageOf, ServemarkError } from "../core/errors.ts";
import type { ProgressSink } from "../core/progress.ts";
import type { Fleet } from "../load/fleet.ts";
import { clientsText } from "./clients_text.ts";
import type { PassRecord } from "./merge.ts";
import type { System } from "./result.ts";
import type { RunSpec } from "./run_spec.ts";
import { readSteal, stealBetween } from "./steal.ts";
import type { Pass } from "./sweep.ts";

/** A system with the workers that load it. */
export interface LoadedSystem {
  readonly system: System;
  readonly fleet: Fleet;
}

/** What a sweep gave. */
export interface Measured {
  readonly passes: readonly PassRecord[];
  /** Systems that could not go on: by index, at which pass and why. */
  readonly lost: ReadonlyMap<number, { readonly pass: Pass; why: string }>;
  /** True when it was stopped before its last pass was through. */
  readonly cutShort: boolean;
}

/** Operations of a pass whose rows are compared with the generator's, before and after. */
const VERIFY = 5;
/** Time for a server to end the sessions whose connections were closed. */
const SETTLE_MS = 300;
/** Sample rows of a pass at most: operations first, then their requests. */
const SAMPLE_ROWS = 40_000;

/**
 * Runs the passes one after the other. A system that fails is left out from
 * then on, and the others go on; an abort ends the sweep with what was measured.
 */
export async function measure(
  passes: readonly Pass[],
  systems: readonly LoadedSystem[],
  spec: RunSpec,
  signal: AbortSignal,
  progress: ProgressSink,
): Promise<Measured> {
  const step = `Run ${spec.name}`;
  const total = passes.reduce((n, p) => n + p.clients * p.iterations, 0);
  const done: PassRecord[] = [];
  const lost = new Map<number, { pass: Pass; why: string }>();
  let before = 0;
  let cutShort = false;
  for (const pass of passes) {
    if (signal.aborted) {
      cutShort = true;
      break;
    }
    const { system, fleet } = systems[pass.system];
    const operations = pass.clients * pass.iterations;
    const detail = `${system.title}, ${clientsText(pass.clients)}, ` +
      `round ${pass.round + 1} of ${spec.rounds}`;
    const tell = (n: number) =>
      progress({ step, done: before + n, total, unit: "operations", detail });
    tell(0);
    let counted = operations;
    if (!lost.has(pass.system)) {
      const alone = !shares(system, systems);
      const steal = readSteal();
      try {
        const records = await fleet.run({
          point: pass.point,
          clients: pass.clients,
          iterations: pass.iterations,
          warmup: alone ? pass.warmup : spec.warmup,
          firstRequest: pass.firstRequest,
          think: spec.think,
          verify: VERIFY,
          timeout: spec.timeout,
          sampleBudget: SAMPLE_ROWS,
        }, tell);
        const stolen = stealBetween(steal, readSteal());
        done.push({ pass, records, steal: stolen });
        const recorded = records.reduce((n, r) => n + r.operations, 0);
        if (signal.aborted && recorded < operations) {
          cutShort = true;
          counted = recorded;
        }
        if (!alone) {
          await fleet.prepare(0);
          await new Promise((wake) => setTimeout(wake, SETTLE_MS));
        }
      } catch (error) {
        // What was measured so far is worth keeping, and so are the others.
        lost.set(pass.system, { pass, why: reasonOf(error) });
      }
    }
    before += counted;
  }
  const finished = !cutShort;
  progress({
    step,
    done: finished ? total : before,
    total,
    unit: "operations",
    finished,
  });
  return { passes: done, lost, cutShort };
}

/**
 * True where another system is on the same platform, and that is not ours: such
 * a server may not have connections for both at once, so each gives its own back
 * when its turn is over (and is warmed up anew). Engines that we start have
 * enough, and an idle connection costs them nothing that can be seen.
 */
function shares(system: System, all: readonly LoadedSystem[]): boolean {
  const { nature } = system.facts;
  return (nature === "service" || nature === "self-hosted") &&
    all.some((other) =>
      other.system !== system && other.system.platform === system.platform
    );
}

/** An error's cause as one line. */
function reasonOf(error: unknown): string {
  const { cause } = error instanceof ServemarkError
    ? error.details
    : { cause: undefined };
  return (cause ?? messageOf(error)).split("\n", 1)[0];
}
