/**
 * A monotonic clock that all workers of a run share, in microseconds.
 *
 * Each worker has its own `performance.timeOrigin`, so instants of two workers
 * cannot be compared through `performance.now()`. On Linux this reads
 * CLOCK_MONOTONIC through libc, which also costs a third of
 * `performance.now()` (about 30 ns); elsewhere it adds the worker's own origin.
 *
 * @module
 */

/** Reads the clock: µs since an arbitrary instant that every thread shares. */
export type Clock = () => number;

const MONOTONIC = 1;
const THREAD_CPU = 3;

interface Libc {
  gettime(clock: number): number;
}

let libc: Libc | null | undefined;

function openLibc(): Libc | null {
  if (Deno.build.os !== "linux") return null;
  for (
    const name of [
      "libc.so.6",
      "libc.musl-x86_64.so.1",
      "libc.musl-aarch64.so.1",
    ]
  ) {
    try {
      const { symbols } = Deno.dlopen(
        name,
        {
          clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
        } as const,
      );
      const bytes = new Uint8Array(16);
      const low = new Uint32Array(bytes.buffer);
      return {
        gettime: (clock) => {
          symbols.clock_gettime(clock, bytes);
          return (low[0] + low[1] * 4294967296) * 1e6 + low[2] / 1e3;
        },
      };
    } catch (error) {
      // A system without this libc (musl, or no permission for FFI): try the
      // next name, and fall back to performance.now().
      if (error instanceof Deno.errors.Interrupted) throw error;
    }
  }
  return null;
}

function shared(): Libc | null {
  return libc === undefined ? (libc = openLibc()) : libc;
}

/** The shared clock of this system. */
export function openClock(): Clock {
  const c = shared();
  if (c) return () => c.gettime(MONOTONIC);
  const origin = performance.timeOrigin;
  return () => (origin + performance.now()) * 1e3;
}

/** CPU time of the calling thread in µs, or NaN where the system does not tell. */
export function threadCpu(): number {
  const c = shared();
  return c ? c.gettime(THREAD_CPU) : NaN;
}
