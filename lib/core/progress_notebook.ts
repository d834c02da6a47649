import {
  display,
  escapeHtml,
  flushDisplays,
  type MimeBundle,
} from "./display.ts";
import type { ProgressStep } from "./progress_step.ts";
import type { StepView } from "./progress_view.ts";

/** Seconds of a step before it shows. */
const SHOW = 0.25;

/** One display a step, updated in place. */
export class NotebookView implements StepView {
  readonly interval = 200;
  readonly #ids = new WeakMap<ProgressStep, string>();

  draw(steps: readonly ProgressStep[], now: number): void {
    for (const step of steps) {
      if (step.seconds(now) < SHOW) continue;
      const text = `${step.name}: ${step.status(now)}`;
      this.#send(step, text, step.fraction() ?? 0, "#4c78a8");
    }
  }

  end(step: ProgressStep, now: number, how: "finished" | "stopped"): void {
    if (!this.#ids.has(step) && step.seconds(now) < SHOW) return;
    const text = step.summary(now, how);
    if (how === "finished") this.#send(step, text, 1, "#54a24b");
    else this.#send(step, text, step.fraction() ?? 0, "#e0a030");
  }

  note(text: string): void {
    console.error(text);
  }

  flush(): Promise<void> {
    return flushDisplays();
  }

  #send(step: ProgressStep, text: string, fraction: number, color: string) {
    const known = this.#ids.get(step);
    const id = known ?? `servemark-${crypto.randomUUID()}`;
    this.#ids.set(step, id);
    // A display that the kernel could not take is shown by the next one.
    display(progressForms(text, fraction, color), { id, update: !!known })
      .catch(() => {});
  }
}

/**
 * A bar that survives notebooks nobody trusts and any theme: plain elements,
 * inline styles, the text in the page's own colour.
 */
export function progressForms(
  text: string,
  fraction: number,
  color: string,
): MimeBundle {
  const percent = Math.round(fraction * 1000) / 10;
  return {
    "text/plain": text,
    "text/html": `<div style="max-width:40em;padding:2px 0">` +
      `<div>${escapeHtml(text)}</div>` +
      `<div style="height:6px;border-radius:3px;background:#8885">` +
      `<div style="height:6px;border-radius:3px;width:${percent}%;` +
      `background:${color}"></div></div></div>`,
  };
}
