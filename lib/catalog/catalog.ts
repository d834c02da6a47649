/**
 * Datasets in a store: content-addressed parts, and manifests that list them.
 *
 * Its keys, and the order in which they are written, are in `layout.ts`; what
 * versions, branches and tags are, in `versions.ts` and `refs.ts`.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { ServemarkError } from "../core/errors.ts";
import type { Fingerprint } from "../datasets/fingerprint.ts";
import { tableDigest } from "../datasets/table_digest.ts";
import { openStore } from "../stores/open.ts";
import type { Store } from "../stores/store.ts";
import { checkManifest, checkPart } from "./check_manifest.ts";
import { documentBytes, readDocument } from "./documents.ts";
import { defaultCatalog } from "./folder.ts";
import {
  isDigest,
  manifestFolder,
  manifestKey,
  partKey,
  rangeKey,
} from "./layout.ts";
import type { Manifest, Part, RowRange } from "./manifest.ts";
import { checkNotTaken } from "./versions.ts";

/** Opens a catalog by path or URI; {@link defaultCatalog} unless named. */
export async function openCatalog(
  uri: string = defaultCatalog(),
): Promise<Catalog> {
  return new Catalog(await openStore(uri));
}

/** A place that keeps materialised datasets. Safe to use from many processes at once. */
export class Catalog {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** What {@link openCatalog} opens again. */
  get uri(): string {
    return this.#store.uri;
  }

  /** Where its bytes are. */
  get store(): Store {
    return this.#store;
  }

  /**
   * Stores a finished part's bytes, then names them by their range.
   *
   * @param tableDigest see {@link tableDigest}
   */
  async addPart(
    tableDigest: string,
    range: RowRange,
    fingerprint: Fingerprint,
    bytes: Uint8Array,
  ): Promise<Part> {
    const part = await this.storePart(range, fingerprint, bytes);
    await this.addRange(tableDigest, part);
    return part;
  }

  /** Stores a part's bytes, to be named by the manifest of data that no spec generates. */
  async storePart(
    range: RowRange,
    fingerprint: Fingerprint,
    bytes: Uint8Array,
  ): Promise<Part> {
    const digest = sha256(bytes);
    // Replaces bytes of the same name: they are the same, or damaged.
    await this.#put(partKey(digest), bytes);
    return { ...range, digest, bytes: bytes.length, fingerprint };
  }

  /** Names a part, whose bytes are in place, by its range. */
  async addRange(tableDigest: string, part: Part): Promise<void> {
    await this.#put(rangeKey(tableDigest, part), documentBytes(part));
  }

  /** Stores the bytes of a part of another catalog, which must be its own. */
  async addBytes(part: Part, bytes: Uint8Array): Promise<void> {
    if (sha256(bytes) !== part.digest) {
      throw new ServemarkError(`Cannot store ${describeRange(part)}`, {
        cause: "the bytes do not match their digest",
      });
    }
    await this.#put(partKey(part.digest), bytes);
  }

  /**
   * The finished part of a range, if there is one with its bytes in place.
   * With `verify`, also reads the bytes, and a damaged part counts as missing.
   */
  async findPart(
    tableDigest: string,
    range: RowRange,
    verify = false,
  ): Promise<Part | undefined> {
    const part = await readDocument(
      this.#store,
      rangeKey(tableDigest, range),
      (value) => samePart(checkPart(value, range.table), range),
    );
    return part && await this.holds(part, verify) ? part : undefined;
  }

  /** Whether a part's bytes are in place, by size; with `verify`, by digest. */
  async holds(part: Part, verify = false): Promise<boolean> {
    const key = partKey(part.digest);
    if (verify) {
      const bytes = await this.#store.get(key);
      return bytes !== undefined && sha256(bytes) === part.digest;
    }
    return (await this.#store.stat(key))?.bytes === part.bytes;
  }

  /** A part's bytes; missing or damaged ones are an error that names the part. */
  async readPart(part: Part): Promise<Uint8Array> {
    const key = partKey(part.digest);
    const bytes = await this.#store.get(key);
    if (bytes !== undefined && sha256(bytes) === part.digest) return bytes;
    throw new ServemarkError(`Cannot read ${describeRange(part)}`, {
      cause: bytes === undefined
        ? "its part is missing from the catalog"
        : "its part is damaged: the bytes do not match their digest",
      place: this.#store.locate(key),
      remedy: "Materialise the dataset again with verify, which makes the " +
        "missing and damaged parts anew: .materialize({ verify: true })",
    });
  }

  /**
   * Makes a finished dataset findable: the last write of a materialisation.
   *
   * @throws {ServemarkError} where another dataset was recorded as this version
   */
  async addManifest(manifest: Manifest): Promise<void> {
    const { spec } = manifest;
    const record = await checkNotTaken(this, spec);
    if (record && record.digest !== manifest.digest) {
      throw new ServemarkError(
        `Cannot keep a part of ${spec.name} as a whole`,
        {
          cause: "it has some of the recorded version's tables only",
        },
      );
    }
    for (const table of spec.tables) {
      // Rows that cannot be generated are found by the versions that share them.
      if (table.stored === undefined) continue;
      const digest = tableDigest(spec, table);
      for (const part of manifest.parts[table.name]) {
        await this.addRange(digest, part);
      }
    }
    await this.#put(manifestKey(manifest), documentBytes(manifest));
  }

  /** Makes a finished dataset unfindable; its parts stay. */
  async removeManifest(
    id: Pick<Manifest, "name" | "version" | "digest">,
  ): Promise<void> {
    await this.#store.delete(manifestKey(id));
  }

  /** Writes an entry unless there is one; of several at once, one wins. Says whether it wrote. */
  async putIfAbsent(key: string, value: unknown): Promise<boolean> {
    const bytes = documentBytes(value);
    return await this.#writing(() => this.#store.putIfAbsent(key, bytes));
  }

  /** A finished dataset, or `undefined`. */
  async manifest(
    id: Pick<Manifest, "name" | "version" | "digest">,
  ): Promise<Manifest | undefined> {
    return await readDocument(this.#store, manifestKey(id), checkManifest);
  }

  /** All finished datasets, by name and version; only those of a name where one is given. */
  async manifests(name?: string, version?: string): Promise<Manifest[]> {
    const found: Manifest[] = [];
    for await (
      const { key } of this.#store.list(manifestFolder(name, version))
    ) {
      if (!isDigest(/([^/]*)\.json$/.exec(key)?.[1])) continue;
      const manifest = await readDocument(this.#store, key, checkManifest);
      if (manifest) found.push(manifest);
    }
    return found;
  }

  /** Removes what killed materialisations left half-written; it was never visible. */
  async tidy(): Promise<void> {
    await this.#store.tidy();
  }

  async #put(key: string, bytes: Uint8Array): Promise<void> {
    await this.#writing(() => this.#store.put(key, bytes));
  }

  async #writing<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof ServemarkError)) throw error;
      const { cause, place, remedy } = error.details;
      const where =
        "SERVEMARK_CATALOG, or --catalog, names the catalog's folder";
      throw new ServemarkError("Cannot write to the catalog", {
        cause: cause ?? error.message,
        place,
        remedy: remedy ? `${remedy} (${where})` : where,
        error,
      });
    }
  }
}

/** `rows 0 to 999 of table card_profile`. */
export function describeRange({ table, from, rows }: RowRange): string {
  return `rows ${from} to ${from + rows - 1} of table ${table}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function samePart(part: Part, { from, rows }: RowRange): Part {
  if (part.from === from && part.rows === rows) return part;
  throw new Error(`it is of ${describeRange(part)}`);
}
