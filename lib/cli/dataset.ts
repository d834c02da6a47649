import type { Command } from "commander";
import { createCommand } from "./dataset/create.ts";
import { exportCommand } from "./dataset/export.ts";
import { importCommand } from "./dataset/import.ts";
import { listCommand } from "./dataset/list.ts";
import { loadCommand } from "./dataset/load.ts";
import { restoreCommand } from "./dataset/restore.ts";
import { showCommand } from "./dataset/show.ts";
import { noun } from "./program.ts";

/** `servemark dataset …` */
export function datasetNoun(): Command {
  return noun(
    "dataset",
    "Datasets: make them, look at them, move them anywhere, keep their versions",
    [
      createCommand(),
      listCommand(),
      showCommand(),
      loadCommand(),
      exportCommand(),
      importCommand(),
      restoreCommand(),
    ],
  );
}
