/**
 * What JupyterLab's driver is told, and what it tells: shared with the test, so
 * it imports nothing.
 *
 * @module
 */

/** What to do with one notebook. */
export interface Step {
  /** `view` only opens it; `run` runs all cells; `stop` also stops them midway. */
  do: "view" | "run" | "stop";
  /** The notebook's path under JupyterLab's root folder. */
  notebook: string;
  theme?: "light" | "dark";
  /** For `stop`: the stop button is pressed once a cell's output matches. */
  when?: string;
  /** Path of a picture to take of the whole notebook. */
  picture?: string;
}

/** What one step found, all from the page itself. */
export interface Seen {
  /** By code cell: its prompt's number, and its outputs as text. */
  cells: { prompt: string; outputs: string[] }[];
  /** Pictures that are drawn, by their size on the page. */
  pictures: { width: number; height: number; decoded: boolean }[];
  /** Tables' cells: text colour against the colour behind, as WCAG contrast. */
  tables: { rows: number; width: number; contrast: number }[];
  /** What the status bar says of it. */
  trust: string;
  kernel: string;
}

/** What is to be done, step by step. */
export interface Order {
  url: string;
  token: string;
  steps: Step[];
  /** Seconds that a whole notebook may take. */
  patience: number;
}
