import type { Vector } from "../../datasets/batch.ts";
import type { ColumnSchema } from "../../datasets/schema.ts";
import { columnVector, WordVector } from "./column_vector.ts";
import type { Converted } from "./convert_bytes.ts";
import { Damage } from "./damage.ts";
import {
  type DenseReader,
  denseReader,
  type Lane,
  laneOf,
} from "./dense_reader.ts";
import { ENCODING, type Leaf } from "./metadata.ts";
import type { Page, PageReader } from "./page_reader.ts";
import { lengthAt } from "./read_texts.ts";
import { RleReader } from "./rle_reader.ts";

/** Entries of a dictionary, at most. */
const MAX_ENTRIES = 2 ** 24;

/** A data page that is being read. */
interface OpenPage {
  /** Rows that are left. */
  left: number;
  /** Tells NULLs; `undefined` where there can be none. */
  readonly levels: RleReader | undefined;
  /** The values, or their indexes in the dictionary. */
  readonly values: DenseReader | RleReader;
  readonly offset: number;
}

/** Reads one column of one row group, from its first row to its last. */
export class ColumnReader {
  readonly #leaf: Leaf;
  readonly #column: ColumnSchema;
  readonly #pages: PageReader;
  #rowsLeft: number;
  #dictionary: Lane | undefined;
  #page: OpenPage | undefined;
  #indexes = new Int32Array(0);

  constructor(
    leaf: Leaf,
    column: ColumnSchema,
    pages: PageReader,
    rows: number,
  ) {
    this.#leaf = leaf;
    this.#column = column;
    this.#pages = pages;
    this.#rowsLeft = rows;
  }

  /** The byte offset of the page that is being read. */
  get offset(): number {
    return this.#page?.offset ?? this.#pages.offset;
  }

  /** The next rows. */
  async read(rows: number): Promise<Vector> {
    const lane = laneOf(this.#leaf, rows);
    const flags = this.#leaf.nullable ? new Uint8Array(rows) : undefined;
    /** Of texts in dictionary pages: their numbers, in place of the lane. */
    let numbers: Float64Array | undefined;
    let missing = 0;
    for (let at = 0; at < rows;) {
      const page = await this.#open();
      const count = Math.min(page.left, rows - at);
      const absent = flags && page.levels
        ? readFlags(page.levels, flags, at, count)
        : 0;
      const present = count - absent;
      if (page.values instanceof RleReader) {
        const indexes = this.#readIndexes(page.values, present);
        if (Array.isArray(lane) && (numbers || at === 0) && this.#isText) {
          numbers ??= new Float64Array(rows);
          for (let k = 0; k < present; k++) numbers[at + k] = indexes[k];
        } else this.#look(indexes, lane, at, present);
      } else {
        if (numbers) {
          const known = numbers;
          for (let r = 0; r < at; r++) {
            (lane as Converted[])[r] = this.#dictionary![known[r]] as string;
          }
          numbers = undefined;
        }
        page.values.read(lane, at, present);
      }
      if (absent > 0) spread(numbers ?? lane, flags!, at, count, present);
      missing += absent;
      page.left -= count;
      this.#rowsLeft -= count;
      at += count;
      if (page.left === 0) await this.#close(page);
    }
    const nulls = missing > 0 ? flags! : null;
    if (nulls && !this.#column.nullable) {
      throw new Damage(`a value is NULL, which the column must not be`);
    }
    return numbers
      ? new WordVector(this.#dictionary as string[], numbers, nulls)
      : columnVector(this.#leaf, this.#column, lane, nulls);
  }

  get #isText(): boolean {
    return this.#column.type.kind === "text" &&
      this.#leaf.physical === "BYTE_ARRAY";
  }

  #readIndexes(runs: RleReader, count: number): Int32Array {
    if (this.#indexes.length < count) this.#indexes = new Int32Array(count);
    const indexes = this.#indexes;
    runs.read(indexes, 0, count);
    const entries = this.#dictionary!.length;
    let beyond = 0;
    for (let k = 0; k < count; k++) {
      if (indexes[k] >>> 0 >= entries) beyond++;
    }
    if (beyond > 0) {
      throw new Damage(`a value is none of the dictionary's ${entries}`);
    }
    return indexes;
  }

  #look(indexes: Int32Array, lane: Lane, at: number, count: number): void {
    const dictionary = this.#dictionary!;
    // One loop for each kind of array, for the compiler's sake.
    if (lane instanceof Float64Array) {
      const known = dictionary as Float64Array;
      for (let k = 0; k < count; k++) lane[at + k] = known[indexes[k]];
    } else if (lane instanceof BigInt64Array) {
      const known = halves(dictionary as BigInt64Array);
      const out = halves(lane);
      for (let k = 0; k < count; k++) {
        const from = 2 * indexes[k];
        const to = 2 * (at + k);
        out[to] = known[from];
        out[to + 1] = known[from + 1];
      }
    } else {
      const known = dictionary as Converted[];
      for (let k = 0; k < count; k++) lane[at + k] = known[indexes[k]];
    }
  }

  async #open(): Promise<OpenPage> {
    while (!this.#page) {
      const page = await this.#pages.next();
      if (!page) {
        throw new Damage(
          `it ends ${this.#rowsLeft} rows before its row group`,
          this.#pages.offset,
        );
      }
      if (page.header.kind === "dictionary") this.#addDictionary(page);
      else if (page.header.values > this.#rowsLeft) {
        throw new Damage("a page has more rows than are left", page.offset);
      } else if (page.header.values > 0) this.#page = this.#start(page);
    }
    return this.#page;
  }

