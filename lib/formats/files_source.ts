import { pick } from "../core/names.ts";
import type { Batch } from "../datasets/batch.ts";
import type { TableSchema } from "../datasets/schema.ts";
import type { Store } from "../stores/store.ts";
import type { ReadOptions, TableSource } from "./source.ts";

/** What was found where a format was opened. */
export interface FoundFiles<T> {
  readonly store: Store;
  readonly name: string;
  readonly tables: readonly T[];
  readonly notes: readonly string[];
  readonly identity?: TableSource["identity"];
  readonly fingerprints?: TableSource["fingerprints"];
}

/** Tables in files of a store; `T` is a table and what reading it takes. */
export abstract class FilesSource<T extends { readonly table: TableSchema }>
  implements TableSource {
  readonly name: string;
  readonly tables: readonly TableSchema[];
  readonly identity: TableSource["identity"];
  readonly fingerprints: TableSource["fingerprints"];
  readonly notes: readonly string[];
  protected readonly store: Store;
  readonly #byName: Readonly<Record<string, T>>;

  constructor(found: FoundFiles<T>) {
    this.store = found.store;
    this.name = found.name;
    this.tables = found.tables.map(({ table }) => table);
    this.identity = found.identity;
    this.fingerprints = found.fingerprints;
    this.notes = found.notes;
    this.#byName = Object.fromEntries(
      found.tables.map((t) => [t.table.name, t]),
    );
  }

  abstract read(table: string, options?: ReadOptions): AsyncGenerator<Batch>;

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** @throws {ServemarkError} for a name that no table has */
  protected find(table: string): T {
    return pick("table", table, this.#byName);
  }
}
