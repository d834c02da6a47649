import { ServemarkError } from "../../core/errors.ts";
import type { Watch } from "../../core/progress.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import type { TableEvolution } from "../evolve.ts";
import type { Platform } from "../platform.ts";
import { type Connection, fromDriver, placeOf } from "./connection.ts";
import { type Control, openControl } from "./control.ts";
import { copyInto } from "./copy.ts";
import { explain } from "./errors.ts";
import { createTable, quote, sqlType, tableName } from "./statements.ts";

/**
 * Changes a table's columns by ALTER TABLE. New values are copied into a table
 * of their own first, without a lock; then everything happens in one
 * transaction, so that readers see the old table or the new one.
 */
export async function evolveTable(
  platform: Platform,
  evolution: TableEvolution,
  watch: Watch = {},
): Promise<number> {
  const connection = fromDriver(platform.driver().connection);
  const { schema } = connection;
  const { after, fill } = evolution;
  const { signal } = watch;
  const staged = fill && { ...fill.table, name: stagingName(after) };
  const control = await openControl(connection, signal);
  try {
    if (fill && staged) {
      await control.query(createTable(schema, staged));
      const batches = renamed(fill.batches(), staged);
      await copyInto(connection, schema, staged, batches, { signal });
      await control.query(`ANALYZE ${tableName(schema, staged)}`);
    }
    return await alter(control, schema, evolution, staged);
  } catch (error) {
    if (staged) await dropStaging(connection, schema, staged);
    if (signal?.aborted) throw error;
    throw explain(
      `Cannot change table ${after.name}`,
      error,
      `PostgreSQL at ${placeOf(connection)}`,
    );
  } finally {
    await control.close();
  }
}

/** A name that no table of a dataset begins with, within PostgreSQL's 63 bytes. */
function stagingName({ name }: TableSchema): string {
  return `_fill_${name}`.slice(0, 60);
}

async function* renamed(
  batches: ReturnType<NonNullable<TableEvolution["fill"]>["batches"]>,
  table: TableSchema,
) {
  for await (const batch of batches) yield { ...batch, table };
}

/** Removes what a failed change left behind; the table itself was rolled back. */
async function dropStaging(
  connection: Connection,
  schema: string,
  staged: TableSchema,
): Promise<void> {
  const control = await openControl(connection);
  try {
    await control.query(`DROP TABLE IF EXISTS ${tableName(schema, staged)}`);
  } finally {
    await control.close();
  }
}

async function alter(
  control: Control,
  schema: string,
  evolution: TableEvolution,
  staged: TableSchema | undefined,
): Promise<number> {
  const { before, after, kept } = evolution;
  const name = tableName(schema, after);
  await control.query("BEGIN");
  try {
    for (const action of columnActions(evolution)) {
      await control.query(`ALTER TABLE ${name} ${action}`);
    }
    let filled = 0;
    if (staged) {
      filled = await fillColumns(control, schema, after, staged);
      if (filled !== after.rows) {
        throw new ServemarkError(`Cannot change table ${after.name}`, {
          cause: `${filled} of ${after.rows} rows have the keys of the dataset`,
          remedy: "Import the dataset anew",
        });
      }
      await control.query(`DROP TABLE ${tableName(schema, staged)}`);
    }
    for (const column of after.columns) {
      const old = before.columns.find((c) => c.name === kept[column.name]);
      const isFilled = staged?.columns.some((c) => c.name === column.name);
      const allows = old === undefined || old.nullable || isFilled &&
          !after.key.includes(column.name);
      if (column.nullable === allows) continue;
      const action = column.nullable ? "DROP NOT NULL" : "SET NOT NULL";
      await control.query(
        `ALTER TABLE ${name} ALTER COLUMN ${quote(column.name)} ${action}`,
      );
    }
    await control.query("COMMIT");
    return filled;
  } catch (error) {
    await control.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** Drops, renames, retypes and adds, in an order in which no two names meet. */
function columnActions(
  { before, after, kept }: TableEvolution,
): string[] {
  const stays = new Map(Object.entries(kept).map(([now, old]) => [old, now]));
  const drops = before.columns.filter(({ name }) => !stays.has(name))
    .map(({ name }) => `DROP COLUMN ${quote(name)}`);
  const renames = [...stays].filter(([old, now]) => old !== now);
  const taken = new Set(before.columns.map(({ name }) => name));
  // Two columns may swap their names.
  const aside = renames.filter(([, now]) => taken.has(now));
  const temporary = (name: string) => quote(`_was_${name}`.slice(0, 60));
  const rename = (from: string, to: string) => `RENAME COLUMN ${from} TO ${to}`;
  const retypes = after.columns.flatMap((column) => {
    const old = before.columns.find(({ name }) => name === kept[column.name]);
    if (!old || sqlType(old) === sqlType(column)) return [];
    return [`ALTER COLUMN ${quote(column.name)} TYPE ${sqlType(column)}`];
  });
  const adds = after.columns.filter(({ name }) => kept[name] === undefined)
    .map((column) => `ADD COLUMN ${quote(column.name)} ${sqlType(column)}`);
  return [
    ...drops,
    ...(aside.length > 0
      ? renames.map(([old]) => rename(quote(old), temporary(old)))
      : []),
    ...renames.map(([old, now]) =>
      rename(aside.length > 0 ? temporary(old) : quote(old), quote(now))
    ),
    ...retypes,
    ...adds,
  ];
}

async function fillColumns(
  control: Control,
  schema: string,
  after: TableSchema,
  staged: TableSchema,
): Promise<number> {
  const values = staged.columns.filter(({ name }) => !after.key.includes(name))
    .map(({ name }) => `${quote(name)} = f.${quote(name)}`);
  const keys = after.key.map((name) => `t.${quote(name)} = f.${quote(name)}`);
  // A column that is to be NOT NULL may have held NULLs until now, and the
  // other way round: the constraint comes after the values.
  for (const { name } of staged.columns) {
    if (after.key.includes(name)) continue;
    await control.query(
      `ALTER TABLE ${tableName(schema, after)} ALTER COLUMN ${
        quote(name)
      } DROP NOT NULL`,
    );
  }
  const [row] = await control.query<{ rows: string }>(
    `WITH filled AS (UPDATE ${tableName(schema, after)} AS t SET ${
      values.join(", ")
    } FROM ${tableName(schema, staged)} AS f WHERE ${
      keys.join(" AND ")
    } RETURNING 1) SELECT count(*)::text AS rows FROM filled`,
  );
  return Number(row.rows);
}
