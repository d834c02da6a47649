import { inNotebook } from "./display.ts";

/** Signals of one job: the caller's, and SIGINT. */
export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
}

/** Exit code of a process that SIGINT ended: 128 + 2. */
const INTERRUPTED = 130;

/** Milliseconds within which a second signal is the same keystroke. */
const SAME_INTERRUPT_MS = 300;

/**
 * Listens for SIGINT until disposed of. The first aborts the signal, with what
 * `reason` gives: in a notebook this is the stop button, and the listener is
 * what keeps the kernel alive. Outside a notebook the second ends the process
 * at once.
 */
export function interruptible(
  reason: () => Error,
  outer?: AbortSignal,
): Interrupt {
  const controller = new AbortController();
  const forward = () => controller.abort(outer?.reason);
  if (outer?.aborted) forward();
  outer?.addEventListener("abort", forward);
  let interrupted = NaN;
  const onInterrupt = () => {
    // A terminal's Ctrl-C comes twice under `deno task`, which passes it on.
    if (performance.now() - interrupted < SAME_INTERRUPT_MS) return;
    if (!Number.isNaN(interrupted) && !inNotebook()) Deno.exit(INTERRUPTED);
    interrupted = performance.now();
    controller.abort(reason());
  };
  Deno.addSignalListener("SIGINT", onInterrupt);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      Deno.removeSignalListener("SIGINT", onInterrupt);
      outer?.removeEventListener("abort", forward);
    },
  };
}
