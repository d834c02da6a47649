import type { Command } from "commander";
import { createCommand } from "./dataset/create.ts";
import { diffCommand } from "./dataset/diff.ts";
import { exportCommand } from "./dataset/export.ts";
import { gcCommand } from "./dataset/gc.ts";
import { importCommand } from "./dataset/import.ts";
import { listCommand } from "./dataset/list.ts";
import { loadCommand } from "./dataset/load.ts";
import { logCommand } from "./dataset/log.ts";
import { modifyCommand } from "./dataset/modify.ts";
import { publishCommand } from "./dataset/publish.ts";
import { replicateCommand } from "./dataset/replicate.ts";
import { restoreCommand } from "./dataset/restore.ts";
import { scaleCommand } from "./dataset/scale.ts";
import { showCommand } from "./dataset/show.ts";
import { validateCommand } from "./dataset/validate.ts";
import { versionCommand } from "./dataset/version.ts";
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
      validateCommand(),
      versionCommand(),
      logCommand(),
      diffCommand(),
      modifyCommand(),
      scaleCommand(),
      publishCommand(),
      replicateCommand(),
      gcCommand(),
    ],
  );
}
