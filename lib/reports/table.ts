/**
 * Tables as data: HTML, PDF, JSON and the terminal print the same cells.
 *
 * @module
 */

/** One figure or text. */
export interface Cell {
  readonly text: string;
  /** True where the figure may not be believed; `notes` say why. */
  readonly invalid?: boolean;
  /** Numbers of the table's notes, from 1. */
  readonly notes?: readonly number[];
}

export interface Column {
  readonly title: string;
  /** `ms`, `1/s`, `USD`; absent for texts and counts. */
  readonly unit?: string;
  readonly align: "left" | "right";
}

export interface Row {
  /** What the row is about. */
  readonly head: string;
  /** `embedded`, `emulator` … beside the head. */
  readonly tag?: string;
  /** Index of the system, for its colour; absent where the row is about none. */
  readonly series?: number;
  readonly cells: readonly Cell[];
}

/** Rows under a common heading, such as a number of clients. */
export interface RowGroup {
  readonly title?: string;
  readonly rows: readonly Row[];
}

export interface Table {
  /** Unique in the report: a letter, then letters, digits and hyphens. */
  readonly id: string;
  readonly caption: string;
  /** Title of the column of heads. */
  readonly head: string;
  readonly columns: readonly Column[];
  readonly groups: readonly RowGroup[];
  /** Numbered from 1. */
  readonly notes: readonly string[];
  /** Sentences under the table, not numbered. */
  readonly remarks: readonly string[];
}

/** Collects a table's notes; the same text gets the same number. */
export class Notes {
  readonly texts: string[] = [];

  /** The numbers of these notes. */
  of(texts: readonly string[]): number[] {
    return texts.map((text) => {
      const at = this.texts.indexOf(text);
      return at >= 0 ? at + 1 : this.texts.push(text);
    });
  }
}

/** A cell with the reasons against its figure. */
export function figure(
  text: string,
  against: readonly string[],
  notes: Notes,
): Cell {
  return against.length === 0
    ? { text }
    : { text, invalid: true, notes: notes.of(against) };
}

/** A column of texts or of figures. */
export const left = (title: string): Column => ({ title, align: "left" });
export const right = (title: string, unit?: string): Column => ({
  title,
  align: "right",
  ...(unit ? { unit } : {}),
});
