import { pause } from "../../core/pause.ts";
import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";
import type { DynamodbClient } from "./client.ts";
import { explain, isStop, ServiceError } from "./service_error.ts";

interface Description {
  readonly Table: { readonly TableStatus: string };
}

/** Minutes that a table's creation or removal may take. */
const PATIENCE = 10 * 60_000;

/** Makes, removes and looks at tables, many at once. */
export class Tables {
  readonly #client: DynamodbClient;
  readonly #prefix: string;
  readonly #place: string;

  constructor(client: DynamodbClient, prefix: string, place: string) {
    this.#client = client;
    this.#prefix = prefix;
    this.#place = place;
  }

  /** The table's name in DynamoDB. */
  name(table: TableSchema): string {
    return this.#prefix + table.name;
  }

  /** Makes an empty on-demand table, replacing one of that name, and waits until it is usable. */
  async create(table: TableSchema, signal?: AbortSignal): Promise<void> {
    await this.drop(table, signal);
    await this.#told(
      `Cannot create table ${this.name(table)}`,
      signal,
      async () => {
        await this.#ignoring(
          // An attempt whose answer was lost has made it already.
          "ResourceInUseException",
          this.#client.json(
            "CreateTable",
            definition(this.name(table), table),
            signal,
          ),
        );
        await this.#until(table, "ACTIVE", signal);
      },
    );
  }

  /** Removes a table, if it is there, and waits until it is gone. */
  async drop(table: TableSchema, signal?: AbortSignal): Promise<void> {
    await this.#told(
      `Cannot drop table ${this.name(table)}`,
      signal,
      async () => {
        let status = await this.#status(table, signal);
        if (status === "CREATING" || status === "UPDATING") {
          await this.#until(table, "ACTIVE", signal);
          status = "ACTIVE";
        }
        if (status === undefined) return;
        if (status !== "DELETING") {
          await this.#ignoring(
            "ResourceNotFoundException",
            this.#client.json(
              "DeleteTable",
              { TableName: this.name(table) },
              signal,
            ),
          );
        }
        await this.#until(table, undefined, signal);
      },
    );
  }

  /** Waits until the table is usable. */
  async settle(table: TableSchema, signal?: AbortSignal): Promise<void> {
    await this.#told(
      `Cannot finish table ${this.name(table)}`,
      signal,
      () => this.#until(table, "ACTIVE", signal),
    );
  }

  /** Whether the table is there, in whatever state but going. */
  async exists(table: TableSchema): Promise<boolean> {
    return await this.#told(
      `Cannot look up table ${this.name(table)}`,
      undefined,
      async () => {
        const status = await this.#status(table);
        return status !== undefined && status !== "DELETING";
      },
    );
  }

  async #status(
    table: TableSchema,
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    const answer = await this.#ignoring(
      "ResourceNotFoundException",
      this.#client.json<Description>("DescribeTable", {
        TableName: this.name(table),
      }, signal),
    );
    return answer?.Table.TableStatus;
  }

  async #until(
    table: TableSchema,
    wanted: string | undefined,
    signal?: AbortSignal,
  ): Promise<void> {
    const started = performance.now();
    let wait = 20;
    let status: string | undefined;
    while ((status = await this.#status(table, signal)) !== wanted) {
      if (performance.now() - started > PATIENCE) {
        throw new Error(`the table is still ${status} after 10 min`);
      }
      await pause(wait, signal);
      wait = Math.min(2 * wait, 1000);
    }
  }

  async #ignoring<T>(type: string, work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof ServiceError && error.type === type) {
        return undefined;
      }
      throw error;
    }
  }

  async #told<T>(
    what: string,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isStop(error, signal)) throw error;
      throw explain(what, error, this.#place);
    }
  }
}

/** The request that makes a table: HASH key for features, HASH and RANGE for events. */
function definition(name: string, table: TableSchema): unknown {
  return {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: table.key.map((column) => ({
      AttributeName: column,
      AttributeType: attributeType(
        table.columns.find((c) => c.name === column),
      ),
    })),
    KeySchema: table.key.map((column, k) => ({
      AttributeName: column,
      KeyType: k === 0 ? "HASH" : "RANGE",
    })),
  };
}

function attributeType(column: ColumnSchema | undefined): "S" | "N" | "B" {
  const kind = column?.type.kind;
  return kind === "text" ? "S" : kind === "bytes" ? "B" : "N";
}
