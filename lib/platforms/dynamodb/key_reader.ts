import { openClock } from "../../core/clock.ts";
import { keyValue } from "../../datasets/schema.ts";
import type { AsyncDriver, Code, Completion, Template } from "../driver.ts";
import type { DynamodbConnection } from "./connection.ts";
import { type Item, itemText } from "../../formats/dynamodb_json/items.ts";
import {
  type PreparedRequest,
  type PreparedTemplate,
  prepareTemplate,
} from "./requests.ts";
import { failureText, ServiceError } from "./service_error.ts";

/** Most connections of all slots together, where a slot makes several requests at once. */
const MOST_CONNECTIONS = 512;

/** What the requests of one operation, or of one part of it, add up to. */
export interface Tally {
  /** NaN until something was sent, or where the driver cannot see it. */
  sent: number;
  firstByte: number;
  rows: number;
  bytes: number;
}

/** An answer to GetItem or BatchGetItem, decoded. */
export interface ReadAnswer {
  readonly Item?: Item;
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
}

/**
 * What DynamoDB's drivers share: how the strategies make an operation of
 * requests, and how its end is told. `Body` is a request with its keys, as the
 * driver sends it.
 *
 * `parallel` has as many connections a slot as its operation has requests, but
 * no more than 512 in all; then the slot's requests take turns on them.
 */
export abstract class KeyReader<Body> implements AsyncDriver {
  readonly pump = "async";
  protected readonly connection: DynamodbConnection;
  protected readonly clock = openClock();
  /** Read request units since `open`. */
  protected rru = 0;
  /** Answers since `open` that left keys unprocessed, which were asked for again. */
  unprocessed = 0;
  #completion!: Completion;
  #templates: PreparedTemplate[] = [];
  #lanes = 1;
  #lastError: string | undefined;

  constructor(connection: DynamodbConnection) {
    this.connection = connection;
  }

  /** Opens this many connections for each slot. */
  protected abstract connect(slots: number, lanes: number): Promise<void>;
  /** A request with the keys of these rows. */
  protected abstract body(request: PreparedRequest, rows: Float64Array): Body;
  /**
   * Makes one request over a slot's connection, until no key is left
   * unprocessed, and adds to the tally; gives the answers too where asked to.
   */
  protected abstract ask(
    slot: number,
    lane: number,
    request: PreparedRequest,
    body: Body,
    tally: Tally,
    answers?: ReadAnswer[],
  ): Promise<void>;
  abstract close(): Promise<void>;

  get lastError(): string | undefined {
    return this.#lastError;
  }

  get consumed(): Readonly<Record<string, number>> {
    return { rru: this.rru };
  }

  async open(
    slots: number,
    templates: readonly Template[],
    completion: Completion,
  ): Promise<void> {
    await this.close();
    const { tablePrefix, consistentRead } = this.connection;
    this.#completion = completion;
    this.#templates = templates.map((template) =>
      prepareTemplate(template, tablePrefix, consistentRead)
    );
    this.rru = 0;
    this.unprocessed = 0;
    this.#lastError = undefined;
    const width = this.#templates.reduce(
      (most, { strategy, requests }) =>
        strategy === "parallel" ? Math.max(most, requests.length) : most,
      1,
    );
    const share = Math.max(1, Math.floor(MOST_CONNECTIONS / slots));
    this.#lanes = Math.min(width, share);
    await this.connect(slots, this.#lanes);
  }

  submit(slot: number, template: number, rows: Float64Array): void {
    const prepared = this.#templates[template];
    const { requests } = prepared;
    if (requests.length === 1) {
      this.#single(slot, requests[0], this.body(requests[0], rows));
    } else {
      const bodies = requests.map((request) => this.body(request, rows));
      this.#several(slot, prepared, bodies);
    }
  }

  /** An operation of one request. */
  async #single(slot: number, request: PreparedRequest, body: Body) {
    const tally = newTally();
    const started = this.clock();
    const code = await this.#attempt(slot, 0, request, body, tally);
    this.#completion.done(
      slot,
      // Nothing was sent where no connection could be made.
      tally.sent >= started ? tally.sent : started,
      tally.firstByte,
      this.clock(),
      tally.rows,
      tally.bytes,
      code,
    );
  }

  /** An operation of several requests, in turn or at once. */
  async #several(
    slot: number,
    { requests, strategy }: PreparedTemplate,
    bodies: readonly Body[],
  ) {
    const whole = newTally();
    const started = this.clock();
    let code: Code = 0;
    let next = 0;
    const lane = async (number: number) => {
      // After a failure nothing more is asked for.
      while (next < requests.length && code < 2) {
        const part = next++;
        const tally = newTally();
        const began = this.clock();
        const ended = await this.#attempt(
          slot,
          number,
          requests[part],
          bodies[part],
          tally,
        );
        if (ended > code) code = ended;
        const sent = tally.sent >= began ? tally.sent : began;
        if (!(whole.sent <= sent)) whole.sent = sent;
        if (!(whole.firstByte <= tally.firstByte)) {
          whole.firstByte = tally.firstByte;
        }
        whole.rows += tally.rows;
        whole.bytes += tally.bytes;
        // A part of a batch is not one table's read.
        if (strategy === "batched") continue;
        this.#completion.part?.(
          slot,
          part,
          sent,
          tally.firstByte,
          this.clock(),
          tally.rows,
          tally.bytes,
          ended,
        );
      }
    };
    if (strategy === "parallel") {
      const lanes = Math.min(this.#lanes, requests.length);
      await Promise.all(Array.from({ length: lanes }, (_, n) => lane(n)));
    } else await lane(0);
    this.#completion.done(
      slot,
      whole.sent >= started ? whole.sent : started,
      whole.firstByte,
      this.clock(),
      whole.rows,
      whole.bytes,
      code,
    );
  }

  /** Makes a request, and tells how it ended. */
  async #attempt(
    slot: number,
    lane: number,
    request: PreparedRequest,
    body: Body,
    tally: Tally,
  ): Promise<Code> {
    try {
      await this.ask(slot, lane, request, body, tally);
      return tally.rows === request.reads.length ? 0 : 1;
    } catch (error) {
      this.#lastError ??= failureText(error);
      return error instanceof ServiceError ? 2 : 4;
    }
  }

  async read(
    template: number,
    rows: Float64Array,
  ): Promise<(string | undefined)[]> {
    const { requests, tables } = this.#templates[template];
    const { tablePrefix } = this.connection;
    const texts: (string | undefined)[] = tables.map(() => undefined);
    for (const request of requests) {
      const answers: ReadAnswer[] = [];
      const body = this.body(request, rows);
      await this.ask(0, 0, request, body, newTally(), answers);
      for (const read of request.reads) {
        const table = tables[read];
        const key = String(keyValue(table.keyForm, rows[read]));
        const found = answers.flatMap((answer) =>
          answer.Responses?.[tablePrefix + table.name] ?? answer.Item ?? []
        ).find((item) => {
          const value = item[table.key[0]];
          return value?.S === key || value?.N === key;
        });
        if (found) texts[read] = itemText(table, found);
      }
    }
    return texts;
  }
}

function newTally(): Tally {
  return { sent: NaN, firstByte: NaN, rows: 0, bytes: 0 };
}
