import { messageOf, ServemarkError } from "../core/errors.ts";
import { silent, type Watch } from "../core/progress.ts";
import type { Fingerprint } from "../datasets/fingerprint.ts";
import type { DatasetSpec, TableSpec } from "../datasets/spec.ts";
import {
  chosenTables,
  type SqlStatement,
  tableStatements,
} from "../datasets/sql/dataset_sql.ts";
import { postgres } from "../datasets/sql/postgres.ts";
import { tableDigest } from "../datasets/table_digest.ts";
import {
  type Connection,
  placeOf,
  readConnection,
} from "../platforms/postgres/connection.ts";
import { type Control, openControl } from "../platforms/postgres/control.ts";
import { explain } from "../platforms/postgres/errors.ts";
import { finishTables } from "../platforms/postgres/finish.ts";
import {
  fingerprintQuery,
  literal,
  tableName,
} from "../platforms/postgres/statements.ts";
import { checkGenerated } from "./check_generated.ts";
import type { LoadRecord } from "./load_record.ts";
import { inParallel } from "./parallel.ts";

/** How to generate inside an engine. */
export interface GenerateOptions extends Watch {
  /** Connections that generate at a time. @default 4 */
  parallel?: number;
  /** The schema of the tables. @default "servemark" */
  schema?: string;
  /** Some of the spec's tables. @default all */
  tables?: readonly string[];
  /**
   * `whole` compares each table's fingerprint with the one that Servemark
   * computes itself; `sampled` compares 64 rows of each table.
   *
   * @default "whole" up to 5 million rows, else "sampled"
   */
  verify?: "whole" | "sampled";
}

/** What was generated inside an engine. */
export interface GeneratedRecord extends LoadRecord {
  /** Tables that were generated now. */
  readonly made: readonly string[];
  /** Tables that stood there already, whole and with their fingerprint. */
  readonly kept: readonly string[];
  /** How the tables were compared with what Servemark generates. */
  readonly verified: "whole" | "sampled";
}

/** Rows of one statement: some seconds' work, after which progress moves. */
const ROWS_PER_STATEMENT = 200_000;
/** Rows whose fingerprints Servemark computes itself in about half a minute. */
const WHOLE_ROWS = 5_000_000;
const WHAT = "Cannot generate in PostgreSQL";

interface Job {
  readonly spec: DatasetSpec;
  readonly connection: Connection;
  readonly schema: string;
  readonly parallel: number;
  readonly signal: AbortSignal | undefined;
  readonly progress: NonNullable<Watch["progress"]>;
}

/**
 * Generates a dataset inside a PostgreSQL, by SQL over several connections, adds
 * the keys, and proves by fingerprints that the rows are the dataset's. Tables
 * that stand there finished are kept, so that an interrupted call is finished by
 * the same call again; unfinished ones are made anew.
 *
 * @param uri `postgres://user@host:5432/database`
 * @throws {ServemarkError} when the server refuses the login or a statement,
 * when its encoding cannot hold the dataset's texts, and when what it generated
 * differs from the dataset
 */
export async function generateInSql(
  spec: DatasetSpec,
  uri: string,
  options: GenerateOptions = {},
): Promise<GeneratedRecord> {
  const { signal, progress = silent, schema = "servemark", parallel = 4 } =
    options;
  signal?.throwIfAborted();
  const connection = readConnection({ uri });
  const tables = chosenTables(spec, options.tables);
  const rows = tables.reduce((n, table) => n + table.rows, 0);
  const verified = options.verify ?? (rows <= WHOLE_ROWS ? "whole" : "sampled");
  const job: Job = { spec, connection, schema, parallel, signal, progress };
  try {
    return await generate(job, tables, verified);
  } catch (error) {
    signal?.throwIfAborted();
    throw explain(WHAT, error, placeOf(connection));
  }
}

async function generate(
  job: Job,
  tables: readonly TableSpec[],
  verified: "whole" | "sampled",
): Promise<GeneratedRecord> {
  const { connection, schema, signal, progress } = job;
  const started = performance.now();
  const kept = await prepare(job, tables);
  const missing = tables.filter((table) => !kept.has(table.name));
  let loaded = started;
  let finished = started;
  if (missing.length > 0) {
    try {
      await makeRows(job, missing);
      loaded = performance.now();
      await finishTables(connection, schema, missing, { signal, progress });
      finished = performance.now();
    } catch (error) {
      throw await undone(job, missing, error);
    }
  }
  const fingerprints = new Map(kept);
  await inLanes(job, missing, async (table, control) => {
    fingerprints.set(table.name, await fingerprintOf(control, schema, table));
  });
  for (const table of tables) {
    const fingerprint = fingerprints.get(table.name)!;
    await inLanes(
      job,
      [table],
      (_, control) =>
        checkGenerated(job.spec, table, fingerprint, {
          how: verified,
          schema,
          control,
          signal,
          progress,
        }),
    );
  }
  // Only what was proved is marked as finished.
  await inLanes(job, missing, (table, control) =>
    control.query(
      `COMMENT ON TABLE ${tableName(schema, table)} IS ${
        literal(mark(job.spec, table, fingerprints.get(table.name)!))
      }`,
    ));
  return {
    platform: "postgres",
    rows: missing.reduce((n, table) => n + table.rows, 0),
    bytes: 0,
    retried: 0,
    loadSeconds: (loaded - started) / 1e3,
    finishSeconds: (finished - loaded) / 1e3,
    fingerprintSeconds: (performance.now() - finished) / 1e3,
    fingerprints: Object.fromEntries(
      tables.map(({ name }) => [name, fingerprints.get(name)!]),
    ),
    made: missing.map((table) => table.name),
    kept: [...kept.keys()],
    verified,
  };
}

