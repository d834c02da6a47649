import type { Batch } from "../../datasets/batch.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import type { LoadOptions, LoadStats } from "../platform.ts";
import { Backoff } from "./backoff.ts";
import type { DynamodbClient } from "./client.ts";
import { ItemWriter } from "../../formats/dynamodb_json/items.ts";
import { unprocessedError } from "./service_error.ts";

/** BatchWriteItem takes this many items. */
const ITEMS = 25;

interface Chunk {
  readonly body: string;
  readonly rows: number;
}

/**
 * Writes batches by BatchWriteItem, several requests at once. Items that come
 * back unprocessed are sent again with back-off; progress starts its count anew.
 */
export async function writeBatches(
  client: DynamodbClient,
  name: string,
  table: TableSchema,
  batches: AsyncIterable<Batch>,
  options: LoadOptions & {
    /** Makes what a write threw clear to people. */
    explained: (error: unknown) => unknown;
  },
): Promise<LoadStats> {
  const chunks = bodies(name, table, batches);
  const stats = { rows: 0, bytes: 0, retried: 0 };
  const failed = new AbortController();
  const signal = options.signal
    ? AbortSignal.any([options.signal, failed.signal])
    : failed.signal;
  const lane = async () => {
    let next = await chunks.next();
    while (!next.done) {
      signal.throwIfAborted();
      const { body, rows } = next.value;
      const writing = writeChunk(client, name, body, rows, signal);
      // The next request is made ready while this one is under way.
      const following = chunks.next();
      const [written, made] = await Promise.allSettled([writing, following]);
      if (written.status === "rejected") {
        throw options.explained(written.reason);
      }
      stats.retried += written.value;
      stats.rows += rows;
      stats.bytes += body.length;
      options.onRows?.(rows);
      if (made.status === "rejected") throw made.reason;
      next = made.value;
    }
  };
  const lanes = Array.from(
    { length: client.lanes },
    () =>
      lane().catch((error) => {
        failed.abort(error);
        throw error;
      }),
  );
  const results = await Promise.allSettled(lanes);
  await chunks.return(undefined);
  options.signal?.throwIfAborted();
  if (failed.signal.aborted) throw failed.signal.reason;
  const rejected = results.find((r) => r.status === "rejected");
  if (rejected) throw rejected.reason;
  return stats;
}

/** Writes one request's items, until none is left; tells how many were sent again. */
async function writeChunk(
  client: DynamodbClient,
  name: string,
  body: string,
  rows: number,
  signal: AbortSignal,
): Promise<number> {
  const backoff = new Backoff(client.plan);
  let retried = 0;
  let open = rows;
  while (true) {
    const { text, refused } = await client.call("BatchWriteItem", body, signal);
    retried += refused * open;
    if (text.includes('"UnprocessedItems":{}')) return retried;
    const left = JSON.parse(text).UnprocessedItems ?? {};
    const items = left[name]?.length ?? 0;
    if (items === 0) return retried;
    if (items < open) backoff.reset();
    open = items;
    retried += items;
    body = JSON.stringify({ RequestItems: left });
    if (!await backoff.wait(signal)) {
      throw unprocessedError(`${items} items`, backoff.failed);
    }
  }
}

async function* bodies(
  name: string,
  table: TableSchema,
  batches: AsyncIterable<Batch>,
): AsyncGenerator<Chunk, undefined, undefined> {
  const writer = new ItemWriter(table);
  const head = `{"RequestItems":{${JSON.stringify(name)}:[`;
  let items = "";
  let count = 0;
  for await (const batch of batches) {
    for (let r = 0; r < batch.rows; r++) {
      items += `${count === 0 ? "" : ","}{"PutRequest":{"Item":${
        writer.item(batch, r)
      }}}`;
      if (++count === ITEMS) {
        yield { body: `${head}${items}]}}`, rows: count };
        items = "";
        count = 0;
      }
    }
  }
  if (count > 0) yield { body: `${head}${items}]}}`, rows: count };
  return undefined;
}
