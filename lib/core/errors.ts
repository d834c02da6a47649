/** Where an error lies, and what to do about it. */
export interface ErrorDetails {
  /** Why it failed, as a phrase: `the port is in use`. */
  cause?: string;
  /** Where: `fraud.yaml:12:7`, `table card_profile, row 17`, `byte offset 4096`. */
  place?: string;
  /** What to do next, as an instruction: `Choose another port with --port`. */
  remedy?: string;
  /** The error underneath, kept for debugging. */
  error?: unknown;
  /** Exit code of the command line: 1 failed (the default), 2 wrong usage. */
  exitCode?: 1 | 2;
}

/**
 * The one error class that users meet: what could not be done, why, where, and
 * the remedy, all in the message, since notebook kernels print nothing else.
 *
 * @example A refused login
 * ```ts
 * import assert from "node:assert/strict";
 * import { ServemarkError } from "servemark";
 *
 * const error = new ServemarkError("Cannot log in to PostgreSQL", {
 *   cause: "the server refused the password of user \"bench\"",
 *   remedy: "Set PGPASSWORD, or correct the connection string",
 * });
 * assert.match(error.message, /What to do: Set PGPASSWORD/);
 * ```
 */
export class ServemarkError extends Error {
  override readonly name = "ServemarkError";
  readonly details: Readonly<ErrorDetails>;

  constructor(what: string, details: ErrorDetails = {}) {
    super(render(what, details), { cause: details.error });
    this.details = Object.freeze({ ...details });
  }
}

function render(what: string, details: ErrorDetails): string {
  let text = details.cause ? `${what}: ${details.cause}` : what;
  if (details.place) text += `\n  Where: ${details.place}`;
  if (details.remedy) text += `\n  What to do: ${details.remedy}`;
  return text;
}

/** One thing wrong with a spec, a file or a command line. */
export interface Problem {
  /** What is wrong, with the wanted state. */
  message: string;
  /** Where: `retail.yaml:12:7`, `.clients(0)`. */
  place?: string;
  /** What to do next. */
  remedy?: string;
}

/** Throws one error that lists all the problems; does nothing when there are none. */
export function throwProblems(
  what: string,
  problems: readonly Problem[],
): void {
  if (problems.length === 0) return;
  const lines = problems.map((p) =>
    `  ${p.place ? `${p.place}: ` : ""}${p.message}` +
    (p.remedy ? `\n    What to do: ${p.remedy}` : "")
  );
  const count = problems.length === 1
    ? "1 problem"
    : `${problems.length} problems`;
  throw new ServemarkError(`${what}: ${count}\n${lines.join("\n")}`, {
    exitCode: 2,
  });
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message || error.name;
  return String(error);
}
