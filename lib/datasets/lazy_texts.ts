import type { TextSource, Vector } from "./batch.ts";

/** Texts that follow from numbers; strings are made when they are first asked for. */
export class LazyTexts implements Vector {
  readonly texts: TextSource;
  readonly nulls: Uint8Array | null;
  #values: readonly string[] | undefined;

  constructor(texts: TextSource, nulls: Uint8Array | null) {
    this.texts = texts;
    this.nulls = nulls;
  }

  get values(): readonly string[] {
    return this.#values ??= textsOf(this.texts);
  }
}

function textsOf(source: TextSource): string[] {
  const { numbers } = source;
  const values = new Array<string>(numbers.length);
  if (source.kind === "words") {
    for (let k = 0; k < values.length; k++) {
      values[k] = source.words[numbers[k]];
    }
  } else {
    const { prefix, digits } = source;
    for (let k = 0; k < values.length; k++) {
      values[k] = prefix + String(numbers[k]).padStart(digits, "0");
    }
  }
  return values;
}
