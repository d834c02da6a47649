import type { Command } from "commander";
import { createCommand } from "./dataset/create.ts";
import { listCommand } from "./dataset/list.ts";
import { loadCommand } from "./dataset/load.ts";
import { showCommand } from "./dataset/show.ts";
import { noun } from "./program.ts";

/** `servemark dataset …` */
export function datasetNoun(): Command {
  return noun("dataset", "Datasets: make them, list them, look at them", [
    createCommand(),
    listCommand(),
    showCommand(),
    loadCommand(),
  ]);
}
