import { parseCount } from "../../core/sizes.ts";
import type { Dataset } from "../../transfers/dataset.ts";
import { list } from "../program.ts";

/** The options that decide a dataset besides its name. */
export interface BuilderOptions {
  rows?: string;
  tables?: string;
  seed?: string;
  distribution?: "power_law" | "uniform";
  events?: boolean;
}

/** The dataset that a name and options ask for. */
export async function builder(
  name: string,
  options: BuilderOptions,
): Promise<Dataset> {
  const { dataset } = await import("../../transfers/dataset.ts");
  let built = dataset(name);
  if (options.rows) built = built.rows(options.rows);
  if (options.tables) {
    const given = list(options.tables);
    built = given.length === 1 && /^\d+$/.test(given[0])
      ? built.tables(Number(given[0]))
      : built.tables(given);
  }
  if (options.seed) built = built.seed(parseCount(options.seed, "seed"));
  if (options.distribution) built = built.distribution(options.distribution);
  if (options.events) built = built.events(true);
  return built;
}
