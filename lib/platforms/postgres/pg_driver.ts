import { type Clock, openClock } from "../../core/clock.ts";
import { ServemarkError } from "../../core/errors.ts";
import { canonicalFromText } from "../../datasets/canonical.ts";
import { keyValue, type TableSchema } from "../../datasets/schema.ts";
import type {
  AsyncDriver,
  Code,
  Completion,
  DriverSpec,
  Template,
} from "../driver.ts";
import { fromDriver, placeOf, toPg } from "./connection.ts";
import { explain } from "./errors.ts";
import { SESSION_SETTINGS } from "./session_settings.ts";
import { lookup, quote, tableName } from "./statements.ts";

type Texts = (string | null)[];

interface Query {
  name: string;
  text: string;
  values: unknown[];
  rowMode: "array";
}

interface Client {
  connect(): Promise<void>;
  query(query: Query | string): Promise<{ rows: Texts[] }>;
  end(): Promise<void>;
  on(event: "error", listener: (error: Error) => void): void;
  readonly connection: { readonly stream: { readonly bytesRead: number } };
}

/** One statement of a template: its text, and which reads it answers. */
interface Statement {
  readonly name: string;
  readonly text: string;
  readonly reads: readonly number[];
}

// Values stay the texts that the server sent: decoding is not what is measured.
const RAW = { getTypeParser: () => (text: string) => text };

/**
 * npm:pg with named prepared statements: what an application in JavaScript
 * would have. It sends one query at a time over a connection, so `parallel`
 * cannot be had; `batched` is one UNION ALL over all tables.
 */
export function pgDriver(connection: DriverSpec["connection"]): AsyncDriver {
  return new PgDriver(connection);
}

class PgDriver implements AsyncDriver {
  readonly pump = "async";
  lastError: string | undefined;
  readonly #connection;
  readonly #clock: Clock = openClock();
  #templates: readonly Template[] = [];
  #statements: Statement[][] = [];
  #completion: Completion | undefined;
  #clients: Client[] = [];
  readonly #broken = new Set<Client>();

  constructor(connection: DriverSpec["connection"]) {
    this.#connection = fromDriver(connection);
  }

  async open(
    slots: number,
    templates: readonly Template[],
    completion: Completion,
  ): Promise<void> {
    const { schema } = this.#connection;
    this.#templates = templates;
    this.#statements = templates.map((template, t) =>
      statementsOf(template, t, schema)
    );
    this.#completion = completion;
    const { default: pg } = await import("pg");
    const config = { ...await toPg(this.#connection), types: RAW };
    try {
      for (let slot = 0; slot < slots; slot++) {
        const client: Client = new pg.Client(config);
        client.on("error", (error) => {
          this.#broken.add(client);
          this.lastError ??= error.message;
        });
        await client.connect();
        this.#clients.push(client);
        for (const [name, value] of Object.entries(SESSION_SETTINGS)) {
          await client.query(`SET ${name} = '${value}'`);
        }
      }
    } catch (error) {
      await this.close();
      throw explain(
        "Cannot open a connection to PostgreSQL",
        error,
        placeOf(this.#connection),
      );
    }
  }

  submit(slot: number, template: number, rows: Float64Array): void {
    this.#run(slot, template, rows);
  }

  async read(
    template: number,
    rows: Float64Array,
  ): Promise<(string | undefined)[]> {
    const { reads } = this.#templates[template];
    const found: (string | undefined)[] = reads.map(() => undefined);
    for (const statement of this.#statements[template]) {
      const result = await this.#clients[0].query(
        this.#query(statement, template, rows),
      ).catch((error) => {
        throw explain(
          "Cannot read back rows from PostgreSQL",
          error,
          placeOf(this.#connection),
        );
      });
      for (const row of result.rows) {
        const batched = statement.reads.length > 1;
        const read = batched ? Number(row[0]) : statement.reads[0];
        const texts = batched ? row.slice(1) : row;
        found[read] ??= reads[read].columns
          .map((column, c) => canonicalFromText(column, texts[c])).join("|");
      }
    }
    return found;
  }

  async close(): Promise<void> {
    const clients = this.#clients;
    this.#clients = [];
    // A server that is gone cannot be taken leave of.
    await Promise.all(
      clients.map((client) => client.end().catch(() => undefined)),
    );
  }

  async #run(
    slot: number,
    template: number,
    given: Float64Array,
  ): Promise<void> {
    const clock = this.#clock;
    const client = this.#clients[slot];
    const completion = this.#completion!;
    const { stream } = client.connection;
    const before = stream.bytesRead;
    const statements = this.#statements[template];
    // Later statements are sent after the caller has reused its buffer.
    const rows = statements.length > 1 ? given.slice() : given;
    let [total, worst]: [number, Code] = [0, 0];
    const began = clock();
    for (let part = 0; part < statements.length; part++) {
      const sent = part === 0 ? began : clock();
      const from = stream.bytesRead;
      let got = 0;
      let code: Code = 0;
      try {
        const query = this.#query(statements[part], template, rows);
        got = (await client.query(query)).rows.length;
        if (got !== statements[part].reads.length) code = 1;
      } catch (error) {
        this.lastError ??= error instanceof Error
          ? error.message
          : String(error);
        code = isServers(error) && !this.#broken.has(client) ? 2 : 4;
      }
      total += got;
      if (code > worst) worst = code;
      if (statements.length > 1) {
        completion.part?.(
          slot,
          part,
          sent,
          NaN,
          clock(),
          got,
          stream.bytesRead - from,
          code,
        );
      }
      if (code === 4) break;
    }
    const bytes = stream.bytesRead - before;
    completion.done(slot, began, NaN, clock(), total, bytes, worst);
  }

  #query(
    { name, text, reads }: Statement,
    template: number,
    rows: Float64Array,
  ): Query {
    const tables = this.#templates[template].reads;
    const values = reads.map((k) => keyValue(tables[k].keyForm, rows[k]));
    return { name, text, values, rowMode: "array" };
  }
}

function isServers(error: unknown): boolean {
  return error instanceof Error && "severity" in error &&
    error.severity !== "FATAL";
}

function statementsOf(
  template: Template,
  t: number,
  schema: string,
): Statement[] {
  if (template.strategy === "parallel") {
    throw new ServemarkError(
      'The driver postgres/pg cannot do the strategy "parallel"',
      {
        cause: "npm:pg sends one query at a time over a connection",
        remedy: 'Use "sequential" or "batched", or the driver "socket"',
        exitCode: 2,
      },
    );
  }
  if (template.strategy === "batched" && template.reads.length > 1) {
    const text = unionOf(template.reads, schema);
    return [{ name: `t${t}`, text, reads: [...template.reads.keys()] }];
  }
  return template.reads.map((table, k) => ({
    name: `t${t}r${k}`,
    text: lookup(schema, table),
    reads: [k],
  }));
}

/** All tables in one statement: the read's number, then its columns as texts. */
function unionOf(reads: readonly TableSchema[], schema: string): string {
  const width = Math.max(...reads.map((table) => table.columns.length));
  return reads.map((table, k) => {
    const columns = Array.from({ length: width }, (_, c) => {
      const column = table.columns[c];
      return column ? `${quote(column.name)}::text` : "NULL";
    });
    return `SELECT ${k}, ${columns.join(", ")} FROM ${
      tableName(schema, table)
    } WHERE ${quote(table.key[0])} = $${k + 1}`;
  }).join(" UNION ALL ");
}
