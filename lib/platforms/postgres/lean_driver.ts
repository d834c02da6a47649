import { type Clock, openClock } from "../../core/clock.ts";
import { canonicalFromText } from "../../datasets/canonical.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import type { Completion, DriverSpec, Template } from "../driver.ts";
import { type Channel, exchange, logIn } from "./channel.ts";
import { type Connection, fromDriver, placeOf } from "./connection.ts";
import { explain } from "./errors.ts";
import { readRow } from "./reply.ts";
import { parameterType, RequestPlan } from "./request_plan.ts";
import { Session } from "./session.ts";
import { SESSION_SETTINGS } from "./session_settings.ts";
import { lookup } from "./statements.ts";
import { concat, parse, SYNC } from "./wire.ts";

const DATA_ROW = 0x44, COMPLETE = 0x43;

/** What the drivers that speak the protocol themselves share: all but input and output. */
export abstract class LeanDriver {
  protected readonly connection: Connection & { schema: string };
  protected readonly clock: Clock = openClock();
  protected sessions: Session[] = [];
  protected plans: RequestPlan[] = [];
  #templates: readonly Template[] = [];
  #statements = new Map<string, string>();

  constructor(connection: DriverSpec["connection"]) {
    this.connection = fromDriver(connection);
  }

  /** Opens the connection of one more client. */
  protected abstract connect(session: Session): Promise<Channel>;
  /** Called when all clients are connected and logged in. */
  protected abstract start(): void;
  /** Sends what a session has ready. */
  protected abstract transmit(slot: number): void;
  /** Waits until the session is no longer busy. */
  protected abstract untilIdle(session: Session): Promise<void>;

  async open(
    slots: number,
    templates: readonly Template[],
    completion: Completion,
  ): Promise<void> {
    this.#templates = templates;
    const tables = new Map<string, TableSchema>();
    for (const { reads } of templates) {
      for (const table of reads) tables.set(table.name, table);
    }
    this.#statements = new Map(
      [...tables.keys()].map((name, k) => [name, `s${k}`]),
    );
    this.plans = templates.map((template) =>
      new RequestPlan(template, this.#names(template))
    );
    const prepare = concat(
      ...[...tables].map(([name, table]) =>
        parse(
          this.#statements.get(name)!,
          lookup(this.connection.schema, table),
          [parameterType(table)],
        )
      ),
      SYNC,
    );
    try {
      for (let slot = 0; slot < slots; slot++) {
        const session = new Session(slot, completion, this.clock);
        this.sessions.push(session);
        const channel = await this.connect(session);
        await logIn(channel, this.connection, SESSION_SETTINGS);
        await exchange(channel, prepare);
      }
      this.start();
    } catch (error) {
      await this.close();
      throw explain(
        "Cannot open a connection to PostgreSQL",
        error,
        placeOf(this.connection),
      );
    }
  }

  submit(slot: number, template: number, rows: Float64Array): void {
    this.sessions[slot].begin(this.plans, template, rows, this.#widen);
    this.transmit(slot);
  }

  async read(
    template: number,
    rows: Float64Array,
  ): Promise<(string | undefined)[]> {
    const session = this.sessions[0];
    const { reads } = this.#templates[template];
    const found: (string | undefined)[] = reads.map(() => undefined);
    let table = 0;
    session.reader.collect = (type, body) => {
      if (type === DATA_ROW) {
        found[table] ??= readRow(body)
          .map((text, c) => canonicalFromText(reads[table].columns[c], text))
          .join("|");
      } else if (type === COMPLETE) table++;
    };
    let code = 0;
    session.intercept = (ended) => code = ended;
    try {
      this.submit(0, template, rows);
      await this.untilIdle(session);
    } finally {
      session.reader.collect = undefined;
      session.intercept = undefined;
    }
    if (code > 1) {
      throw explain(
        "Cannot read back rows from PostgreSQL",
        new Error(session.lastError ?? "the connection was lost"),
        placeOf(this.connection),
      );
    }
    return found;
  }

  get lastError(): string | undefined {
    return this.sessions.find((s) => s.lastError !== undefined)?.lastError;
  }

  abstract close(): Promise<void>;

  #names(template: Template): string[] {
    return template.reads.map((table) => this.#statements.get(table.name)!);
  }

  readonly #widen = (template: number, rows: Float64Array) =>
    new RequestPlan(
      this.#templates[template],
      this.#names(this.#templates[template]),
      rows,
    );
}
