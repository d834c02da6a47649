import { inNotebook } from "./display.ts";
import type { ProgressEvent, ProgressSink } from "./progress.ts";
import { LinesView } from "./progress_lines.ts";
import { NotebookView } from "./progress_notebook.ts";
import { ProgressStep } from "./progress_step.ts";
import { TerminalView } from "./progress_terminal.ts";

/** Draws steps somewhere. */
export interface StepView {
  /** Called at each event that is due, and a few times a second. */
  draw(steps: readonly ProgressStep[], now: number): void;
  /** A step's last state, which stays. */
  end(step: ProgressStep, now: number, how: "finished" | "stopped"): void;
  /** A line that stays, above what is being drawn. */
  note(text: string): void;
  /** Writes what still waits. */
  flush(): Promise<void>;
  /** Milliseconds between two drawings. */
  readonly interval: number;
}

/** Collects events, and has them drawn at the view's own pace. */
class Progress {
  readonly #view: StepView;
  readonly #steps = new Map<string, ProgressStep>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #drawn = 0;

  constructor(view: StepView) {
    this.#view = view;
  }

  take(event: ProgressEvent): void {
    const now = performance.now();
    let step = this.#steps.get(event.step);
    if (!step) {
      step = new ProgressStep(event, now);
      this.#steps.set(event.step, step);
    }
    step.take(event, now);
    if (event.finished) this.#end(step, now, "finished");
    else if (now - this.#drawn >= this.#view.interval) this.#draw(now);
    if (this.#steps.size > 0 && this.#timer === undefined) {
      this.#timer = setInterval(
        () => this.#draw(performance.now()),
        this.#view.interval,
      );
      this.#timer.unref();
    }
  }

  note(text: string): void {
    this.#view.note(text);
    this.#draw(performance.now());
  }

  async close(): Promise<void> {
    for (const step of [...this.#steps.values()]) {
      this.#end(step, performance.now(), "stopped");
    }
    await this.#view.flush();
  }

  #draw(now: number): void {
    this.#drawn = now;
    this.#view.draw([...this.#steps.values()], now);
  }

  #end(step: ProgressStep, now: number, how: "finished" | "stopped"): void {
    this.#steps.delete(step.name);
    if (this.#steps.size === 0 && this.#timer !== undefined) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    this.#view.end(step, now, how);
    this.#draw(now);
  }
}

let shared: Progress | undefined;

/** The view for where this process runs: notebook, terminal, or pipe. */
function viewHere(): StepView {
  if (inNotebook()) return new NotebookView();
  const plain = !Deno.stderr.isTerminal() || Deno.env.get("TERM") === "dumb";
  return plain ? new LinesView() : new TerminalView();
}

/**
 * Shows progress where people look: one bar a step in place on a terminal (on
 * stderr), plain lines in a pipe, one display a step in a notebook. A step shows
 * once it has lasted a moment; its last state stays. End what uses it with
 * `await closeProgress()`, also when it fails.
 */
export function defaultProgress(): ProgressSink {
  return (event) => (shared ??= new Progress(viewHere())).take(event);
}

/** Says something while steps are shown, without spoiling them. */
export function noteProgress(text: string): void {
  if (shared) shared.note(text);
  else console.error(text);
}

/**
 * Ends the steps still open, as stopped, leaves the terminal clean, and in a
 * notebook waits until the last update has arrived. Safe to call at any time.
 */
export async function closeProgress(): Promise<void> {
  await shared?.close();
}
