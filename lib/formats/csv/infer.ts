import { ServemarkError } from "../../core/errors.ts";
import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";
import { detectDialect, sampleRows } from "./detect.ts";
import type { CsvDialect } from "./dialect.ts";
import { NULL_WORDS, TypeGuess } from "./guess.ts";
import { MOST_BYTES, MOST_COLUMNS } from "./records.ts";
import { withoutMark } from "./without_mark.ts";

/** How a file is looked at. */
export interface CsvInferOptions {
  /** What the file is called in errors. */
  readonly name: string;
  /** The table's name. */
  readonly table: string;
  /** Bytes that are looked at. @default 4 MiB */
  readonly sampleBytes?: number;
  /** Bytes of the whole content, where they are known: for the number of rows. */
  readonly totalBytes?: number;
  /** What is known of how it is written. */
  readonly dialect?: Partial<CsvDialect>;
}

/** What was seen of a column. */
export interface CsvColumnSeen {
  /** Values of the sample that are not NULL. */
  readonly values: number;
  readonly nulls: number;
  /** A few of them. */
  readonly examples: readonly string[];
}

/** What a file looks like. */
export interface CsvInference {
  readonly dialect: CsvDialect;
  /** Columns with their types; `rows` is an estimate unless `complete`, and no key is named. */
  readonly table: TableSchema;
  /** Names as the header has them, where there is one. */
  readonly header?: readonly string[];
  /** For each column. */
  readonly seen: readonly CsvColumnSeen[];
  /** Records that were looked at. */
  readonly rows: number;
  /** Whether that was all of them: then types are as narrow as can be. */
  readonly complete: boolean;
  /** For people: what was decided, and why. */
  readonly notes: readonly string[];
}

const SAMPLE = 1 << 22;
const ROWS = 50_000;

/**
 * Finds out how a CSV file is written and which types hold its values, from its
 * beginning. What it says is an assumption about the rest, which `readCsv`
 * checks row by row.
 *
 * @throws {ServemarkError} for an empty file, one that is not text, or one
 * with records of different lengths
 */
export async function inferCsv(
  content: AsyncIterable<Uint8Array>,
  options: CsvInferOptions,
): Promise<CsvInference> {
  const { name } = options;
  const { bytes: sample, whole } = await takeSample(
    content,
    options.sampleBytes ?? SAMPLE,
  );
  checkText(sample, name);
  const dialect = detectDialect(sample, whole, name, options.dialect);
  const records = sampleRows(sample, whole, name, dialect, ROWS + 1);
  if (records.length === 0) {
    throw new ServemarkError(`Cannot read ${name}`, {
      cause: sample.length === 0
        ? "it is empty"
        : `its first ${sample.length} bytes hold no whole record`,
      place: `${name}, line 1`,
      remedy: sample.length === 0
        ? undefined
        : "Look whether it is a text file with lines",
    });
  }
  const header = dialect.header
    ? records[0].map((field) => field.text)
    : undefined;
  const rows = header ? records.slice(1) : records;
  const complete = whole && records.length <= ROWS;
  const width = records[0].length;
  if (width > MOST_COLUMNS) throw new RangeError("Too many columns");
  const guesses = Array.from({ length: width }, () => new TypeGuess());
  for (const row of rows) {
    // Records of other lengths are reported by the reading, with their line.
    for (let c = 0; c < width && c < row.length; c++) {
      const { text, quoted } = row[c];
      if (text === "" && !quoted) guesses[c].addNull();
      else guesses[c].add(text, quoted);
    }
  }
  const nulls = nullWords(guesses, complete);
  const types = guesses.map((guess) => guess.type(complete));
  const names = uniqueNames(header ?? guesses.map(() => ""));
  const columns = guesses.map((guess, c): ColumnSchema => ({
    name: names[c],
    type: types[c],
    nullable: !complete || guess.nulls > 0 ||
      nulls.some((word) =>
        guess.words.has(word) && (types[c].kind !== "text" || word === "\\N")
      ),
  }));
  const table: TableSchema = {
    name: options.table,
    entity: options.table,
    columns,
    key: [],
    keyForm: { as: "listed" },
    rows: complete
      ? rows.length
      : estimate(rows.length, sample.length, options.totalBytes),
  };
  return {
    dialect: { ...dialect, nulls },
    table,
    ...(header ? { header } : {}),
    seen: guesses.map(({ values, nulls, examples }) => ({
      values,
      nulls,
      examples,
    })),
    rows: rows.length,
    complete,
    notes: notesOf(dialect, nulls, header, names),
  };
}

