import { ServemarkError } from "../../core/errors.ts";
import { unknownName } from "../../core/names.ts";
import type { Watch } from "../../core/progress.ts";
import type { Batch } from "../../datasets/batch.ts";
import { type Fingerprint, Fingerprinter } from "../../datasets/fingerprint.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import type { TableSource } from "../../formats/source.ts";
import type { DriverSpec } from "../driver.ts";
import type {
  CostModel,
  LoadOptions,
  LoadStats,
  Platform,
  PlatformFacts,
  PlatformSettings,
} from "../platform.ts";
import { type ArenaSource, openArenaTable, packArena } from "./arena.ts";
import { batchOfTexts, RowBuffer } from "./rows.ts";

const DRIVERS = ["polled", "direct"];
const READ_ROWS = 4096;

/**
 * Opens the in-process platform: rows in shared memory, read by the workers
 * themselves. It is real, holds what it is given, and answers in well under a
 * microsecond, so it serves contracts and the engine's own ceiling. Settings
 * other than `name` go to its drivers: see `faults.ts`.
 */
export function openMemory(
  settings: PlatformSettings = {},
  _watch?: Watch,
): Promise<Platform> {
  return Promise.resolve(new Memory(settings));
}

class Memory implements Platform {
  readonly name: string;
  readonly kind = "memory";
  readonly title = "Memory";
  readonly strategies = ["sequential", "parallel", "batched"] as const;
  readonly drivers = DRIVERS;
  readonly cost: CostModel = {
    kind: "none",
    item: "memory of the benchmark's own process",
  };
  readonly #faults: DriverSpec["connection"];
  readonly #tables = new Map<string, TableSchema>();
  readonly #loading = new Map<string, RowBuffer>();
  readonly #finished = new Map<string, ArenaSource>();
  #arena: SharedArrayBuffer | undefined;

  constructor({ name, uri: _, ...faults }: PlatformSettings) {
    this.name = name ?? "memory";
    this.#faults = faults;
  }

  facts(): Promise<PlatformFacts> {
    return Promise.resolve({
      engine: "shared memory of this process",
      nature: "in-process",
      place: "this process",
      settings: {},
      caveats: ["No network and no server: this measures the engine itself."],
    });
  }

  create(tables: readonly TableSchema[]): Promise<void> {
    for (const table of tables) {
      this.#forget(table.name);
      this.#tables.set(table.name, table);
      this.#loading.set(table.name, new RowBuffer(table));
    }
    return Promise.resolve();
  }

  async load(
    table: TableSchema,
    batches: AsyncIterable<Batch>,
    options: LoadOptions = {},
  ): Promise<LoadStats> {
    const buffer = this.#loading.get(table.name);
    if (!buffer) {
      throw new ServemarkError(`Cannot load table "${table.name}"`, {
        cause: "it has not been created",
        remedy: "Create the table first; a finished table is created anew",
      });
    }
    const before = { rows: buffer.rows, bytes: buffer.size };
    for await (const batch of batches) {
      options.signal?.throwIfAborted();
      buffer.add(batch);
      options.onRows?.(batch.rows);
    }
    options.signal?.throwIfAborted();
    return {
      rows: buffer.rows - before.rows,
      bytes: buffer.size - before.bytes,
      retried: 0,
    };
  }

  finish(tables: readonly TableSchema[]): Promise<void> {
    for (const { name } of tables) {
      const buffer = this.#loading.get(name);
      if (!buffer) continue;
      this.#finished.set(name, buffer.sorted());
      this.#loading.delete(name);
      this.#arena = undefined;
    }
    return Promise.resolve();
  }

  async fingerprint(
    table: TableSchema,
    watch: Watch = {},
  ): Promise<Fingerprint> {
    const sum = new Fingerprinter();
    for await (const batch of this.#read(table, watch.signal)) sum.add(batch);
    return sum.digest();
  }

  source(tables?: readonly TableSchema[]): Promise<TableSource> {
    const known = tables ?? [...this.#tables.values()];
    return Promise.resolve({
      name: "memory",
      tables: known,
      notes: [],
      read: (name, { signal } = {}) =>
        this.#read(known.find((t) => t.name === name)!, signal),
      close: () => Promise.resolve(),
    });
  }

  async *#read(
    table: TableSchema,
    signal?: AbortSignal,
  ): AsyncGenerator<Batch> {
    const stored = this.#loading.get(table.name)?.sorted() ??
      this.#finished.get(table.name);
    if (!stored) {
      throw new ServemarkError(`Cannot read table "${table.name}"`, {
        cause: "it is not in memory",
      });
    }
    const { text, starts } = openArenaTable(packArena([stored]), table.name);
    let texts: string[] = [];
    let from = 0;
    for (let slot = 0; slot < starts.length - 1; slot++) {
      const row = text(slot);
      if (row !== undefined) texts.push(row);
      const last = slot === starts.length - 2;
      if (texts.length < READ_ROWS && !(last && texts.length > 0)) continue;
      signal?.throwIfAborted();
      yield batchOfTexts(table, from, texts);
      from += texts.length;
      texts = [];
      await new Promise((turn) => setTimeout(turn));
    }
  }

  existing(tables: readonly TableSchema[]): Promise<readonly string[]> {
    return Promise.resolve(
      tables.map((t) => t.name).filter((name) =>
        this.#loading.has(name) || this.#finished.has(name)
      ),
    );
  }

  drop(tables: readonly TableSchema[]): Promise<void> {
    for (const table of tables) this.#forget(table.name);
    return Promise.resolve();
  }

  driver(name = DRIVERS[0]): DriverSpec {
    if (!DRIVERS.includes(name)) {
      throw unknownName("driver of memory", name, DRIVERS);
    }
    this.#arena ??= packArena([...this.#finished.values()]);
    return {
      driver: `memory/${name}`,
      connection: { ...this.#faults, arena: this.#arena },
    };
  }

  close(): Promise<void> {
    this.#loading.clear();
    this.#finished.clear();
    this.#arena = undefined;
    return Promise.resolve();
  }

  #forget(name: string): void {
    this.#tables.delete(name);
    this.#loading.delete(name);
    if (this.#finished.delete(name)) this.#arena = undefined;
  }
}