  #addDictionary({ header, bytes, offset }: Page): void {
    const { encoding, values } = header;
    const plain = encoding === ENCODING.plain ||
      encoding === ENCODING.plainDictionary;
    if (this.#dictionary || !plain || values > MAX_ENTRIES) {
      throw new Damage("its dictionary is not the one it can have", offset);
    }
    const reader = this.#dense(ENCODING.plain, bytes, 0, values);
    // A value takes a bit at least.
    if (values > bytes.length * 8) {
      throw new Damage("its dictionary ends early", offset);
    }
    const lane = laneOf(this.#leaf, values);
    reader.read(lane, 0, values);
    if (!reader.done()) {
      throw new Damage("its dictionary has more than its values", offset);
    }
    this.#dictionary = lane;
  }

  #start({ header, bytes, offset }: Page): OpenPage {
    const { encoding, values, v2 } = header;
    let at = 0;
    let levels: RleReader | undefined;
    if (v2) {
      at = v2.levels;
      if (this.#leaf.nullable) {
        levels = new RleReader(bytes, v2.repetition, v2.levels, 1);
      }
    } else if (this.#leaf.nullable) {
      if (header.levelEncoding !== ENCODING.rle) {
        throw new Damage(
          `a page has levels in encoding ${header.levelEncoding}, not 3 (RLE)`,
        );
      }
      const length = lengthAt(bytes, 0);
      levels = new RleReader(bytes, 4, 4 + length, 1);
      at = 4 + length;
    }
    const indexed = encoding === ENCODING.rleDictionary ||
      encoding === ENCODING.plainDictionary;
    return {
      left: values,
      levels,
      offset,
      values: indexed
        ? this.#indexReader(bytes, at)
        : this.#dense(encoding, bytes, at, values),
    };
  }

  #indexReader(bytes: Uint8Array, at: number): RleReader {
    if (!this.#dictionary) {
      throw new Damage("a page asks for a dictionary that is not there");
    }
    // A page of NULLs has nothing to index, not even its width in some files.
    return new RleReader(bytes, at + 1, bytes.length, bytes[at] ?? 0);
  }

  #dense(
    encoding: number,
    bytes: Uint8Array,
    from: number,
    most: number,
  ): DenseReader {
    return denseReader(this.#leaf, this.#column, encoding, bytes, from, most);
  }

  /** Leaves a page whose rows are read; after the last there must be no other rows. */
  async #close(page: OpenPage): Promise<void> {
    if (!(page.values instanceof RleReader) && !page.values.done()) {
      throw new Damage("a page has more than its rows", page.offset);
    }
    this.#page = undefined;
    if (this.#rowsLeft > 0) return;
    const next = await this.#pages.next();
    if (next && next.header.values > 0) {
      throw new Damage("it has more rows than its row group", next.offset);
    }
  }
}

/** Reads levels as flags, 1 where NULL; says how many are. */
function readFlags(
  levels: RleReader,
  flags: Uint8Array,
  at: number,
  count: number,
): number {
  levels.read(flags, at, count);
  let present = 0;
  for (let k = at; k < at + count; k++) {
    present += flags[k];
    flags[k] ^= 1;
  }
  return count - present;
}

/** Moves values that lie close together to the rows that are not NULL. */
function spread(
  lane: Lane,
  flags: Uint8Array,
  at: number,
  count: number,
  present: number,
): void {
  let from = at + present;
  if (lane instanceof Float64Array) {
    for (let r = at + count - 1; r >= at; r--) {
      lane[r] = flags[r] === 0 ? lane[--from] : 0;
    }
  } else if (lane instanceof BigInt64Array) {
    const words = halves(lane);
    for (let r = at + count - 1; r >= at; r--) {
      const some = flags[r] === 0;
      if (some) from--;
      words[2 * r] = some ? words[2 * from] : 0;
      words[2 * r + 1] = some ? words[2 * from + 1] : 0;
    }
  } else {
    for (let r = at + count - 1; r >= at; r--) {
      if (flags[r] === 0) lane[r] = lane[--from];
      else (lane as (Converted | undefined)[])[r] = undefined;
    }
  }
}

function halves(longs: BigInt64Array): Int32Array {
  return new Int32Array(longs.buffer, longs.byteOffset, 2 * longs.length);
}
