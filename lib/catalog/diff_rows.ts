import { createHash } from "node:crypto";
import type { Batch } from "../datasets/batch.ts";
import { columnPairs } from "../datasets/evolution.ts";
import type { TableSpec } from "../datasets/spec.ts";
import { compareKeys, type CursorColumns, RowCursor } from "./row_cursor.ts";

/** How the rows of two forms of a table differ, by key. */
export interface RowDiff {
  readonly added: number;
  readonly removed: number;
  /** Rows of the same key whose values differ, in columns that both have; `undefined` where they were not looked at. */
  readonly changed: number | undefined;
}

/** One form of a table: its rows, as often as they are asked for. */
export interface RowSource {
  readonly table: TableSpec;
  /** At most; how many passes there are depends on it. */
  readonly rows: number;
  batches(): AsyncIterable<Batch>;
}

/** Keys held in memory at a time: about 100 bytes each. */
const PASS_ROWS = 1_000_000;

/** How to compare. */
export interface CompareOptions {
  readonly signal?: AbortSignal;
  /** Told of rows read, now and then. */
  readonly onRows?: (rows: number) => void;
  /** Keys held in memory at a time. @default 1 million */
  readonly passRows?: number;
}

/**
 * Counts the rows that were added, removed and changed between two forms of a
 * table. Rows in the order of their keys are merged; others are compared in as
 * many passes as memory needs, each over a share of the keys. Memory does not
 * grow with the rows.
 */
export async function compareRows(
  before: RowSource,
  after: RowSource,
  options: CompareOptions = {},
): Promise<RowDiff> {
  const columns = sharedColumns(before.table, after.table);
  if (columns === undefined) {
    return { added: after.rows, removed: before.rows, changed: 0 };
  }
  return await merged(before, after, columns, options) ??
    await inPasses(before, after, columns, options);
}

interface Shared {
  readonly before: CursorColumns;
  readonly after: CursorColumns;
}

/** The columns that both forms have; `undefined` where they have not the same key. */
function sharedColumns(
  before: TableSpec,
  after: TableSpec,
): Shared | undefined {
  const pairs = columnPairs(before, after).flatMap((pair, place) =>
    pair.before
      ? [{ old: before.columns.indexOf(pair.before), now: place }]
      : []
  );
  const placesOf = (names: readonly string[], table: TableSpec) =>
    names.map((name) => table.columns.findIndex((c) => c.name === name));
  const oldKey = placesOf(before.key, before);
  const nowKey = placesOf(after.key, after);
  const same = oldKey.length === nowKey.length &&
    oldKey.every((old, k) =>
      pairs.some((pair) => pair.old === old && pair.now === nowKey[k])
    );
  if (!same) return undefined;
  return {
    before: { key: oldKey, values: pairs.map(({ old }) => old) },
    after: { key: nowKey, values: pairs.map(({ now }) => now) },
  };
}

/** Tells of rows, and hears of aborts, once in so many. */
const TELL_ROWS = 8192;

class Counter {
  readonly #options: CompareOptions;
  #rows = 0;

  constructor(options: CompareOptions) {
    this.#options = options;
  }

  row(): void {
    if (++this.#rows === TELL_ROWS) this.flush();
  }

  flush(): void {
    this.#options.signal?.throwIfAborted();
    this.#options.onRows?.(this.#rows);
    this.#rows = 0;
  }
}

/** Compares rows in the order of their keys; `undefined` where they are not in it. */
async function merged(
  before: RowSource,
  after: RowSource,
  columns: Shared,
  options: CompareOptions,
): Promise<RowDiff | undefined> {
  const counter = new Counter(options);
  const old = new Ascending(before, columns.before, counter);
  const now = new Ascending(after, columns.after, counter);
  let [added, removed, changed] = [0, 0, 0];
  try {
    await old.next();
    await now.next();
    while (old.key || now.key) {
      if (old.disordered || now.disordered) return undefined;
      const order = !old.key
        ? 1
        : !now.key
        ? -1
        : compareKeys(old.key, now.key);
      if (order < 0) removed++;
      else if (order > 0) added++;
      else if (old.cursor.text() !== now.cursor.text()) changed++;
      if (order <= 0) {
        const more = old.next();
        if (more) await more;
      }
      if (order >= 0) {
        const more = now.next();
        if (more) await more;
      }
    }
    counter.flush();
    return { added, removed, changed };
  } finally {
    await old.cursor.close();
    await now.cursor.close();
  }
}

/** A cursor that notices a key that is not above the one before. */
class Ascending {
  readonly cursor: RowCursor;
  readonly #counter: Counter;
  key: ReturnType<RowCursor["key"]> | undefined;
  disordered = false;

  constructor(source: RowSource, columns: CursorColumns, counter: Counter) {
    this.cursor = new RowCursor(source.table, source.batches(), columns);
    this.#counter = counter;
  }

  next(): void | Promise<void> {
    const there = this.cursor.next();
    if (typeof there === "boolean") return this.#take(there);
    return there.then((found) => this.#take(found));
  }

  #take(there: boolean): void {
    const key = there ? this.cursor.key() : undefined;
    if (key) this.#counter.row();
    if (key && this.key && compareKeys(this.key, key) >= 0) {
      this.disordered = true;
    }
    this.key = key;
  }
}

/** Compares rows in any order: a share of the keys at a time. */
async function inPasses(
  before: RowSource,
  after: RowSource,
  columns: Shared,
  options: CompareOptions,
): Promise<RowDiff> {
  const { passRows = PASS_ROWS } = options;
  const passes = Math.max(1, Math.ceil(before.rows / passRows));
  const counter = new Counter(options);
  let [added, removed, changed] = [0, 0, 0];
  for (let pass = 0; pass < passes; pass++) {
    const held = new Map<string, string>();
    const old = new RowCursor(before.table, before.batches(), columns.before);
    for (let more = old.next();; more = old.next()) {
      if (!(typeof more === "boolean" ? more : await more)) break;
      counter.row();
      const key = old.keyText();
      if (shareOf(key, passes) === pass) held.set(key, brief(old.text()));
    }
    const now = new RowCursor(after.table, after.batches(), columns.after);
    for (let more = now.next();; more = now.next()) {
      if (!(typeof more === "boolean" ? more : await more)) break;
      counter.row();
      const key = now.keyText();
      if (shareOf(key, passes) !== pass) continue;
      const text = held.get(key);
      if (text === undefined) added++;
      else if (text !== brief(now.text())) changed++;
      held.delete(key);
    }
    removed += held.size;
  }
  counter.flush();
  return { added, removed, changed };
}

/** Which pass a key belongs to (FNV-1a). */
function shareOf(key: string, passes: number): number {
  if (passes === 1) return 0;
  let h = 0x811c9dc5;
  for (let k = 0; k < key.length; k++) {
    h = Math.imul(h ^ key.charCodeAt(k), 0x01000193);
  }
  return (h >>> 0) % passes;
}

/** Stands for a row's text: itself where it is short, else its SHA-256. */
function brief(text: string): string {
  return text.length <= 44
    ? text
    : createHash("sha256").update(text).digest("base64");
}
