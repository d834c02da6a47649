import process from "node:process";
import type { ProgressStep } from "./progress_step.ts";
import type { StepView } from "./progress_view.ts";

/** Seconds of a step before it shows, and that it must last to stay. */
const SHOW = 0.15;
const STAY = 1;
/** Characters of a bar, by the terminal's width. */
const BAR = { wide: 24, narrow: 14, from: 110 };

type LogUpdate = ReturnType<typeof import("log-update").createLogUpdate>;

/** One line a step, redrawn in place on stderr; the finished ones scroll up. */
export class TerminalView implements StepView {
  readonly interval = 100;
  #log: LogUpdate | undefined;
  readonly #loaded: Promise<void>;
  readonly #ended: string[] = [];
  #shown = false;

  constructor() {
    // Drawing starts a few ms later, when the library is there.
    this.#loaded = import("log-update").then(({ createLogUpdate }) => {
      // The cursor stays visible: hiding it would need exit handlers, and those
      // would take Ctrl-C away from the command that is running.
      this.#log = createLogUpdate(process.stderr, { showCursor: true });
    });
  }

  draw(steps: readonly ProgressStep[], now: number): void {
    if (!this.#log) return;
    for (const line of this.#ended.splice(0)) this.#log.persist(line);
    const visible = steps.filter((step) => step.seconds(now) >= SHOW);
    if (visible.length > 0) {
      const { columns = 80 } = process.stderr;
      const width = Math.max(...visible.map((step) => step.name.length));
      this.#log(visible.map((s) => line(s, now, width, columns)).join("\n"));
      this.#shown = true;
    } else if (this.#shown) {
      this.#log.clear();
      this.#shown = false;
    }
  }

  note(text: string): void {
    this.#ended.push(text);
  }

  async flush(): Promise<void> {
    await this.#loaded;
    this.draw([], performance.now());
  }

  end(step: ProgressStep, now: number, how: "finished" | "stopped"): void {
    if (step.seconds(now) < STAY && how === "finished") return;
    const mark = how === "finished" ? "\x1b[32m✓\x1b[0m" : "\x1b[33m■\x1b[0m";
    this.#ended.push(`${mark} ${step.summary(now, how)}`);
  }
}

function line(
  step: ProgressStep,
  now: number,
  width: number,
  columns: number,
): string {
  const fraction = step.fraction();
  const name = step.name.padEnd(width);
  const size = columns >= BAR.from ? BAR.wide : BAR.narrow;
  const text = ` ${name} ${bar(fraction, size, now)} ${step.status(now)}`;
  // A line that wrapped could not be redrawn in place.
  return text.length < columns ? text : `${text.slice(0, columns - 2)}…`;
}

function bar(fraction: number | undefined, size: number, now: number): string {
  if (fraction === undefined) {
    const at = Math.floor(now / 100) % size;
    return `[${" ".repeat(at)}━${" ".repeat(size - 1 - at)}]     `;
  }
  const full = Math.round(fraction * size);
  const percent = `${Math.floor(fraction * 100)}%`.padStart(4);
  return `[${"━".repeat(full)}${" ".repeat(size - full)}] ${percent}`;
}
