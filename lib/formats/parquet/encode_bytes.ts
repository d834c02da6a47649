import type { ColumnSchema } from "../../datasets/schema.ts";
import type { GatheredColumn } from "./column_gather.ts";
import {
  chunkOf,
  countNulls,
  type EncodedChunk,
  Misfit,
  pageNulls,
} from "./encode_chunk.ts";
import { ENCODING } from "./metadata.ts";
import type { PageBuffer, StoredPage } from "./page_buffer.ts";
import { putLength } from "./put_text.ts";
import { BytesRange } from "./statistics.ts";

/** A page of bytes ends after so many. */
const PAGE_BYTES = 2 ** 20;

/** Encodes byte strings plainly, in pages of about 1 MiB. */
export function encodeBytes(
  column: ColumnSchema,
  { rows, nulls, values }: GatheredColumn,
  buffer: PageBuffer,
): EncodedChunk {
  const range = new BytesRange();
  const pages: StoredPage[] = [];
  const { start } = buffer;
  let from = 0;
  let at = start;
  const endPage = (to: number) => {
    pages.push(buffer.dataPage(
      to - from,
      at - start,
      ENCODING.plain,
      pageNulls(column, nulls, from, to),
    ));
    from = to;
    at = start;
  };
  for (let r = 0; r < rows; r++) {
    if (nulls && nulls[r] === 1) continue;
    const value: unknown = values![r];
    if (!(value instanceof Uint8Array)) throw new Misfit(r, value);
    const out = buffer.room(at - start + 4 + value.length, at - start);
    putLength(value.length, out, at);
    out.set(value, at + 4);
    range.add(value, 0, value.length);
    at += 4 + value.length;
    if (at - start >= PAGE_BYTES) endPage(r + 1);
  }
  if (from < rows) endPage(rows);
  const nullCount = countNulls(nulls, 0, rows);
  return chunkOf(pages, undefined, nullCount, range.range(false));
}
