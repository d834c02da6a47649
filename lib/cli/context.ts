import { messageOf, ServemarkError } from "../core/errors.ts";
import type { ProgressSink } from "../core/progress.ts";
import { silent } from "../core/progress.ts";
import {
  closeProgress,
  defaultProgress,
  noteProgress,
} from "../core/progress_view.ts";

/** Exit codes of every command. */
export const EXIT = { done: 0, failed: 1, usage: 2, invalid: 3 } as const;

/** What a command's action gets. */
export interface Context {
  /** Aborted by Ctrl-C, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal;
  readonly progress: ProgressSink;
}

/**
 * Runs a command's action: sets up progress and signals, prints an error as its
 * message alone (with the stack when `SERVEMARK_DEBUG` is set), and exits.
 * The first Ctrl-C stops cleanly, the second ends at once.
 */
export async function runAction(
  action: (context: Context) => Promise<number>,
  options: { quiet?: boolean } = {},
): Promise<never> {
  const controller = new AbortController();
  let stopped = NaN;
  const stop = () => {
    // A terminal's Ctrl-C comes twice under `deno task`, which passes it on.
    if (performance.now() - stopped < SAME_STOP_MS) return;
    if (!Number.isNaN(stopped)) Deno.exit(130);
    stopped = performance.now();
    noteProgress(
      "Stopping: finishing what is in flight (Ctrl-C again ends at once)",
    );
    controller.abort(
      new ServemarkError("Stopped before the end", {
        remedy:
          "Run the same command again: finished parts of the dataset are kept",
      }),
    );
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const name of signals) Deno.addSignalListener(name, stop);
  const progress = options.quiet ? silent : defaultProgress();
  let code: number;
  try {
    code = await action({ signal: controller.signal, progress });
    await closeProgress();
  } catch (error) {
    await closeProgress();
    code = report(error);
  }
  Deno.exit(code);
}

/** Milliseconds within which a second signal is the same keystroke. */
const SAME_STOP_MS = 300;

/** Prints an error, and gives the exit code it stands for. */
function report(error: unknown): number {
  console.error(`error: ${messageOf(error)}`);
  if (Deno.env.get("SERVEMARK_DEBUG") && error instanceof Error) {
    console.error(error.stack);
  }
  return error instanceof ServemarkError
    ? error.details.exitCode ?? EXIT.failed
    : EXIT.failed;
}
