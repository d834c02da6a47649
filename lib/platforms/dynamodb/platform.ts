import { unknownName } from "../../core/names.ts";
import type { Watch } from "../../core/progress.ts";
import type { Batch } from "../../datasets/batch.ts";
import type { Fingerprint } from "../../datasets/fingerprint.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import type { TableSource } from "../../formats/source.ts";
import type { DriverSpec } from "../driver.ts";
import type {
  CostModel,
  LoadOptions,
  LoadStats,
  Platform,
  PlatformFacts,
  PlatformSettings,
} from "../platform.ts";
import { DynamodbClient } from "./client.ts";
import { type DynamodbConnection, isLoopback } from "./connection.ts";
import { type StartedEmulator, startEmulator } from "./embedded.ts";
import { checkPrice, describe, priceOf } from "./facts.ts";
import { writeBatches } from "./load.ts";
import { inferTables } from "./infer_tables.ts";
import { refuseUnknown, scanFingerprint, scanTable } from "./scan.ts";
import { explain, isStop, ServiceError } from "./service_error.ts";
import {
  checkSettings,
  flag,
  type Lanes,
  lanesOf,
  prefixOf,
  regionOf,
  serviceEndpoint,
  targetOf,
  text,
} from "./settings.ts";
import { Tables } from "./tables.ts";

const DRIVERS: readonly string[] = ["http", "sdk"];

/** An opened DynamoDB. */
class DynamodbPlatform implements Platform {
  readonly kind = "dynamodb";
  readonly title = "DynamoDB";
  readonly strategies = ["batched", "sequential", "parallel"] as const;
  readonly drivers = DRIVERS;
  readonly name: string;
  readonly cost: CostModel;
  readonly #connection: DynamodbConnection;
  readonly #emulator: StartedEmulator | undefined;
  readonly #client: DynamodbClient;
  readonly #writer: DynamodbClient;
  readonly #tables: Tables;
  readonly #place: string;

