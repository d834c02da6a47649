import { type Fingerprint, Fingerprinter } from "../../datasets/fingerprint.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import type { Watch } from "../../core/progress.ts";
import type { DynamodbClient } from "./client.ts";
import { type Item, itemBatch } from "./items.ts";

interface Page {
  readonly Items: readonly Item[];
  readonly LastEvaluatedKey?: Item;
}

/** Rows that make a segment of its own worth while. */
const ROWS_A_SEGMENT = 20_000;

/** The fingerprint of a table, from a scan in segments, hashed here. */
export async function scanFingerprint(
  client: DynamodbClient,
  name: string,
  table: TableSchema,
  watch: Watch = {},
): Promise<Fingerprint> {
  const segments = Math.max(
    1,
    Math.min(client.lanes, Math.ceil(table.rows / ROWS_A_SEGMENT)),
  );
  const fingerprinter = new Fingerprinter();
  let done = 0;
  const scan = async (segment: number) => {
    let start: Item | undefined;
    do {
      const page: Page = await client.json<Page>("Scan", {
        TableName: name,
        Segment: segment,
        TotalSegments: segments,
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }, watch.signal);
      fingerprinter.add(itemBatch(table, page.Items));
      done += page.Items.length;
      watch.progress?.({
        step: "Verify DynamoDB",
        done,
        total: table.rows,
        unit: "rows",
        detail: table.name,
      });
      // Pages end where the service says, not where they are short or empty.
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  };
  await Promise.all(Array.from({ length: segments }, (_, s) => scan(s)));
  return fingerprinter.digest();
}
