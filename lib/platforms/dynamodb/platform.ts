import { ServemarkError } from "../../core/errors.ts";
import { unknownName } from "../../core/names.ts";
import type { Watch } from "../../core/progress.ts";
import type { Batch } from "../../datasets/batch.ts";
import type { Fingerprint } from "../../datasets/fingerprint.ts";
import type { TableSchema } from "../../datasets/schema.ts";
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
import {
  type DynamodbConnection,
  isLoopback,
  prefixOf,
  targetOf,
  text,
} from "./connection.ts";
import { type StartedEmulator, startEmulator } from "./embedded.ts";
import { describe, priceOf } from "./facts.ts";
import { chainRegion } from "./keys.ts";
import { writeBatches } from "./load.ts";
import { scanFingerprint } from "./scan.ts";
import { explain, isStop, ServiceError } from "./service_error.ts";
import { Tables } from "./tables.ts";

const DRIVERS = ["dynamodb/http", "dynamodb/sdk"] as const;

/** Requests at once: the service spreads them, an emulator has two threads. */
const SERVICE_LANES = 32;
const EMULATOR_LANES = 4;
/** Writes at once: an emulator's contend for its one lock, and together take longer. */
const EMULATOR_WRITES = 1;

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
    connection: DynamodbConnection,
    lanes: Lanes,
    emulator?: StartedEmulator,
  ) {
    this.name = name;
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
    this.cost = priceOf(connection);
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

  driver(name: string = DRIVERS[0]): DriverSpec {
    if (!(DRIVERS as readonly string[]).includes(name)) {
      throw unknownName("DynamoDB driver", name, DRIVERS);
    }
    const keys = this.#client.keys.current;
    return {
      driver: name,
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
  const tablePrefix = prefixOf(settings);
  const profile = text(settings, "profile");
  const target = targetOf(settings);
  const embedded = target.endpoint === undefined && target.region === undefined;
  const emulator = embedded
    ? await startEmulator(text(settings, "emulator"), watch)
    : undefined;
  const endpoint = emulator
    ? `http://127.0.0.1:${emulator.server.port}`
    : target.endpoint ?? serviceEndpoint(target.region!);
  const local = isLoopback(endpoint);
  const connection: DynamodbConnection = {
    endpoint,
    region: target.region ?? await regionOf(endpoint, local, profile),
    tablePrefix,
    keys: local ? "placeholder" : "chain",
    profile,
    consistentRead: settings.consistentRead === true,
  };
  const lanes = lanesOf(settings, local);
  const platform = new DynamodbPlatform(
    settings.name ?? "dynamodb",
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

function serviceEndpoint(region: string): string {
  const china = region.startsWith("cn-") ? ".cn" : "";
  return `https://dynamodb.${region}.amazonaws.com${china}`;
}

async function regionOf(
  endpoint: string,
  local: boolean,
  profile?: string,
): Promise<string> {
  const named = /dynamodb\.([a-z0-9-]+)\.amazonaws/.exec(endpoint)?.[1];
  const region = named ?? (local ? "us-east-1" : await chainRegion(profile));
  if (region) return region;
  throw new ServemarkError("Cannot tell DynamoDB's region", {
    cause: "neither the settings nor AWS's own name one",
    place: endpoint,
    remedy: "Set region, or AWS_REGION",
    exitCode: 2,
  });
}

/** Requests at once, of all kinds and of writes. */
interface Lanes {
  readonly requests: number;
  readonly writes: number;
}

function lanesOf(settings: PlatformSettings, local: boolean): Lanes {
  const requests = local ? EMULATOR_LANES : SERVICE_LANES;
  const given = settings.loadConnections;
  if (given === undefined) {
    return { requests, writes: local ? EMULATOR_WRITES : SERVICE_LANES };
  }
  if (typeof given === "number" && Number.isInteger(given) && given > 0) {
    return { requests, writes: given };
  }
  throw new ServemarkError(
    `Cannot use ${given} as DynamoDB's loadConnections`,
    { remedy: "Write a whole number from 1", exitCode: 2 },
  );
}
