import type { TextSource } from "../../datasets/batch.ts";
import type { ColumnSchema } from "../../datasets/schema.ts";
import { type GatheredColumn, textOf } from "./column_gather.ts";
import {
  chunkOf,
  countNulls,
  type EncodedChunk,
  Misfit,
  pageNulls,
} from "./encode_chunk.ts";
import { denseNumbers, indexBytes } from "./encode_numbers.ts";
import { ENCODING } from "./metadata.ts";
import type { PageBuffer, StoredPage } from "./page_buffer.ts";
import { mostBytes, putLength, putText } from "./put_text.ts";
import { BytesRange } from "./statistics.ts";
import {
  sourceDictionary,
  stringDictionary,
  type TextDictionary,
} from "./text_dictionary.ts";

/** A page of texts ends after so many bytes. */
const PAGE_BYTES = 2 ** 20;

/** Bytes of a dictionary's texts, at most. */
const DICTIONARY_BYTES = 2 ** 20;

/** Encodes texts: by a dictionary where few are distinct, else plainly, in pages of about 1 MiB. */
export function encodeTexts(
  column: ColumnSchema,
  { rows, nulls, texts, values }: GatheredColumn,
  buffer: PageBuffer,
): EncodedChunk {
  const nullCount = countNulls(nulls, 0, rows);
  const page = (from: number, to: number, bytes: number, encoding: number) =>
    buffer.dataPage(
      to - from,
      bytes,
      encoding,
      pageNulls(column, nulls, from, to),
    );
  const dense = texts
    ? { ...texts, numbers: denseNumbers(texts.numbers, rows, nulls, nullCount) }
    : denseTexts(values as readonly string[], rows, nulls);
  const range = new BytesRange();
  const dictionary = Array.isArray(dense)
    ? stringDictionary(dense)
    : sourceDictionary(dense as TextSource);
  const stored = dictionary && storeDictionary(dictionary, buffer, range);
  if (stored) {
    const { distinct, indexes } = dictionary!;
    const bytes = indexBytes(indexes, distinct.length, buffer);
    return chunkOf(
      [page(0, rows, bytes, ENCODING.rleDictionary)],
      stored,
      nullCount,
      range.range(true),
    );
  }
  const write = textWriter(dense);
  const pages: StoredPage[] = [];
  const { start } = buffer;
  let from = 0;
  let next = 0;
  let at = start;
  for (let r = 0; r < rows; r++) {
    if (nulls && nulls[r] === 1) continue;
    const end = write(buffer, next++, at);
    const out = buffer.room(0);
    putLength(end - at - 4, out, at);
    range.add(out, at + 4, end);
    at = end;
    if (at - start >= PAGE_BYTES) {
      pages.push(page(from, r + 1, at - start, ENCODING.plain));
      from = r + 1;
      at = start;
    }
  }
  if (from < rows) pages.push(page(from, rows, at - start, ENCODING.plain));
  return chunkOf(pages, undefined, nullCount, range.range(true));
}

/** Writes the n-th text four bytes after `at`; says where it ends. */
type TextWriter = (buffer: PageBuffer, n: number, at: number) => number;

function textWriter(dense: readonly string[] | TextSource): TextWriter {
  if (!("kind" in dense)) {
    return (buffer, n, at) => {
      const text = dense[n];
      const used = at - buffer.start;
      const out = buffer.room(used + 4 + mostBytes(text), used);
      return putText(text, out, at + 4);
    };
  }
  const { numbers } = dense;
  if (dense.kind === "words") {
    const { words } = dense;
    return textWriter(Array.from(numbers, (n) => words[n]));
  }
  const { prefix, digits } = dense;
  const head = new TextEncoder().encode(prefix);
  const limit = 10 ** Math.min(9, digits);
  return (buffer, n, at) => {
    const number = numbers[n];
    const used = at - buffer.start;
    if (!(number >= 0 && number < limit)) {
      const text = textOf(dense, number);
      const out = buffer.room(used + 4 + mostBytes(text), used);
      return putText(text, out, at + 4);
    }
    const out = buffer.room(used + 4 + head.length + digits, used);
    at += 4;
    for (let k = 0; k < head.length; k++) out[at + k] = head[k];
    at += head.length;
    let rest = number | 0;
    for (let k = at + digits - 1; k >= at; k--) {
      const tenth = rest / 10 | 0;
      out[k] = 48 + rest - 10 * tenth;
      rest = tenth;
    }
    return at + digits;
  };
}

function denseTexts(
  values: readonly string[],
  rows: number,
  nulls: Uint8Array | null,
): string[] {
  const dense: string[] = [];
  for (let r = 0; r < rows; r++) {
    if (nulls && nulls[r] === 1) continue;
    if (typeof values[r] !== "string") throw new Misfit(r, values[r]);
    dense.push(values[r]);
  }
  return dense;
}

function storeDictionary(
  { distinct }: TextDictionary,
  buffer: PageBuffer,
  range: BytesRange,
): StoredPage | undefined {
  const write = textWriter(distinct);
  const { start } = buffer;
  let at = start;
  for (let k = 0; k < distinct.length; k++) {
    // A text's bytes are no fewer than its UTF-16 units.
    if (at - start + distinct[k].length > DICTIONARY_BYTES) return undefined;
    const end = write(buffer, k, at);
    putLength(end - at - 4, buffer.room(0), at);
    at = end;
  }
  if (at - start > DICTIONARY_BYTES) return undefined;
  const out = buffer.room(0);
  for (let p = start; p < at;) {
    const length = out[p] | out[p + 1] << 8 | out[p + 2] << 16;
    range.add(out, p + 4, p + 4 + length);
    p += 4 + length;
  }
  return buffer.dictionaryPage(distinct.length, at - start);
}
