import type {
  BatchGetItemCommandInput,
  DynamoDBClient,
  GetItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { messageOf } from "../../core/errors.ts";
import { keyValue } from "../../datasets/schema.ts";
import type { AsyncDriver, DriverSpec } from "../driver.ts";
import { Backoff } from "./backoff.ts";
import { connectionOf, type DynamodbConnection } from "./connection.ts";
import { KeyReader, type ReadAnswer, type Tally } from "./key_reader.ts";
import { KeySource } from "./keys.ts";
import type { PreparedRequest } from "./requests.ts";
import { ServiceError, unprocessedError } from "./service_error.ts";

type Sdk = typeof import("@aws-sdk/client-dynamodb");
type Input = BatchGetItemCommandInput & GetItemCommandInput;

/**
 * Reads DynamoDB through AWS's own SDK, with as many sockets as the lean driver
 * has connections. The SDK's retries are off, so that both drivers report the
 * same errors. It does not show when the first byte came, and of an answer's
 * size only the body's.
 */
export function sdkDriver(connection: DriverSpec["connection"]): AsyncDriver {
  return new SdkDriver(connectionOf(connection));
}

class SdkDriver extends KeyReader<Input> {
  #sdk!: Sdk;
  #client: DynamoDBClient | undefined;
  readonly #keys: KeySource;

  constructor(connection: DynamodbConnection) {
    super(connection);
    this.#keys = new KeySource(connection);
  }

  protected override async connect(
    slots: number,
    lanes: number,
  ): Promise<void> {
    this.#sdk = await import("@aws-sdk/client-dynamodb");
    const { endpoint, region } = this.connection;
    const keys = this.#keys;
    if (!keys.current) await keys.renew();
    const agent = { keepAlive: true, maxSockets: slots * lanes };
    this.#client = new this.#sdk.DynamoDBClient({
      endpoint,
      region,
      maxAttempts: 1,
      credentials: async () => {
        const { expires, ...rest } = keys.current ?? await keys.renew();
        return {
          ...rest,
          expiration: expires === undefined ? undefined : new Date(expires),
        };
      },
      requestHandler: { httpAgent: agent, httpsAgent: agent },
    });
    this.#client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { headers } = result.response as {
          headers: Record<string, string>;
        };
        const output = result.output as { bytes?: number };
        output.bytes = Number(headers["content-length"] ?? 0);
        return result;
      },
      { step: "deserialize", priority: "high", name: "answerSize" },
    );
  }

  protected override body(
    request: PreparedRequest,
    rows: Float64Array,
  ): Input {
    const { ConsistentRead, ReturnConsumedCapacity } = this.#options();
    if (request.target === "GetItem") {
      const [key] = request.keys;
      return {
        TableName: key.table,
        Key: attribute(request, 0, rows),
        ConsistentRead,
        ReturnConsumedCapacity,
        RequestItems: undefined,
      };
    }
    const items: NonNullable<Input["RequestItems"]> = {};
    for (let k = 0; k < request.keys.length; k++) {
      const { table } = request.keys[k];
      const entry = items[table] ??= { Keys: [], ConsistentRead };
      entry.Keys!.push(attribute(request, k, rows));
    }
    return {
      RequestItems: items,
      ReturnConsumedCapacity,
      TableName: undefined,
      Key: undefined,
    };
  }

  #options() {
    return {
      ConsistentRead: this.connection.consistentRead ? true : undefined,
      ReturnConsumedCapacity: "TOTAL" as const,
    };
  }

  protected override async ask(
    _slot: number,
    _lane: number,
    request: PreparedRequest,
    body: Input,
    tally: Tally,
    answers?: ReadAnswer[],
  ): Promise<void> {
    const backoff = new Backoff();
    if (Number.isNaN(tally.sent)) tally.sent = this.clock();
    while (true) {
      const left = request.target === "GetItem"
        ? await this.#get(body, tally, answers)
        : await this.#batch(body, tally, answers);
      if (!left) return;
      this.unprocessed++;
      body = { ...body, RequestItems: left };
      if (!await backoff.wait()) throw unprocessedError("keys", backoff.failed);
    }
  }

  async #get(input: Input, tally: Tally, answers?: ReadAnswer[]) {
    const command = new this.#sdk.GetItemCommand(input);
    const output = await this.#client!.send(command).catch(refused);
    if (output.Item) tally.rows++;
    tally.bytes += (output as { bytes?: number }).bytes ?? 0;
    this.rru += output.ConsumedCapacity?.CapacityUnits ?? 0;
    if (answers) answers.push(asSent(output) as ReadAnswer);
    return undefined;
  }

  async #batch(input: Input, tally: Tally, answers?: ReadAnswer[]) {
    const command = new this.#sdk.BatchGetItemCommand(input);
    const output = await this.#client!.send(command).catch(refused);
    for (const items of Object.values(output.Responses ?? {})) {
      tally.rows += items.length;
    }
    tally.bytes += (output as { bytes?: number }).bytes ?? 0;
    for (const { CapacityUnits } of output.ConsumedCapacity ?? []) {
      this.rru += CapacityUnits ?? 0;
    }
    if (answers) answers.push(asSent(output) as ReadAnswer);
    const left = output.UnprocessedKeys;
    return left && Object.keys(left).length > 0 ? left : undefined;
  }

  override close(): Promise<void> {
    this.#client?.destroy();
    this.#client = undefined;
    return Promise.resolve();
  }
}

function attribute(
  request: PreparedRequest,
  k: number,
  rows: Float64Array,
): Record<string, { S: string } | { N: string }> {
  const { column, kind, form } = request.keys[k];
  const value = String(keyValue(form, rows[request.reads[k]]));
  return { [column]: kind === "S" ? { S: value } : { N: value } };
}

/** The SDK's exceptions as ours: those that carry a status are DynamoDB's answers. */
function refused(error: unknown): never {
  const status = (error as { $metadata?: { httpStatusCode?: number } })
    ?.$metadata?.httpStatusCode;
  if (status === undefined) throw error;
  throw new ServiceError((error as Error).name, status, messageOf(error));
}

/** The SDK's bytes as DynamoDB sends them: base64. */
function asSent(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.toBase64();
  if (Array.isArray(value)) return value.map(asSent);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, asSent(member)]),
  );
}
