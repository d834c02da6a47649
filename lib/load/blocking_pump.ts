import type { BlockingDriver } from "../platforms/driver.ts";
import type { Operations } from "./operations.ts";
import type { Pause } from "./pump.ts";

/** Longest wait for answers, ms: how soon a stop or a timeout is seen. */
const POLL_MS = 50;

/**
 * Drives a driver that blocks the thread. The thread takes no messages
 * meanwhile: `stopped` reads shared memory.
 *
 * @param progress is told of the operations recorded so far, now and then
 * @returns the longest time between two polls: while the thread was busy with
 * something else, answers waited
 */
export function pumpBlocking(
  driver: BlockingDriver,
  operations: Operations,
  stopped: () => boolean,
  progress: () => void,
): Pause {
  let worst = 0;
  let asked = false;
  let now = operations.now();
  let housekeeping = now;
  while (true) {
    const woke = now;
    if (now >= housekeeping) {
      housekeeping = now + POLL_MS * 1e3;
      operations.sweep(now);
      progress();
      if (!asked && stopped()) {
        asked = true;
        operations.stop(now);
      }
    }
    operations.startDue(now);
    if (operations.finished) break;
    const wait = (operations.next() - now) / 1e3;
    const before = operations.now();
    if (before - woke > worst) worst = before - woke;
    driver.poll(wait < 0 ? 0 : wait > POLL_MS ? POLL_MS : wait);
    // The answers just taken say what time it is; without any, the clock does.
    now = operations.latest > before ? operations.latest : operations.now();
  }
  progress();
  return { worst };
}