  constructor(
    name: string,
    cost: CostModel,
    connection: DynamodbConnection,
    lanes: Lanes,
    emulator?: StartedEmulator,
  ) {
    this.name = name;
    this.cost = cost;
    this.#connection = connection;
    this.#emulator = emulator;
    this.#client = new DynamodbClient(connection, lanes.requests);
    this.#writer = new DynamodbClient(connection, lanes.writes, {
      keys: this.#client.keys,
    });
    this.#place = new URL(connection.endpoint).host;
    this.#tables = new Tables(
      this.#client,
      connection.tablePrefix,
      this.#place,
    );
  }

  /** Makes one request, so that a wrong address or login shows at once. */
  async check(watch: Watch): Promise<void> {
    try {
      await this.#client.json("DescribeTable", {
        TableName: `${this.#connection.tablePrefix}is_anyone_there`,
      }, watch.signal);
    } catch (error) {
      // That it is not there is an answer; unlike ListTables, asking for it is
      // allowed by policies that name the prefix.
      if (
        error instanceof ServiceError &&
        error.type === "ResourceNotFoundException"
      ) return;
      if (isStop(error, watch.signal)) throw error;
      throw explain("Cannot open DynamoDB", error, this.#place);
    }
  }

  facts(): Promise<PlatformFacts> {
    return describe(this.#connection, this.#emulator?.title);
  }

  async create(tables: readonly TableSchema[], watch: Watch = {}) {
    let done = 0;
    const tell = (detail?: string) =>
      watch.progress?.({
        step: "Create DynamoDB tables",
        done,
        total: tables.length,
        unit: "tables",
        detail,
        finished: done === tables.length,
      });
    await Promise.all(tables.map(async (table) => {
      await this.#tables.create(table, watch.signal);
      done++;
      tell(table.name);
    }));
  }

  async load(
    table: TableSchema,
    batches: AsyncIterable<Batch>,
    options: LoadOptions = {},
  ): Promise<LoadStats> {
    const name = this.#tables.name(table);
    const explained = (error: unknown) =>
      isStop(error, options.signal)
        ? error
        : explain(`Cannot load table ${name}`, error, this.#place);
    return await writeBatches(this.#writer, name, table, batches, {
      ...options,
      explained,
    });
  }

  /** DynamoDB indexes keys as it writes them: only waits until each table is usable. */
  async finish(tables: readonly TableSchema[], watch: Watch = {}) {
    await Promise.all(
      tables.map((table) => this.#tables.settle(table, watch.signal)),
    );
  }

  async fingerprint(
    table: TableSchema,
    watch: Watch = {},
  ): Promise<Fingerprint> {
    const name = this.#tables.name(table);
    try {
      return await scanFingerprint(this.#client, name, table, watch);
    } catch (error) {
      if (isStop(error, watch.signal)) throw error;
      throw explain(`Cannot verify table ${name}`, error, this.#place);
    }
  }

  async existing(tables: readonly TableSchema[]): Promise<readonly string[]> {
    const found = await Promise.all(
      tables.map((table) => this.#tables.exists(table)),
    );
    return tables.filter((_, t) => found[t]).map((table) => table.name);
  }

  async drop(tables: readonly TableSchema[]): Promise<void> {
    await Promise.all(tables.map((table) => this.#tables.drop(table)));
  }

  async source(
    tables?: readonly TableSchema[],
    watch: Watch = {},
  ): Promise<TableSource> {
    const known = tables ?? await this.#declared(watch.signal);
    return {
      name: `DynamoDB at ${this.#place}`,
      tables: known,
      notes: [],
      read: (name, { signal } = {}) =>
        this.#read(known.find((table) => table.name === name)!, signal),
      close: () => Promise.resolve(),
    };
  }

  async #declared(signal?: AbortSignal): Promise<readonly TableSchema[]> {
    try {
      const { tablePrefix } = this.#connection;
      return await inferTables(this.#client, tablePrefix, signal);
    } catch (error) {
      if (isStop(error, signal)) throw error;
      throw explain("Cannot list the tables of DynamoDB", error, this.#place);
    }
  }

  async *#read(
    table: TableSchema,
    signal?: AbortSignal,
  ): AsyncGenerator<Batch> {
    const name = this.#tables.name(table);
    try {
      yield* scanTable(
        this.#client,
        name,
        table,
        signal,
        (items) => refuseUnknown(table, items),
      );
    } catch (error) {
      if (isStop(error, signal)) throw error;
      throw explain(`Cannot read table ${name}`, error, this.#place);
    }
  }

  driver(name: string = DRIVERS[0]): DriverSpec {
    const short = name.replace(/^dynamodb\//, "");
    if (!DRIVERS.includes(short)) {
      throw unknownName("driver of DynamoDB", name, DRIVERS);
    }
    const keys = this.#client.keys.current;
    return {
      driver: `dynamodb/${short}`,
      connection: this.#connection.keys === "placeholder"
        ? { ...this.#connection }
        : { ...this.#connection, ...keys },
    };
  }

  async close(): Promise<void> {
    this.#client.close();
    this.#writer.close();
    await this.#emulator?.server.close();
  }
}

/**
 * Opens DynamoDB: the service in a `region` (or a `uri` such as
 * `dynamodb://us-east-1`), whatever listens at an `endpoint`, or, with none of
 * these, an emulator of our own, which ends with `close()`. Further settings:
 * `tablePrefix`, `profile`, `consistentRead`, `loadConnections`, `emulator`.
 *
 * @throws {ServemarkError} when it cannot be reached or refuses the login
 */
export async function openDynamodb(
  settings: PlatformSettings = {},
  watch: Watch = {},
): Promise<Platform> {
  checkSettings(settings);
  // All that settings can get wrong comes before anything is started.
  const name = settings.name ?? "dynamodb";
  const tablePrefix = prefixOf(settings);
  const profile = text(settings, "profile");
  const consistentRead = flag(settings, "consistentRead");
  const wanted = text(settings, "emulator");
  const target = targetOf(settings);
  const embedded = target.endpoint === undefined && target.region === undefined;
  const local = embedded ||
    (target.endpoint !== undefined && isLoopback(target.endpoint));
  const lanes = lanesOf(settings, local);
  const region = target.region ?? await regionOf(target.endpoint, profile);
  const connect = (endpoint: string): DynamodbConnection => ({
    endpoint,
    region,
    tablePrefix,
    keys: local ? "placeholder" : "chain",
    profile,
    consistentRead,
  });
  checkPrice(settings);
  const emulator = embedded ? await startEmulator(wanted, watch) : undefined;
  const connection = connect(
    emulator
      ? `http://127.0.0.1:${emulator.server.port}`
      : target.endpoint ?? serviceEndpoint(region),
  );
  const platform = new DynamodbPlatform(
    name,
    priceOf(connection, settings),
    connection,
    lanes,
    emulator,
  );
  try {
    await platform.check(watch);
  } catch (error) {
    await platform.close();
    throw error;
  }
  return platform;
}
