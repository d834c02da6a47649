import type { Table } from "./table.ts";

/** A part of the methodology: prose, facts by name, tables. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** A list with bullets. */
  readonly items?: readonly string[];
  readonly tables: readonly Table[];
}
