/** A column's words as they stand in the file, one after the other. */
export interface CsvWords {
  /** The words that these are. */
  readonly of: readonly string[];
  readonly bytes: Uint8Array;
  /** Where each begins; one more for the end. */
  readonly starts: Int32Array;
  /** Bytes of the longest. */
  readonly longest: number;
}

/** Encodes words one after the other. */
export function encodeWords(
  words: readonly string[],
  encode: (word: string) => Uint8Array,
): CsvWords {
  const encoded = words.map(encode);
  const starts = new Int32Array(words.length + 1);
  encoded.forEach((e, w) => starts[w + 1] = starts[w] + e.length);
  const bytes = new Uint8Array(starts[words.length]);
  encoded.forEach((e, w) => bytes.set(e, starts[w]));
  const longest = encoded.reduce((most, e) => Math.max(most, e.length), 0);
  return { of: words, bytes, starts, longest };
}