/** Makes the schema, and finds the tables that are finished: their fingerprints. */
async function prepare(
  job: Job,
  tables: readonly TableSpec[],
): Promise<Map<string, Fingerprint>> {
  const { connection, schema, signal, spec } = job;
  const kept = new Map<string, Fingerprint>();
  const marked: TableSpec[] = [];
  const control = await openControl(connection, signal);
  try {
    await checkEncoding(control, spec);
    const [{ there }] = await control.query<{ there: boolean }>(
      "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1) AS there",
      [schema],
    );
    if (!there) await control.query(postgres.createSchema(schema)[0]);
    for (const table of tables) {
      const [{ comment }] = await control.query<{ comment: string | null }>(
        "SELECT obj_description(to_regclass($1), 'pg_class') AS comment",
        [tableName(schema, table)],
      );
      if (comment?.startsWith(mark(spec, table, ""))) marked.push(table);
    }
  } finally {
    await control.close();
  }
  // What a mark says is checked: rows may have changed since.
  await inLanes(job, marked, async (table, control) => {
    const found = await fingerprintOf(control, schema, table);
    const [{ comment }] = await control.query<{ comment: string }>(
      "SELECT obj_description(to_regclass($1), 'pg_class') AS comment",
      [tableName(schema, table)],
    );
    if (comment === mark(spec, table, found)) kept.set(table.name, found);
  });
  return new Map(
    tables.flatMap(({ name }) =>
      kept.has(name) ? [[name, kept.get(name)!]] : []
    ),
  );
}

/** A finished table's comment. */
function mark(
  spec: DatasetSpec,
  table: TableSpec,
  fingerprint: Fingerprint,
): string {
  return `Servemark: ${table.rows} rows of table ${
    tableDigest(spec, table)
  }, fingerprint ${fingerprint}`;
}

/** md5 sees a text's bytes, which are the dataset's in UTF-8 alone. */
async function checkEncoding(
  control: Control,
  spec: DatasetSpec,
): Promise<void> {
  const [{ encoding }] = await control.query<{ encoding: string }>(
    "SELECT current_setting('server_encoding') AS encoding",
  );
  // deno-lint-ignore no-control-regex
  if (encoding === "UTF8" || /^[\u0000-\u007f]*$/.test(JSON.stringify(spec))) {
    return;
  }
  throw new ServemarkError(WHAT, {
    cause:
      `the database is encoded in ${encoding}, and the dataset has texts ` +
      "beyond ASCII",
    remedy: "Generate in a database made with ENCODING 'UTF8'",
  });
}

async function makeRows(job: Job, tables: readonly TableSpec[]): Promise<void> {
  const { spec, schema, progress } = job;
  const statements = tables.flatMap((table) =>
    tableStatements(spec, table, postgres, schema, {
      rowsPerStatement: ROWS_PER_STATEMENT,
    })
  );
  const of = (purpose: SqlStatement["purpose"]) =>
    statements.filter((statement) => statement.purpose === purpose);
  const step = "Generate in PostgreSQL";
  const total = tables.reduce((n, table) => n + table.rows, 0);
  let done = 0;
  progress({ step, done, total, unit: "rows" });
  await inLanes({ ...job, parallel: 1 }, of("table"), async (made, control) => {
    await control.query(made.sql);
  });
  await inLanes(job, of("rows"), async (rows, control) => {
    await control.query(rows.sql);
    done += rows.count!;
    progress({ step, done, total, unit: "rows", detail: rows.table });
  });
  progress({ step, done, total, unit: "rows", finished: true });
}

async function fingerprintOf(
  control: Control,
  schema: string,
  table: TableSpec,
): Promise<Fingerprint> {
  const [{ fingerprint }] = await control.query<{ fingerprint: string }>(
    fingerprintQuery(schema, table),
  );
  return fingerprint;
}

/** Does a job for every item, over as many connections as there are lanes. */
async function inLanes<T>(
  { connection, parallel, signal }: Job,
  items: readonly T[],
  work: (item: T, control: Control) => Promise<unknown>,
): Promise<void> {
  const queue = [...items];
  const lanes = Array.from({ length: Math.min(parallel, items.length) });
  await inParallel(lanes, parallel, async (_, signal) => {
    const control = await openControl(connection, signal);
    try {
      // Compiling layers of expressions takes the server longer than running them.
      await control.query("SET jit = off; SET synchronous_commit = off");
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
        await work(item, control);
      }
    } finally {
      await control.close();
    }
  }, signal);
}

/** Takes unfinished tables away; the error to throw for the one that stopped the work. */
async function undone(
  { connection, schema, signal }: Job,
  tables: readonly TableSpec[],
  error: unknown,
): Promise<unknown> {
  try {
    const control = await openControl(connection);
    try {
      await control.query(
        `DROP TABLE IF EXISTS ${
          tables.map((table) => tableName(schema, table)).join(", ")
        }`,
      );
    } finally {
      await control.close();
    }
    return error;
  } catch (second) {
    if (signal?.aborted) return error;
    return new ServemarkError(
      `${messageOf(error)}\n  Also: the unfinished tables could not be ` +
        "removed; generating again replaces them",
      { error: new AggregateError([error, second]) },
    );
  }
}
