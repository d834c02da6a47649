/** CPU time that the hypervisor kept from this machine, as counters. */
export interface StealReading {
  readonly stolen: number;
  readonly total: number;
}

/**
 * Reads the counters of all cores (proc(5): the first line of /proc/stat, in
 * clock ticks); undefined where the system has none. Guest time is counted in
 * user time already.
 */
export function readSteal(): StealReading | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const line = Deno.readTextFileSync("/proc/stat").split("\n", 1)[0];
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  if (ticks.length < 8 || ticks.some(Number.isNaN)) return undefined;
  return { stolen: ticks[7], total: ticks.reduce((a, b) => a + b, 0) };
}

/** Ticks stolen, and of all, between two readings; both 0 where not known. */
export function stealBetween(
  before: StealReading | undefined,
  after: StealReading | undefined,
): StealReading {
  if (!before || !after) return { stolen: 0, total: 0 };
  return {
    stolen: after.stolen - before.stolen,
    total: after.total - before.total,
  };
}
