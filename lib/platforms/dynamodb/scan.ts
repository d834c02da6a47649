import { ServemarkError } from "../../core/errors.ts";
import type { Watch } from "../../core/progress.ts";
import type { Batch } from "../../datasets/batch.ts";
import { type Fingerprint, Fingerprinter } from "../../datasets/fingerprint.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import type { DynamodbClient } from "./client.ts";
import { type Item, itemBatch } from "../../formats/dynamodb_json/items.ts";

interface Page {
  readonly Items: readonly Item[];
  readonly LastEvaluatedKey?: Item;
}

/** Rows that make a segment of its own worth while. */
const ROWS_A_SEGMENT = 20_000;

/**
 * A table's rows, scanned in segments at the same time, in no order. In memory
 * is a page (up to 1 MB) a segment.
 *
 * @param check looks at the items of each page
 */
export async function* scanTable(
  client: DynamodbClient,
  name: string,
  table: TableSchema,
  signal?: AbortSignal,
  check: (items: readonly Item[]) => void = () => {},
): AsyncGenerator<Batch> {
  const segments = Math.max(
    1,
    Math.min(client.lanes, Math.ceil(table.rows / ROWS_A_SEGMENT)),
  );
  const lanes = Array.from(
    { length: segments },
    (_, segment) => pages(client, name, segment, segments, signal),
  );
  // The next page of each segment is fetched while others are being used.
  const ask = async (lane: number) => ({
    lane,
    page: await lanes[lane].next(),
  });
  const asked = new Map(lanes.map((_, lane) => [lane, ask(lane)]));
  let from = 0;
  try {
    while (asked.size > 0) {
      const { lane, page } = await Promise.race(asked.values());
      if (page.done) {
        asked.delete(lane);
        continue;
      }
      asked.set(lane, ask(lane));
      check(page.value);
      const batch = itemBatch(table, page.value);
      yield { ...batch, from };
      from += batch.rows;
    }
  } finally {
    await Promise.allSettled(asked.values());
  }
}

/** Refuses items with an attribute that no column stands for: it would be lost in silence. */
export function refuseUnknown(
  table: TableSchema,
  items: readonly Item[],
): void {
  const known = new Set(table.columns.map(({ name }) => name));
  for (const item of items) {
    for (const name of Object.keys(item)) {
      if (known.has(name)) continue;
      throw new ServemarkError(`Cannot read table ${table.name}`, {
        cause:
          `an item has the attribute "${name}", which no column stands for`,
        place: table.key.map((key) => `${key} ${JSON.stringify(item[key])}`)
          .join(", "),
        remedy: "Declare the column, or remove the attribute",
      });
    }
  }
}

async function* pages(
  client: DynamodbClient,
  name: string,
  segment: number,
  segments: number,
  signal?: AbortSignal,
): AsyncGenerator<readonly Item[]> {
  let start: Item | undefined;
  do {
    const page: Page = await client.json<Page>("Scan", {
      TableName: name,
      Segment: segment,
      TotalSegments: segments,
      ConsistentRead: true,
      ExclusiveStartKey: start,
    }, signal);
    if (page.Items.length > 0) yield page.Items;
    // Pages end where the service says, not where they are short or empty.
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}

/** The fingerprint of a table, from a scan in segments, hashed here. */
export async function scanFingerprint(
  client: DynamodbClient,
  name: string,
  table: TableSchema,
  watch: Watch = {},
): Promise<Fingerprint> {
  const fingerprinter = new Fingerprinter();
  let done = 0;
  for await (const batch of scanTable(client, name, table, watch.signal)) {
    fingerprinter.add(batch);
    done += batch.rows;
    watch.progress?.({
      step: "Verify DynamoDB",
      done,
      total: table.rows,
      unit: "rows",
      detail: table.name,
    });
  }
  return fingerprinter.digest();
}
