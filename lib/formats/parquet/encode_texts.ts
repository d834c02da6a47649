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
  let range = new BytesRange();
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
  range = new BytesRange();
  const write = textWriter(dense);
  const pages: StoredPage[] = [];
  const { start } = buffer;
  let from = 0;
  let next = 0;
  for (let r = 0; from < rows;) {
    let at = start;
    for (; r < rows && at - start < PAGE_BYTES; r++) {
      if (!nulls || nulls[r] === 0) at = write(buffer, next++, at, range);
    }
    range.settle();
    pages.push(page(from, r, at - start, ENCODING.plain));
    from = r;
  }
  return chunkOf(pages, undefined, nullCount, range.range(true));
}

/** Writes the n-th text after its length; says where it ends. */
type TextWriter = (
  buffer: PageBuffer,
  n: number,
  at: number,
  range: BytesRange,
) => number;

function textWriter(dense: readonly string[] | TextSource): TextWriter {
  if ("kind" in dense) {
    if (dense.kind === "ids") return idWriter(dense);
    const { words, numbers } = dense;
    return textWriter(Array.from(numbers, (n) => words[n]));
  }
  return (buffer, n, at, range) => putOne(dense[n], buffer, at, range);
}

function putOne(
  text: string,
  buffer: PageBuffer,
  at: number,
  range: BytesRange,
): number {
  const used = at - buffer.start;
  const out = buffer.room(used + 4 + mostBytes(text), used);
  const end = putText(text, out, at + 4);
  putLength(end - at - 4, out, at);
  range.add(out, at + 4, end);
  return end;
}

/** Writes ids digit by digit; those of one length are ordered like their numbers. */
function idWriter(ids: TextSource & { kind: "ids" }): TextWriter {
  const { prefix, digits, numbers } = ids;
  const head = new TextEncoder().encode(prefix);
  const length = head.length + digits;
  const limit = 10 ** Math.min(9, digits);
  let least = Infinity;
  let greatest = -Infinity;
  let alike = true;
  return (buffer, n, at, range) => {
    const number = numbers[n];
    if (!(number >= 0 && number < limit)) {
      alike = false;
      return putOne(textOf(ids, number), buffer, at, range);
    }
    const used = at - buffer.start;
    const out = buffer.room(used + 4 + length, used);
    putLength(length, out, at);
    at += 4;
    for (let k = 0; k < head.length; k++) out[at + k] = head[k];
    let rest = number | 0;
    const first = at + head.length;
    for (let k = at + length - 1; k >= first; k--) {
      const tenth = rest / 10 | 0;
      out[k] = 48 + rest - 10 * tenth;
      rest = tenth;
    }
    if (!alike) range.add(out, at, at + length);
    else {
      if (number < least) {
        least = number;
        range.setMin(out, at, at + length);
      }
      if (number > greatest) {
        greatest = number;
        range.setMax(out, at, at + length);
      }
    }
    return at + length;
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
  const { start } = buffer;
  let at = start;
  for (const text of distinct) {
    // A text's bytes are no fewer than its UTF-16 units.
    if (at - start + text.length > DICTIONARY_BYTES) return undefined;
    at = putOne(text, buffer, at, range);
  }
  if (at - start > DICTIONARY_BYTES) return undefined;
  range.settle();
  return buffer.dictionaryPage(distinct.length, at - start);
}
