import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ServemarkError } from "../core/errors.ts";
import type { Watch } from "../core/progress.ts";
import { executeCells } from "./execute.ts";
import { parseNotebook, writeNotebook } from "./ipynb.ts";
import { INJECTED, injectParameters, tagged } from "./parameters.ts";

/** The notebook's name in a run's folder. */
export const DEEP_DIVE_FILE = "deep_dive.ipynb";

const TEMPLATE = new URL("./deep_dive.ipynb", import.meta.url);

/**
 * Writes `deep_dive.ipynb` into a run's folder, executed by the Deno kernel on
 * that very run. No path of this machine stays in it: it reads the run from its
 * own folder, `"."`.
 *
 * @param folder the folder of a run: `report.json` and `samples.arrow`
 * @returns the notebook's path
 * @throws {ServemarkError} when the folder holds no run, or a cell fails
 */
export async function writeDeepDive(
  folder: string,
  watch: Watch = {},
): Promise<string> {
  const run = resolve(folder);
  await requireRun(run);
  const notebook = parseNotebook(
    await (await fetch(TEMPLATE)).text(),
    DEEP_DIVE_FILE,
  );
  // Cells import "servemark", which the deno.json above the kernel's folder
  // names. A run kept elsewhere is read from here, by its path.
  const root = projectRoot();
  const inside = root === undefined || isInside(root, run);
  const ready = inside
    ? notebook
    : injectParameters(notebook, { folder: run }, DEEP_DIVE_FILE);
  const path = join(run, DEEP_DIVE_FILE);
  await executeCells(ready, {
    ...watch,
    cwd: inside ? run : root,
    name: DEEP_DIVE_FILE,
  });
  const cells = ready.cells.filter((cell) => !tagged(cell, INJECTED));
  await writeNotebook(path, { ...ready, cells });
  return path;
}

async function requireRun(folder: string): Promise<void> {
  for (const name of ["report.json", "samples.arrow"]) {
    try {
      await Deno.stat(join(folder, name));
    } catch (error) {
      throw new ServemarkError("Cannot take the run apart", {
        cause: `${name} is missing`,
        place: folder,
        remedy: "Give the folder that a run was written to",
        error,
        exitCode: 2,
      });
    }
  }
}

/** The folder of the `deno.json` that names this library; none when it came over the network. */
function projectRoot(): string | undefined {
  const here = new URL(import.meta.url);
  if (here.protocol !== "file:") return undefined;
  return resolve(dirname(fileURLToPath(here)), "..", "..");
}

function isInside(root: string, folder: string): boolean {
  const path = relative(root, folder);
  return path !== ".." && !path.startsWith("../") && path !== folder;
}
