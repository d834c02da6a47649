import { unknownName } from "../../core/names.ts";
import type { Watch } from "../../core/progress.ts";
import type { Batch } from "../../datasets/batch.ts";
import type { Fingerprint } from "../../datasets/fingerprint.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import type { TableSource } from "../../formats/source.ts";
import type { DriverSpec, Strategy } from "../driver.ts";
import type {
  CostModel,
  LoadOptions,
  LoadStats,
  Platform,
  PlatformFacts,
  PlatformSettings,
} from "../platform.ts";
import {
  type Connection,
  placeOf,
  readConnection,
  toDriver,
  uriOf,
} from "./connection.ts";
import { type Control, openControl } from "./control.ts";
import { copyInto } from "./copy.ts";
import { hourlyCost } from "./cost.ts";
import { startEmbeddedPostgres } from "./embedded.ts";
import { explain } from "./errors.ts";
import { readFacts } from "./facts.ts";
import { finishTables } from "./finish.ts";
import { openLibc } from "./libc.ts";
import { sourceOf } from "./source.ts";
import {
  createTable,
  fingerprintQuery,
  quote,
  tableName,
} from "./statements.ts";

/**
 * Opens PostgreSQL: the server at `uri`, else an embedded one. Further
 * settings: `schema` (tables' schema, `servemark`), `usdPerHour`, `priceItem`,
 * `priceDate`.
 *
 * @throws {ServemarkError} when it cannot be started or refuses the login
 */
export async function openPostgres(
  settings: PlatformSettings = {},
  watch: Watch = {},
): Promise<Platform> {
  const cost = hourlyCost(settings);
  if (settings.uri === undefined) {
    const { connection, server } = await startEmbeddedPostgres({}, watch);
    return new PostgresPlatform(
      settings,
      cost,
      connection,
      () => server.close(),
    );
  }
  const connection = readConnection(settings);
  await (await openControl(connection)).close();
  return new PostgresPlatform(settings, cost, connection);
}

class PostgresPlatform implements Platform {
  readonly name: string;
  readonly kind = "postgres";
  readonly title = "PostgreSQL";
  readonly strategies: readonly Strategy[] = [
    "batched",
    "sequential",
    "parallel",
  ];
  readonly drivers: readonly string[];
  readonly #schema: string;
  readonly #connection: Connection;
  readonly #stop: (() => Promise<void>) | undefined;

  /** @param stop ends the embedded server, where it is one */
  constructor(
    settings: PlatformSettings,
    readonly cost: CostModel,
    connection: Connection,
    stop?: () => Promise<void>,
  ) {
    this.name = settings.name ?? "postgres";
    this.#schema = String(settings.schema ?? "servemark");
    this.#connection = connection;
    this.#stop = stop;
    this.drivers = openLibc() === undefined || connection.tls
      ? ["socket", "pg"]
      : ["epoll", "socket", "pg"];
  }

  facts(): Promise<PlatformFacts> {
    return this.#ask(
      "Cannot read the server's settings",
      (control) => readFacts(control, this.#place, this.#stop !== undefined),
    );
  }

  async create(
    tables: readonly TableSchema[],
    watch: Watch = {},
  ): Promise<void> {
    const schema = `CREATE SCHEMA IF NOT EXISTS ${quote(this.#schema)}`;
    // One simple query is one transaction: all tables, or none.
    const statements = tables.map((table) => createTable(this.#schema, table));
    await this.#ask(
      "Cannot create tables",
      (control) => control.query([schema, ...statements].join("; ")),
      watch.signal,
    );
  }

  async load(
    table: TableSchema,
    batches: AsyncIterable<Batch>,
    options: LoadOptions = {},
  ): Promise<LoadStats> {
    try {
      return await copyInto(
        this.#connection,
        this.#schema,
        table,
        batches,
        options,
      );
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw explain(
        `Cannot load table ${table.name}`,
        error,
        `PostgreSQL at ${this.#place}`,
      );
    }
  }

  async finish(
    tables: readonly TableSchema[],
    watch: Watch = {},
  ): Promise<void> {
    try {
      await finishTables(this.#connection, this.#schema, tables, watch);
    } catch (error) {
      if (watch.signal?.aborted) throw error;
      throw explain("Cannot build keys and statistics", error, this.#place);
    }
  }

  fingerprint(table: TableSchema, watch: Watch = {}): Promise<Fingerprint> {
    return this.#ask(
      `Cannot fingerprint table ${table.name}`,
      async (control) => {
        const [row] = await control.query<{ fingerprint: string }>(
          fingerprintQuery(this.#schema, table),
        );
        return row.fingerprint;
      },
      watch.signal,
    );
  }

  existing(tables: readonly TableSchema[]): Promise<readonly string[]> {
    return this.#ask("Cannot list tables", async (control) => {
      const rows = await control.query<{ tablename: string }>(
        "SELECT tablename FROM pg_tables WHERE schemaname = $1 AND tablename = ANY ($2::text[])",
        [this.#schema, tables.map((table) => table.name)],
      );
      const found = new Set(rows.map((row) => row.tablename));
      return tables.map((table) => table.name).filter((name) =>
        found.has(name)
      );
    });
  }

  async drop(tables: readonly TableSchema[]): Promise<void> {
    if (tables.length === 0) return;
    const names = tables.map((table) => tableName(this.#schema, table));
    await this.#ask(
      "Cannot drop tables",
      (control) => control.query(`DROP TABLE IF EXISTS ${names.join(", ")}`),
    );
  }

  async source(
    tables?: readonly TableSchema[],
    { signal }: Watch = {},
  ): Promise<TableSource> {
    return await sourceOf(this.#connection, {
      schema: this.#schema,
      tables,
      signal,
    });
  }

  workerSettings(): PlatformSettings {
    const uri = uriOf(this.#connection);
    return { name: this.name, uri, schema: this.#schema };
  }

  driver(name: string = this.drivers[0]): DriverSpec {
    const short = name.replace(/^postgres\//, "");
    if (!this.drivers.includes(short)) {
      throw unknownName("driver of PostgreSQL", name, this.drivers);
    }
    return {
      driver: `postgres/${short}`,
      connection: toDriver(this.#connection, this.#schema),
    };
  }

  async close(): Promise<void> {
    await this.#stop?.();
  }

  get #place(): string {
    return placeOf(this.#connection);
  }

  // A connection for each verb: none that could break, or keep a finished
  // program alive, lies about in between.
  async #ask<T>(
    what: string,
    use: (control: Control) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const control = await openControl(this.#connection, signal);
    try {
      return await use(control);
    } catch (error) {
      if (signal?.aborted) throw error;
      throw explain(what, error, this.#place);
    } finally {
      await control.close();
    }
  }
}
