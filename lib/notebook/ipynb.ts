/**
 * Notebooks as files, format 4.5, written as Jupyter itself writes them: sorted
 * keys, an indent of one, texts as lists of lines, a newline at the end. So a
 * notebook saved by either differs only where its content does.
 *
 * Source: "The Notebook file format" of the nbformat documentation.
 *
 * @module
 */
import { basename } from "node:path";
import { messageOf, ServemarkError } from "../core/errors.ts";

/** What a cell printed, showed or threw, as the file keeps it. */
export type Output =
  | { output_type: "stream"; name: string; text: string }
  | {
    output_type: "display_data";
    data: Record<string, unknown>;
    metadata: Record<string, unknown>;
  }
  | {
    output_type: "execute_result";
    execution_count: number | null;
    data: Record<string, unknown>;
    metadata: Record<string, unknown>;
  }
  | {
    output_type: "error";
    ename: string;
    evalue: string;
    traceback: string[];
  };

/** A cell's metadata; tags are what papermill and nbclient act upon. */
export interface CellMetadata {
  tags?: string[];
  [key: string]: unknown;
}

/** One cell, its texts joined. */
export interface Cell {
  cell_type: "code" | "markdown" | "raw";
  id: string;
  metadata: CellMetadata;
  source: string;
  /** Code cells only. */
  outputs?: Output[];
  execution_count?: number | null;
}

/** A notebook. */
export interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
  nbformat: 4;
  nbformat_minor: 5;
}

/** What every notebook of ours says about its kernel. */
export const KERNELSPEC = Object.freeze({
  display_name: "Deno",
  language: "typescript",
  name: "deno",
});

/**
 * Reads a notebook's file.
 *
 * @throws {ServemarkError} when it is missing, no JSON, or not format 4
 */
export async function readNotebook(path: string): Promise<Notebook> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw new ServemarkError(`Cannot read the notebook ${path}`, {
      cause: messageOf(error),
      remedy: "Give the path of an .ipynb file",
      error,
      exitCode: 2,
    });
  }
  return parseNotebook(text, path);
}

/** Reads a notebook from the text of its file; formats 4.0 to 4.4 get cell ids. */
export function parseNotebook(text: string, path: string): Notebook {
  const fail = (cause: string, error?: unknown) =>
    new ServemarkError(`Cannot read the notebook ${basename(path)}`, {
      cause,
      place: path,
      remedy: "Open it in JupyterLab and save it again",
      error,
      exitCode: 2,
    });
  // deno-lint-ignore no-explicit-any -- a file may hold anything; checked below
  let raw: any;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw fail(`it is not JSON: ${messageOf(error)}`, error);
  }
  if (raw?.nbformat !== 4 || !Array.isArray(raw.cells)) {
    throw fail(
      `its format is ${raw?.nbformat ?? "none"}, and 4 is what can be read`,
    );
  }
  const cells: Cell[] = raw.cells.map(
    (cell: Record<string, unknown>, n: number) => {
      const code = cell.cell_type === "code";
      return {
        ...cell,
        id: typeof cell.id === "string" ? cell.id : `cell-${n + 1}`,
        metadata: cell.metadata ?? {},
        source: joined(cell.source),
        ...(code
          ? {
            outputs: ((cell.outputs ?? []) as Record<string, unknown>[])
              .map(readOutput),
            execution_count: cell.execution_count ?? null,
          }
          : {}),
      } as Cell;
    },
  );
  return {
    cells,
    metadata: raw.metadata ?? {},
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** The text of a notebook's file. */
export function formatNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: lines(cell.source),
    ...(cell.outputs ? { outputs: cell.outputs.map(writeOutput) } : {}),
  }));
  return JSON.stringify(sorted({ ...notebook, cells }), null, 1) + "\n";
}

/** Writes a notebook's file, whole or not at all. */
export async function writeNotebook(
  path: string,
  notebook: Notebook,
): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await Deno.writeTextFile(temporary, formatNotebook(notebook));
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => undefined);
    throw new ServemarkError(`Cannot write the notebook ${path}`, {
      cause: messageOf(error),
      remedy: "Check that the folder is there, may be written, and has space",
      error,
    });
  }
}

function readOutput(output: Record<string, unknown>): Output {
  if (output.output_type === "stream") {
    return { ...output, text: joined(output.text) } as Output;
  }
  if (!output.data) return output as Output;
  const data = Object.entries(output.data as Record<string, unknown>)
    .map(([mime, form]) => [mime, isText(mime) ? joined(form) : form]);
  return { ...output, data: Object.fromEntries(data) } as Output;
}

function writeOutput(output: Output): unknown {
  if (output.output_type === "stream") {
    return { ...output, text: lines(output.text) };
  }
  if (output.output_type === "error") return output;
  const data = Object.entries(output.data).map(([mime, form]) => [
    mime,
    isText(mime) && typeof form === "string" ? lines(form) : form,
  ]);
  return { ...output, data: Object.fromEntries(data) };
}

/** Forms that the file keeps as lists of lines. */
function isText(mime: string): boolean {
  return mime.startsWith("text/") || mime === "image/svg+xml" ||
    mime === "application/javascript";
}

function joined(text: unknown): string {
  return Array.isArray(text) ? text.join("") : String(text ?? "");
}

/** Lines with their ends, as Python's `splitlines(True)` for `\n`. */
function lines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.keys(value).sort()
      .map((key) => [key, sorted((value as Record<string, unknown>)[key])]),
  );
}
