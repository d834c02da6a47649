import type { Displayable } from "../core/display.ts";
import { type TableProfile, tableProfile } from "../datasets/profile.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import { columnDistributions } from "./column_distributions.ts";
import { chartDisplay } from "./display.ts";

/** Whatever knows its whole definition: a dataset builder. */
export interface Specified {
  spec(): Promise<DatasetSpec>;
}

let drawn = 0;

/**
 * How a table's columns are spread, beside what their laws say, as a chart for
 * `show`: from a sample of rows that are generated for it, so that the dataset
 * may have any size and need not be materialised.
 *
 * @param rows how many rows to look at, 32,768 unless stated
 *
 * @throws {ServemarkError} for a table that the dataset has not
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { dataset, distributions } from "servemark";
 *
 * const fraud = dataset("fraud_detection").rows("16.6B");
 * const chart = await distributions(fraud, "card_velocity_1h");
 * assert.match(String(chart), /auth_count: power law/);
 * ```
 */
export async function distributions(
  dataset: Specified,
  table: string,
  rows?: number,
): Promise<Displayable> {
  const profile = tableProfile(await dataset.spec(), table, rows);
  const svg = columnDistributions(profile, { id: `distributions-${++drawn}` });
  return await chartDisplay(svg, profileText(profile));
}

/** The profile in words, a line a column. */
function profileText({ table, sampled, columns }: TableProfile): string {
  const head = `${table}, ${sampled.toLocaleString("en-US")} rows sampled:`;
  const percent = (n: number) => `${Number((100 * n).toPrecision(3))} %`;
  const lines = columns.map(({ column, law, nulls, idle }) =>
    `  ${column.name}: ${law}` +
    (idle > 0 ? `, ${percent(idle)} idle` : "") +
    (nulls > 0 ? `, ${percent(nulls)} NULL` : "")
  );
  return [head, ...lines].join("\n");
}
