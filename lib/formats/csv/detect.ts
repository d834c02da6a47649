import { ServemarkError } from "../../core/errors.ts";
import { type CsvDialect, OWN_DIALECT } from "./dialect.ts";
import { FieldText } from "./field_text.ts";
import { CsvRecords, PLAIN } from "./records.ts";

const DELIMITERS = [",", ";", "\t", "|"];
const QUOTES = ['"', "'"];
/** Records that a dialect is judged by. */
const RECORDS = 200;
const BYTES = 1 << 18;

/** A field of a sample. */
export interface SampleField {
  readonly text: string;
  readonly quoted: boolean;
}

/**
 * Finds out how a file is written, from its beginning.
 *
 * @param sample the file's first bytes, without a byte order mark
 * @param whole whether that is all of it
 */
export function detectDialect(
  sample: Uint8Array,
  whole: boolean,
  name: string,
  said: Partial<CsvDialect> = {},
): CsvDialect {
  const head = sample.subarray(0, BYTES);
  const last = whole && head.length === sample.length;
  let best: CsvDialect = { ...OWN_DIALECT, ...said };
  let most = -1;
  for (const quote of said.quote ? [said.quote] : QUOTES) {
    for (const delimiter of said.delimiter ? [said.delimiter] : DELIMITERS) {
      const dialect = { ...best, quote, delimiter };
      const score = scoreOf(head, last, name, dialect);
      if (score > most) [best, most] = [dialect, score];
    }
  }
  if (said.header !== undefined) return best;
  const rows = sampleRows(head, last, name, best, RECORDS);
  return { ...best, header: looksLikeHeader(rows) };
}

/** How well a dialect explains a file: fields a record, where all have as many. */
function scoreOf(
  head: Uint8Array,
  last: boolean,
  name: string,
  dialect: CsvDialect,
): number {
  const records = new CsvRecords(name, dialect);
  records.push(head);
  if (last) records.finish();
  const counts = new Map<number, number>();
  let quoted = 0;
  let all = 0;
  try {
    while (all < RECORDS && records.next()) {
      if (records.blank) continue;
      all++;
      counts.set(records.count, (counts.get(records.count) ?? 0) + 1);
      for (let f = 0; f < records.count; f++) {
        if (records.ways[f] !== PLAIN) quoted++;
      }
    }
  } catch (error) {
    // What cannot be read this way is not written this way.
    if (error instanceof ServemarkError) return -1;
    throw error;
  }
  let [width, often] = [1, 0];
  for (const [count, times] of counts) {
    if (times > often) [width, often] = [count, times];
  }
  if (all === 0) return 0;
  const share = often / all;
  // Single quotes only where they are there.
  const doubt = dialect.quote === "'" && quoted === 0 ? 0.5 : 0;
  return width === 1
    ? 0.1 - doubt / 10 + (quoted > 0 ? 0.01 : 0)
    : (share === 1 ? 1000 : 10 * share) + width + Math.min(quoted, 1) / 2 -
      doubt;
}

/** A sample's first records, without blank lines. */
export function sampleRows(
  sample: Uint8Array,
  whole: boolean,
  name: string,
  dialect: CsvDialect,
  most: number,
): SampleField[][] {
  const records = new CsvRecords(name, dialect);
  const reader = new FieldText(name, dialect.quote);
  records.push(sample);
  if (whole) records.finish();
  const rows: SampleField[][] = [];
  while (rows.length < most && records.next()) {
    if (records.blank) continue;
    const { bytes, starts, ends, ways, line } = records;
    rows.push(
      Array.from({ length: records.count }, (_, f) => ({
        text: reader.read(
          bytes,
          starts[f],
          ends[f],
          ways[f] > 1,
          line,
          starts[0],
        ),
        quoted: ways[f] !== PLAIN,
      })),
    );
  }
  return rows;
}

const NAME = /^[\p{L}_][\p{L}\p{N}_ .:()/%#-]*$/u;
const VALUE = /^(?:[+-]?[\d.]|true$|false$|NULL$|\\N$|NaN$)/i;

/** A first record of names, none of which is a value. */
function looksLikeHeader(rows: readonly SampleField[][]): boolean {
  const [first, ...rest] = rows;
  if (first === undefined) return true;
  const texts = first.map((field) => field.text);
  if (texts.some((text) => VALUE.test(text.trim()))) return false;
  const different = new Set(texts).size === texts.length;
  if (different && texts.every((text) => NAME.test(text.trim()))) return true;
  // Names of no usual form: then some column must hold values below its name.
  return rest.length > 0 &&
    texts.some((_, c) => rest.every((row) => VALUE.test(row[c]?.text ?? "")));
}