/** The first bytes, up to the last line's end where more follow. */
async function takeSample(
  content: AsyncIterable<Uint8Array>,
  wanted: number,
): Promise<{ bytes: Uint8Array; whole: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let whole = true;
  let lines = 0;
  for await (const chunk of withoutMark(content)) {
    chunks.push(chunk.slice());
    length += chunk.length;
    for (let k = 0; k < chunk.length && lines < 3; k++) {
      if (chunk[k] === 10 || chunk[k] === 13) lines++;
    }
    // A few lines at least, however long they are.
    if (length >= wanted && lines >= 3 || length >= MOST_BYTES) {
      whole = false;
      break;
    }
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return { bytes, whole };
}

/** Refuses what other formats begin with, which would be read as nonsense. */
function checkText(sample: Uint8Array, name: string): void {
  const start = String.fromCharCode(...sample.subarray(0, 5));
  const other = start.startsWith("PAR1")
    ? "Parquet"
    : start.startsWith("PGDMP")
    ? "a pg_dump archive"
    : start.startsWith("PK\x03\x04")
    ? "a ZIP file, or a spreadsheet"
    : start.startsWith("\xff\xfe") || start.startsWith("\xfe\xff")
    ? "text in UTF-16"
    : undefined;
  if (other === undefined) return;
  throw new ServemarkError(`Cannot read ${name} as CSV`, {
    cause: `it is ${other}`,
    place: `${name}, byte 0`,
    remedy: other.includes("UTF-16")
      ? "Convert it to UTF-8, for example with iconv"
      : "Name its format, or export it as CSV",
  });
}

/** The words that stand for NULL: in a column where all else is of another type than text. */
function nullWords(
  guesses: readonly TypeGuess[],
  complete: boolean,
): string[] {
  const found = new Set<string>();
  for (const guess of guesses) {
    if (guess.words.size === 0) continue;
    const typed = guess.values > 0 && guess.type(complete).kind !== "text";
    for (const word of guess.words.keys()) {
      if (typed || word === "\\N") found.add(word);
    }
  }
  return NULL_WORDS.filter((word) => found.has(word));
}

/** Names that differ, made up where there are none. */
function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set(names);
  const used = new Set<string>();
  return names.map((given, c) => {
    const base = given.trim() === "" ? `column_${c + 1}` : given;
    let name = base;
    for (let n = 2; used.has(name) || name !== given && taken.has(name); n++) {
      name = `${base}_${n}`;
    }
    used.add(name);
    return name;
  });
}

function estimate(rows: number, bytes: number, total?: number): number {
  return Math.max(rows, Math.round(rows * Math.max(1, (total ?? 0) / bytes)));
}

const DELIMITER_NAMES: Readonly<Record<string, string>> = {
  ";": "semicolons",
  "\t": "tabs",
  "|": "bars",
};

function notesOf(
  dialect: CsvDialect,
  nulls: readonly string[],
  header: readonly string[] | undefined,
  names: readonly string[],
): string[] {
  const notes: string[] = [];
  const between = DELIMITER_NAMES[dialect.delimiter];
  if (between) notes.push(`fields are separated by ${between}`);
  if (dialect.quote !== '"') {
    notes.push(`fields are quoted by ${dialect.quote}`);
  }
  if (nulls.length > 0) notes.push(`NULL is written as ${nulls.join(", ")}`);
  if (!header) {
    notes.push(
      `there is no header: columns are called ${names[0]} to ${names.at(-1)}`,
    );
  }
  header?.forEach((given, c) => {
    if (given !== names[c]) {
      notes.push(`column ${c + 1}, "${given}", is called "${names[c]}"`);
    }
  });
  return notes;
}
