import { openClock } from "../../core/clock.ts";
import { pause } from "../../core/pause.ts";
import { Backoff, type BackoffPlan } from "./backoff.ts";
import type { DynamodbConnection } from "./connection.ts";
import {
  ConnectionLost,
  endpointOf,
  HttpConnection,
} from "./http_connection.ts";
import { KeySource } from "./keys.ts";
import { RequestWriter, type Target } from "./request_writer.ts";
import { readServiceError, ServiceError } from "./service_error.ts";

/** An answer as text, and how often its request was refused before. */
export interface CallAnswer {
  readonly text: string;
  readonly refused: number;
}

const decoder = new TextDecoder();

/** A network may break a connection now and then; a server that is gone breaks all. */
const BREAKS = 3;

/** An answer that takes longer is given up for lost, ms. */
const SILENCE = 60_000;

function isBreak(error: unknown): boolean {
  return error instanceof ConnectionLost ||
    error instanceof Deno.errors.ConnectionRefused ||
    error instanceof Deno.errors.ConnectionReset;
}

/** Speaks to DynamoDB outside of load: a pool of connections, throttles retried. */
export class DynamodbClient {
  /** Most requests at once. */
  readonly lanes: number;
  readonly keys: KeySource;
  readonly plan: BackoffPlan;
  readonly #writers: RequestWriter[] = [];
  readonly #idle: HttpConnection[] = [];
  readonly #all: HttpConnection[] = [];
  readonly #waiting: ((connection: HttpConnection) => void)[] = [];
  readonly #connect: () => HttpConnection;
  readonly #writer: () => RequestWriter;

  constructor(
    connection: DynamodbConnection,
    lanes: number,
    options: { keys?: KeySource; plan?: BackoffPlan } = {},
  ) {
    this.lanes = lanes;
    this.plan = options.plan ?? {};
    this.keys = options.keys ?? new KeySource(connection);
    const endpoint = endpointOf(connection.endpoint);
    const clock = openClock();
    this.#connect = () => new HttpConnection(endpoint, clock);
    this.#writer = () => new RequestWriter(endpoint, connection.region);
  }

  /**
   * Makes one request; throttles and passing errors are retried with back-off.
   *
   * @throws {ServiceError} what DynamoDB refuses for good, or too often
   * @throws {ConnectionLost} when the server is gone
   */
  async call(
    target: Target,
    body: string,
    signal?: AbortSignal,
  ): Promise<CallAnswer> {
    const backoff = new Backoff(this.plan);
    let breaks = 0;
    let renewed = false;
    while (true) {
      try {
        const text = await this.#once(target, body, signal);
        return { text, refused: backoff.failed };
      } catch (error) {
        if (error instanceof ServiceError) {
          if (error.type === "ExpiredTokenException" && !renewed) {
            renewed = true;
            await this.keys.renew();
          } else if (!error.passing || !await backoff.wait(signal)) throw error;
        } else if (!isBreak(error) || ++breaks > BREAKS) {
          throw error;
        } else await pause(Math.random() * 100 * breaks, signal);
      }
    }
  }

  /** As `call`, with JSON on both sides. */
  async json<T>(
    target: Target,
    body: unknown,
    signal?: AbortSignal,
  ): Promise<T> {
    const { text } = await this.call(target, JSON.stringify(body), signal);
    return JSON.parse(text) as T;
  }

  async #once(
    target: Target,
    body: string,
    signal?: AbortSignal,
  ): Promise<string> {
    signal?.throwIfAborted();
    const keys = this.keys.current ?? await this.keys.renew();
    const connection = await this.#take();
    const writer = this.#writers.pop() ?? this.#writer();
    // Closing it is what ends a wait for an answer.
    const stop = () => connection.close();
    signal?.addEventListener("abort", stop, { once: true });
    const silence = setTimeout(stop, SILENCE);
    try {
      const answer = await connection.exchange(
        writer.write(target, body, keys),
      );
      if (answer.status !== 200) {
        throw readServiceError(answer.status, answer.body);
      }
      return decoder.decode(answer.body);
    } finally {
      clearTimeout(silence);
      signal?.removeEventListener("abort", stop);
      this.#writers.push(writer);
      this.#give(connection);
    }
  }

  #take(): HttpConnection | Promise<HttpConnection> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#all.length < this.lanes) {
      const connection = this.#connect();
      this.#all.push(connection);
      return connection;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #give(connection: HttpConnection): void {
    const next = this.#waiting.shift();
    if (next) next(connection);
    else this.#idle.push(connection);
  }

  /** Closes the connections; requests under way fail. */
  close(): void {
    for (const connection of this.#all) connection.close();
  }
}
