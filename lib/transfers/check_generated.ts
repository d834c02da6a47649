import { ServemarkError } from "../core/errors.ts";
import type { Watch } from "../core/progress.ts";
import { canonicalOfValues } from "../datasets/canonical.ts";
import { type Fingerprint, Fingerprinter } from "../datasets/fingerprint.ts";
import { tableGenerator } from "../datasets/generator.ts";
import type { DatasetSpec, TableSpec } from "../datasets/spec.ts";
import { postgres } from "../datasets/sql/postgres.ts";
import { writeValue } from "../datasets/value_text.ts";
import type { Control } from "../platforms/postgres/control.ts";
import { literal, quote, tableName } from "../platforms/postgres/statements.ts";

const BATCH = 8192;
const SAMPLES = 64;

interface Check extends Watch {
  readonly how: "whole" | "sampled";
  readonly schema: string;
  readonly control: Control;
}

/**
 * Compares a generated table with what Servemark generates: its number of rows,
 * and its fingerprint or some of its rows.
 *
 * @throws {ServemarkError} naming the first difference
 */
export async function checkGenerated(
  spec: DatasetSpec,
  table: TableSpec,
  found: Fingerprint,
  check: Check,
): Promise<void> {
  const differs = (cause: string) =>
    new ServemarkError("What PostgreSQL generated is not the dataset", {
      cause,
      place: `table ${table.name}`,
      remedy:
        "Make sure that nothing else writes to this table, drop it, and " +
        "generate again",
    });
  const rows = Number(found.split(":")[0]);
  if (rows !== table.rows) {
    throw differs(`it has ${rows} rows of ${table.rows}`);
  }
  if (check.how === "whole") {
    const wanted = await fingerprintHere(spec, table, check);
    if (found === wanted) return;
    throw differs(`its fingerprint is ${found}, and the dataset's ${wanted}`);
  }
  const generator = tableGenerator(spec, table.name);
  for (let k = 0; k < Math.min(SAMPLES, table.rows); k++) {
    const most = Math.min(SAMPLES, table.rows) - 1;
    const i = most === 0 ? 0 : Math.floor(k / most * (table.rows - 1));
    const values = generator.row(i);
    const condition = table.key.map((name) => {
      const c = table.columns.findIndex((column) => column.name === name);
      const text = writeValue(table.columns[c].type, values[c]!);
      return `${quote(name)} = ${literal(text)}`;
    }).join(" AND ");
    const texts = await check.control.query<{ row: string }>(
      `SELECT ${postgres.canonicalRow(table.columns)} AS row FROM ${
        tableName(check.schema, table)
      } WHERE ${condition}`,
    );
    const wanted = canonicalOfValues(table.columns, values);
    if (texts.length === 1 && texts[0].row === wanted) continue;
    throw differs(
      texts.length === 1
        ? `row ${i} is ${texts[0].row}, and the dataset's ${wanted}`
        : `row ${i} is there ${texts.length} times`,
    );
  }
}

async function fingerprintHere(
  spec: DatasetSpec,
  table: TableSpec,
  { signal, progress }: Watch,
): Promise<Fingerprint> {
  const generator = tableGenerator(spec, table.name);
  const sum = new Fingerprinter();
  const step = `Compute the fingerprint of ${table.name}`;
  for (let from = 0; from < table.rows; from += BATCH) {
    sum.add(generator.batch(from, Math.min(BATCH, table.rows - from)));
    progress?.({ step, done: from, total: table.rows, unit: "rows" });
    // Lets timers, signals and connections have their turn.
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
  }
  const total = table.rows;
  progress?.({ step, done: total, total, unit: "rows", finished: true });
  return sum.digest();
}
