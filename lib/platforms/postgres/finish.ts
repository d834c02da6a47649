import type { Watch } from "../../core/progress.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import type { Connection } from "./connection.ts";
import { type Control, openControl } from "./control.ts";
import { addKey, tableName } from "./statements.ts";

const CONNECTIONS = 4;
const STEP = "Build keys in PostgreSQL";

/**
 * Adds primary keys where they are missing, gathers statistics, freezes rows
 * and writes everything out, so that the load meets a settled server.
 */
export async function finishTables(
  connection: Connection,
  schema: string,
  tables: readonly TableSchema[],
  watch: Watch = {},
): Promise<void> {
  const { signal, progress } = watch;
  const total = tables.length;
  const queue = [...tables];
  let done = 0;
  const work = async () => {
    const control = await openControl(connection, signal);
    try {
      for (;;) {
        signal?.throwIfAborted();
        const table = queue.shift();
        if (!table) break;
        await finishTable(control, schema, table);
        done++;
        progress?.({
          step: STEP,
          done,
          total,
          unit: "tables",
          detail: table.name,
        });
      }
    } finally {
      await control.close();
    }
  };
  const workers = Array.from(
    { length: Math.min(CONNECTIONS, tables.length) },
    work,
  );
  const results = await Promise.allSettled(workers);
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  await checkpoint(connection, signal);
  progress?.({ step: STEP, done, total, unit: "tables", finished: true });
}

async function finishTable(
  control: Control,
  schema: string,
  table: TableSchema,
): Promise<void> {
  const name = tableName(schema, table);
  const keys = await control.query(
    "SELECT 1 FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'p'",
    [name],
  );
  if (keys.length === 0 && table.key.length > 0) {
    await control.query(addKey(schema, table));
  }
  await control.query(`VACUUM (FREEZE, ANALYZE) ${name}`);
}

async function checkpoint(
  connection: Connection,
  signal?: AbortSignal,
): Promise<void> {
  const control = await openControl(connection, signal);
  try {
    await control.query("CHECKPOINT");
  } catch (error) {
    // Managed services keep this right to themselves, and checkpoint on their own.
    const refused = error instanceof Error && "code" in error &&
      error.code === "42501";
    if (!refused) throw error;
  } finally {
    await control.close();
  }
}
