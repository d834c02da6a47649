import { formatDuration } from "./durations.ts";
import type { ProgressEvent } from "./progress.ts";
import { formatBytes } from "./sizes.ts";

/** Milliseconds over which the rate is taken. */
const WINDOW = 8_000;
const SPACING = 250;

/** Fewer things than this differ too much for a rate to tell anything. */
const COUNTABLE = 50;

/** One step as its events tell it: what is done, how fast, how long yet. */
export class ProgressStep {
  readonly name: string;
  readonly started: number;
  event: ProgressEvent;
  #ended: number | undefined;
  /** Instants and counts of the last seconds, the oldest first. */
  #recent: { at: number; done: number }[];

  constructor(event: ProgressEvent, now: number) {
    this.name = event.step;
    this.started = now;
    this.event = event;
    this.#recent = [{ at: now, done: event.done }];
  }

  /** Takes the step's next event. Those without a total keep the known one. */
  take(event: ProgressEvent, now: number): void {
    this.event = {
      ...event,
      total: event.total ?? this.event.total,
      unit: event.unit ?? this.event.unit,
    };
    if (event.finished) this.#ended = now;
    const last = this.#recent[this.#recent.length - 1];
    if (now - last.at < SPACING) return;
    this.#recent.push({ at: now, done: event.done });
    while (this.#recent.length > 2 && now - this.#recent[1].at > WINDOW) {
      this.#recent.shift();
    }
  }

  /** Seconds since its start, or that it took. */
  seconds(now: number): number {
    return ((this.#ended ?? now) - this.started) / 1e3;
  }

  /** 0 to 1; `undefined` where no total is known, or the whole is one thing. */
  fraction(): number | undefined {
    const { done, total } = this.event;
    if (!total || total === 1 && done < 1) return undefined;
    return Math.min(1, Math.max(0, done / total));
  }

  /** Done per second, lately; 0 before there is anything to tell. */
  rate(now: number): number {
    const first = this.#recent[0];
    const seconds = (now - first.at) / 1e3;
    return seconds < 0.2 ? 0 : (this.event.done - first.done) / seconds;
  }

  /** `120,000 of 300,000 rows · 67,000/s · 2.7 s left · card_profile` */
  status(now: number): string {
    const { done, total, unit, detail } = this.event;
    const parts = [
      total
        ? `${amount(done, unit, false)} of ${amount(total, unit)}`
        : amount(done, unit),
    ];
    if (total === 1 && !unit || !total && done === 0) parts.pop();
    const rate = this.rate(now);
    if (rate > 0 && (total ?? Infinity) >= COUNTABLE) {
      const text = amount(rate >= 10 ? Math.round(rate) : rate, unit, false);
      parts.push(`${text}/s`);
      if (total && done < total) {
        const left = Math.ceil((total - done) / rate);
        parts.push(`${formatDuration(left)} left`);
      }
    } else if (this.seconds(now) >= 1) {
      parts.push(formatDuration(round(this.seconds(now))));
    }
    if (detail) parts.push(detail);
    return parts.join(" · ");
  }

  /** `Load PostgreSQL — 300,000 rows in 4.1 s` */
  summary(now: number, how: "finished" | "stopped"): string {
    const { done, total, unit } = this.event;
    const time = formatDuration(round(this.seconds(now)));
    if (how === "stopped") {
      const far = total
        ? `${amount(done, unit, false)} of ${amount(total, unit)}`
        : amount(done, unit);
      return `${this.name} — stopped at ${far} after ${time}`;
    }
    return done > 1 || unit
      ? `${this.name} — ${amount(done, unit)} in ${time}`
      : `${this.name} — ${time}`;
  }
}

function round(seconds: number): number {
  return seconds < 10
    ? Math.max(0.1, Math.round(seconds * 10) / 10)
    : Math.round(seconds);
}

function amount(n: number, unit: string | undefined, named = true): string {
  if (unit === "bytes") return formatBytes(Math.round(n));
  const figure = n.toLocaleString("en-US", {
    maximumFractionDigits: n >= 10 ? 0 : 1,
  });
  return named && unit ? `${figure} ${unit}` : figure;
}
