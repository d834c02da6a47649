import { iterationsOfRound, type RunSpec } from "./run_spec.ts";

/** One pass of one system over one point, in the order in which they run. */
export interface Pass {
  /** Index of the point among all of the run. */
  readonly point: number;
  /** Index of the system. */
  readonly system: number;
  readonly clients: number;
  readonly round: number;
  readonly position: number;
  /** Operations of each client. */
  readonly iterations: number;
  /** Operations of each client before those. */
  readonly warmup: number;
  /** Number of the pass's first request: the same for all systems. */
  readonly firstRequest: number;
}

/** A seed's requests start this far from those of the next: more than a run makes. */
const REQUESTS_OF_SEED = 1e9;
/** Seeds repeat after this many, so that requests stay below those of the warm-up. */
const SEEDS = 1000;

/** Share of the warm-up that later rounds need: connections and plans are there. */
const REWARM = 0.2;

/**
 * Lays a run out. At each number of clients the systems take turns, first to
 * last and then last to first (A B C, C B A …), so that a drift of the machine
 * in time falls on all of them alike; and every system is asked the same
 * requests, in the same round.
 */
export function layOut(
  spec: Pick<
    RunSpec,
    "clients" | "iterations" | "minimum" | "warmup" | "rounds" | "seed"
  >,
  systems: number,
): Pass[] {
  const passes: Pass[] = [];
  let firstRequest = (spec.seed % SEEDS) * REQUESTS_OF_SEED;
  spec.clients.forEach((clients, level) => {
    for (let round = 0; round < spec.rounds; round++) {
      const iterations = iterationsOfRound(spec, clients, round);
      for (let turn = 0; turn < systems; turn++) {
        const system = round % 2 === 0 ? turn : systems - 1 - turn;
        passes.push({
          point: level * systems + system,
          system,
          clients,
          round,
          position: passes.length,
          iterations,
          warmup: round === 0 ? spec.warmup : Math.ceil(spec.warmup * REWARM),
          firstRequest,
        });
      }
      firstRequest += clients * iterations;
    }
  });
  return passes;
}
