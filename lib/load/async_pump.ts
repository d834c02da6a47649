import type { Operations } from "./operations.ts";
import type { Pause } from "./pump.ts";

/** How often timeouts, stops and the event loop's own delay are looked at, ms. */
const TICK_MS = 20;

/**
 * Drives a driver whose completions arrive from the event loop. Operations that
 * became free are started from a microtask: after the driver has finished with
 * the answers at hand, and before anything else happens.
 *
 * @param progress is told of the operations recorded so far, now and then
 * @returns the longest delay of a timer: for that long the event loop was busy
 * with something else, and answers waited
 */
export function pumpAsync(
  operations: Operations,
  stopped: () => boolean,
  progress: () => void,
): Promise<Pause> {
  const { promise, resolve, reject } = Promise.withResolvers<Pause>();
  let worst = 0;
  let expected = operations.now() + TICK_MS * 1e3;
  let queued = false;
  let asked = false;
  let over = false;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  const end = (error?: unknown) => {
    if (over) return;
    over = true;
    clearInterval(ticker);
    clearTimeout(waiting);
    operations.onFree = undefined;
    progress();
    if (error !== undefined) reject(error);
    else resolve({ worst });
  };
  const turn = () => {
    queued = false;
    if (over) return;
    try {
      operations.startDue(operations.now());
      if (operations.finished) return end();
      sleep();
    } catch (error) {
      end(error);
    }
  };
  /** Wakes when the next operation that waits for its time is due. */
  const sleep = () => {
    if (waiting !== undefined || queued) return;
    const next = operations.next();
    if (next === Infinity) return;
    waiting = setTimeout(() => {
      waiting = undefined;
      turn();
    }, Math.max(0, (next - operations.now()) / 1e3));
  };
  operations.onFree = () => {
    if (queued || over) return;
    queued = true;
    queueMicrotask(turn);
  };
  const checkStop = () => {
    if (asked || !stopped()) return;
    asked = true;
    operations.stop(operations.now());
  };
  const ticker = setInterval(() => {
    const now = operations.now();
    if (now - expected > worst) worst = now - expected;
    expected = now + TICK_MS * 1e3;
    operations.sweep(now);
    progress();
    checkStop();
    turn();
  }, TICK_MS);
  checkStop();
  turn();
  return promise;
}
