/**
 * What charts are drawn from: plain figures, decided elsewhere.
 *
 * @module
 */
import type { Scheme } from "./theme.ts";

/** One side of a comparison, as charts name it. */
export interface ChartSystem {
  readonly id: string;
  /** For people: `PostgreSQL, batched`. */
  readonly title: string;
  /** Said inside the chart beside the name: `emulator: says nothing about the service`. */
  readonly note: string;
}

/** What every chart takes. */
export interface ChartOptions {
  /** Prefix of every id and class in the SVG: unique in the page. Letters, digits and hyphens. */
  readonly id: string;
  /** Width in px; under 560 it is laid out for a phone. @default 720 */
  readonly width?: number;
  /** @default "light" */
  readonly scheme?: Scheme;
}

/** The systems with what stands behind them, for a text alternative. */
export function namesOf(systems: readonly ChartSystem[]): string {
  return systems.map((s) => s.note ? `${s.title} (${s.note})` : s.title)
    .join("; ");
}

/** A tick's label: no trailing zeros. */
export function formatTick(value: number): string {
  return Number(value.toPrecision(6)).toLocaleString("en-US", {
    maximumFractionDigits: 9,
  });
}
