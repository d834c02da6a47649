import { join } from "node:path";
import { writeNotebook } from "../../lib/notebook/ipynb.ts";
import type { Cell, Notebook } from "../../lib/notebook/ipynb.ts";

/** A code cell. */
export function code(source: string, ...tags: string[]): Cell {
  return {
    cell_type: "code",
    id: crypto.randomUUID().slice(0, 8),
    metadata: tags.length > 0 ? { tags } : {},
    source,
    outputs: [],
    execution_count: null,
  };
}

/** A notebook of these cells; texts are code cells. */
export function notebookOf(...cells: (Cell | string)[]): Notebook {
  return {
    cells: cells.map((cell) => typeof cell === "string" ? code(cell) : cell),
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** Runs a test with a notebook's file in a folder of its own, and removes it. */
export async function withNotebook(
  notebook: Notebook,
  test: (path: string, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "servemark-notebook-" });
  try {
    const path = join(folder, "notebook.ipynb");
    await writeNotebook(path, notebook);
    await test(path, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The root folder of the project, for kernels whose cells import it. */
export const ROOT = new URL("../../", import.meta.url).pathname;
