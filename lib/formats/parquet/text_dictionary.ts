import type { TextSource } from "../../datasets/batch.ts";
import {
  isHopeless,
  mostDistinct,
  numberDictionary,
} from "./number_dictionary.ts";
import { textOf } from "./column_gather.ts";

/** Distinct texts, in the order of their first rows, and each row's index among them. */
export interface TextDictionary {
  readonly distinct: readonly string[];
  readonly indexes: Int32Array;
}

/** The dictionary of texts; `undefined` where it is not worth it. */
export function stringDictionary(
  texts: readonly string[],
): TextDictionary | undefined {
  const count = texts.length;
  const most = mostDistinct(count);
  const places = new Map<string, number>();
  const distinct: string[] = [];
  const indexes = new Int32Array(count);
  for (let k = 0; k < count; k++) {
    if (isHopeless(distinct.length, k)) return undefined;
    let index = places.get(texts[k]);
    if (index === undefined) {
      if (distinct.length === most) return undefined;
      index = distinct.length;
      distinct.push(texts[k]);
      places.set(texts[k], index);
    }
    indexes[k] = index;
  }
  return { distinct, indexes };
}

/** The very dictionary of the texts that numbers stand for, without making each. */
export function sourceDictionary(
  source: TextSource,
): TextDictionary | undefined {
  return source.kind === "words"
    ? wordDictionary(source.words, source.numbers)
    : idDictionary(source, source.numbers);
}

function wordDictionary(
  words: readonly string[],
  numbers: Float64Array,
): TextDictionary | undefined {
  const count = numbers.length;
  const most = mostDistinct(count);
  /** A word's index plus one. */
  const indexOf = new Int32Array(words.length);
  const places = new Map<string, number>();
  const distinct: string[] = [];
  const indexes = new Int32Array(count);
  for (let k = 0; k < count; k++) {
    if (isHopeless(distinct.length, k)) return undefined;
    let index = indexOf[numbers[k]];
    if (index === 0) {
      // Two words may be the same text.
      const word = words[numbers[k]];
      index = places.get(word) ?? 0;
      if (index === 0) {
        if (distinct.length === most) return undefined;
        index = distinct.push(word);
        places.set(word, index);
      }
      indexOf[numbers[k]] = index;
    }
    indexes[k] = index - 1;
  }
  return { distinct, indexes };
}

function idDictionary(
  source: TextSource,
  numbers: Float64Array,
): TextDictionary | undefined {
  // The texts' rule is the hashed numbers': a range tells nothing of texts.
  const found = numberDictionary(numbers, -Infinity, Infinity);
  return found && {
    distinct: Array.from(found.distinct, (n) => textOf(source, n)),
    indexes: found.indexes,
  };
}
