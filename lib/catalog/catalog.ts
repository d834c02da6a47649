/**
 * Datasets in a store: content-addressed parts, and manifests that list them.
 *
 * ```text
 * parts/<2 of digest>/<digest>.parquet         a part's bytes, under their SHA-256
 * ranges/<spec digest>/<table>/<from>-<rows>.json   which part holds these rows
 * manifests/<name>/<version>/<spec digest>.json     a finished dataset
 * ```
 *
 * A part is written before the range that names it, and both before the
 * manifest: whatever is killed, what can be found is whole, and a later run
 * takes up the finished ranges.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { messageOf, ServemarkError } from "../core/errors.ts";
import type { Fingerprint } from "../datasets/fingerprint.ts";
import { openStore } from "../stores/open.ts";
import type { Store } from "../stores/store.ts";
import { defaultCatalog } from "./folder.ts";
import type { Manifest, Part, RowRange } from "./manifest.ts";

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

  /** Stores a finished part's bytes, then names them by their range. */
  async addPart(
    specDigest: string,
    range: RowRange,
    fingerprint: Fingerprint,
    bytes: Uint8Array,
  ): Promise<Part> {
    const part = await this.storePart(range, fingerprint, bytes);
    await this.#put(rangeKey(specDigest, range), toJson(part));
    return part;
  }

  /** Stores a part's bytes, for a manifest that will name them: data that no spec generates. */
  async storePart(
    range: RowRange,
    fingerprint: Fingerprint,
    bytes: Uint8Array,
  ): Promise<Part> {
    const digest = sha256(bytes);
    const part: Part = { ...range, digest, bytes: bytes.length, fingerprint };
    // Replaces bytes of the same name: they are the same, or damaged.
    await this.#put(partKey(digest), bytes);
    return part;
  }

  /**
   * The finished part of a range, if there is one with its bytes in place.
   * With `verify`, also reads the bytes, and a damaged part counts as missing.
   */
  async findPart(
    specDigest: string,
    range: RowRange,
    verify = false,
  ): Promise<Part | undefined> {
    const part = await this.#json<Part>(rangeKey(specDigest, range));
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

  /** Makes a finished dataset findable: the last write of a materialisation. */
  async addManifest(manifest: Manifest): Promise<void> {
    await this.#put(manifestKey(manifest), toJson(manifest));
  }

  /** A finished dataset, or `undefined`. */
  async manifest(
    id: Pick<Manifest, "name" | "version" | "digest">,
  ): Promise<Manifest | undefined> {
    return await this.#json<Manifest>(manifestKey(id));
  }

  /** All finished datasets, by name and version; only those of a name where one is given. */
  async manifests(name?: string): Promise<Manifest[]> {
    const folder = name === undefined ? "manifests/" : `manifests/${name}/`;
    const found: Manifest[] = [];
    for await (const { key } of this.#store.list(folder)) {
      const manifest = await this.#json<Manifest>(key);
      if (manifest) found.push(manifest);
    }
    return found;
  }

  /** Removes what killed materialisations left half-written; it was never visible. */
  async tidy(): Promise<void> {
    await this.#store.tidy();
  }

  async #put(key: string, bytes: Uint8Array): Promise<void> {
    try {
      await this.#store.put(key, bytes);
    } catch (error) {
      if (!(error instanceof ServemarkError)) throw error;
      const { cause, place, remedy } = error.details;
      const where =
        "SERVEMARK_CATALOG, or --catalog, names the catalog's folder";
      throw new ServemarkError("Cannot write to the catalog", {
        cause,
        place,
        remedy: remedy ? `${remedy} (${where})` : where,
        error,
      });
    }
  }

  async #json<T extends object>(key: string): Promise<T | undefined> {
    const bytes = await this.#store.get(key);
    if (bytes === undefined) return undefined;
    try {
      return JSON.parse(new TextDecoder().decode(bytes)) as T;
    } catch (error) {
      throw new ServemarkError("Cannot read the catalog", {
        cause: `an entry is damaged (${messageOf(error)})`,
        place: this.#store.locate(key),
        remedy: "Delete this file, and materialise the dataset again",
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

function toJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value, null, 1) + "\n");
}

function partKey(digest: string): string {
  return `parts/${digest.slice(0, 2)}/${digest}.parquet`;
}

function rangeKey(specDigest: string, { table, from, rows }: RowRange): string {
  return `ranges/${specDigest}/${table}/${from}-${rows}.json`;
}

function manifestKey(
  { name, version, digest }: Pick<Manifest, "name" | "version" | "digest">,
): string {
  return `manifests/${name}/${version}/${digest}.json`;
}
