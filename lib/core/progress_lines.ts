import type { ProgressStep } from "./progress_step.ts";
import type { StepView } from "./progress_view.ts";

/** Seconds of a step before its first line, and between two lines. */
const FIRST = 1;
const NEXT = 5;

/** Plain lines, for pipes and logs: steps over a second, every few seconds. */
export class LinesView implements StepView {
  readonly interval = 200;
  readonly #print: (line: string) => void;
  /** Seconds into the step at which its next line is due. */
  readonly #due = new WeakMap<ProgressStep, number>();

  constructor(print: (line: string) => void = (line) => console.error(line)) {
    this.#print = print;
  }

  draw(steps: readonly ProgressStep[], now: number): void {
    for (const step of steps) {
      if (step.seconds(now) < (this.#due.get(step) ?? FIRST)) continue;
      this.#due.set(step, step.seconds(now) + NEXT);
      const fraction = step.fraction();
      const percent = fraction === undefined
        ? ""
        : ` (${Math.floor(fraction * 100)} %)`;
      this.#print(`${step.name}${percent}: ${step.status(now)}`);
    }
  }

  end(step: ProgressStep, now: number, how: "finished" | "stopped"): void {
    if (step.seconds(now) >= FIRST || how === "stopped") {
      this.#print(step.summary(now, how));
    }
  }

  note(text: string): void {
    this.#print(text);
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }
}
