import type { AsyncDriver, DriverSpec } from "../driver.ts";
import { type AnswerSummary, scanAnswer } from "./answer_scan.ts";
import { Backoff } from "./backoff.ts";
import { connectionOf, type DynamodbConnection } from "./connection.ts";
import {
  endpointOf,
  type HttpAnswer,
  HttpConnection,
} from "./http_connection.ts";
import { KeyReader, type ReadAnswer, type Tally } from "./key_reader.ts";
import { KeySource } from "./keys.ts";
import { RequestWriter } from "./request_writer.ts";
import { type PreparedRequest, requestBody } from "./requests.ts";
import {
  explain,
  readServiceError,
  unprocessedError,
} from "./service_error.ts";

const decoder = new TextDecoder();

/**
 * Reads DynamoDB over HTTP/1.1 connections of its own, one a slot (`parallel`:
 * several). Signs requests itself, and counts rows and units in the bytes of an
 * answer without decoding it. Reads are eventually consistent unless the
 * platform's setting `consistentRead` says otherwise.
 */
export function httpDriver(connection: DriverSpec["connection"]): AsyncDriver {
  return new HttpDriver(connectionOf(connection));
}

/** A connection, and the buffer of its requests. */
interface Lane {
  readonly connection: HttpConnection;
  readonly writer: RequestWriter;
}

class HttpDriver extends KeyReader<string> {
  readonly #keys: KeySource;
  readonly #summary: AnswerSummary = { rows: 0, units: 0, unprocessed: false };
  #slots: Lane[][] = [];

  constructor(connection: DynamodbConnection) {
    super(connection);
    this.#keys = new KeySource(connection);
  }

  protected override async connect(
    slots: number,
    lanes: number,
  ): Promise<void> {
    const { endpoint, region } = this.connection;
    const to = endpointOf(endpoint);
    this.#slots = Array.from(
      { length: slots },
      () =>
        Array.from({ length: lanes }, () => ({
          connection: new HttpConnection(to, this.clock),
          writer: new RequestWriter(to, region),
        })),
    );
    if (!this.#keys.current) await this.#keys.renew();
    try {
      await Promise.all(
        this.#slots.flat().map(({ connection }) => connection.open()),
      );
    } catch (error) {
      await this.close();
      throw explain("Cannot connect to DynamoDB", error, to.authority);
    }
  }

  protected override body(
    request: PreparedRequest,
    rows: Float64Array,
  ): string {
    return requestBody(request, rows);
  }

  protected override async ask(
    slot: number,
    lane: number,
    request: PreparedRequest,
    body: string,
    tally: Tally,
    answers?: ReadAnswer[],
  ): Promise<void> {
    const { connection, writer } = this.#slots[slot][lane];
    let backoff: Backoff | undefined;
    while (true) {
      const keys = this.#keys.current ?? await this.#keys.renew();
      const message = writer.write(request.target, body, keys);
      const answer = await exchange(connection, message, tally);
      if (answer.status !== 200) {
        throw readServiceError(answer.status, answer.body);
      }
      const summary = this.#summary;
      scanAnswer(answer.body, summary);
      tally.rows += summary.rows;
      this.rru += summary.units;
      if (!summary.unprocessed && !answers) return;
      const decoded = JSON.parse(decoder.decode(answer.body));
      answers?.push(decoded);
      if (!summary.unprocessed) return;
      this.unprocessed++;
      body = JSON.stringify({
        RequestItems: decoded.UnprocessedKeys,
        ReturnConsumedCapacity: "TOTAL",
      });
      backoff ??= new Backoff();
      if (summary.rows > 0) backoff.reset();
      if (!await backoff.wait()) throw unprocessedError("keys", backoff.failed);
    }
  }

  override close(): Promise<void> {
    for (const { connection } of this.#slots.flat()) connection.close();
    this.#slots = [];
    return Promise.resolve();
  }
}

async function exchange(
  connection: HttpConnection,
  message: Uint8Array,
  tally: Tally,
): Promise<HttpAnswer> {
  try {
    const answer = await connection.exchange(message);
    tally.bytes += answer.bytes;
    return answer;
  } finally {
    if (Number.isNaN(tally.sent)) tally.sent = connection.sent;
    if (Number.isNaN(tally.firstByte)) tally.firstByte = connection.firstByte;
  }
}
