import assert from "node:assert/strict";
import { canonicalRow } from "../../../lib/datasets/canonical.ts";
import {
  type Fingerprint,
  Fingerprinter,
} from "../../../lib/datasets/fingerprint.ts";
import { tableGenerator } from "../../../lib/datasets/generator.ts";
import type { DatasetSpec } from "../../../lib/datasets/spec.ts";
import { dialectNamed } from "../../../lib/datasets/sql/dialects.ts";
import { rowsQuery } from "../../../lib/datasets/sql/table_rows.ts";
import { everyLaw } from "../../fixtures/every_law.ts";

/** Runs one statement in an engine. */
export type Ask = (sql: string) => Promise<unknown[][]>;

/** Near 2^40 the row number has all the bits that it may have. */
const ROWS = 2 ** 40;
const PLACES = [0, 16_600_000_000, ROWS];

/**
 * Compares rows of every law, row by row, with those that the engine computes:
 * from the first on, around row 16.6 billion, and up to the last of 2^40.
 */
export async function agreesOnEveryLaw(
  dialect: string,
  ask: Ask,
  count: number,
  places: readonly number[] = PLACES,
): Promise<void> {
  const spec = everyLaw(ROWS);
  const words = dialectNamed(dialect);
  for (const table of spec.tables) {
    const generator = tableGenerator(spec, table.name);
    for (const place of places) {
      const from = Math.min(place, ROWS - count);
      const rows = rowsQuery(spec, table.name, words, { from, count });
      const found = await ask(
        `SELECT ${
          words.canonicalRow(table.columns)
        } AS row_text FROM (\n${rows}\n) AS made`,
      );
      const batch = generator.batch(from, count);
      const wanted = Array.from(
        { length: count },
        (_, k) => canonicalRow(batch, k),
      );
      assert.deepEqual(
        found.map(([row]) => row).sort(),
        wanted.sort(),
        `${table.name} from ${from}`,
      );
      const sum = new Fingerprinter();
      sum.add(batch);
      const [[fingerprint]] = await ask(
        words.fingerprint(`(\n${rows}\n) AS made`, table.columns),
      );
      assert.equal(fingerprint, sum.digest(), `${table.name} from ${from}`);
    }
  }
}

/** The fingerprints of a dataset's tables, as TypeScript generates them. */
export function fingerprintsOf(spec: DatasetSpec): Record<string, Fingerprint> {
  return Object.fromEntries(spec.tables.map(({ name, rows }) => {
    const sum = new Fingerprinter();
    sum.add(tableGenerator(spec, name).batch(0, rows));
    return [name, sum.digest()];
  }));
}
