import type { Catalog } from "../catalog/catalog.ts";
import { messageOf, ServemarkError } from "../core/errors.ts";
import type { Batch } from "../datasets/batch.ts";
import { openFormat } from "../formats/formats.ts";
import type { Place, ReadOptions, TableSource } from "../formats/source.ts";
import { catalogSource, type PartedSource } from "./catalog_source.ts";
import { INCREMENT, type IncrementManifest } from "./increment.ts";
import { readRanges } from "./read_ranges.ts";

/** Whether a key is that of an increment's manifest. */
export function isIncrement(key: string): boolean {
  return key.endsWith(INCREMENT);
}

/**
 * The new version that an increment makes of the version it builds on: what
 * changed is read from the increment, all else from the base in the catalog.
 *
 * @param place of the increment's manifest
 * @throws {ServemarkError} for a damaged manifest; and, once rows of the base
 * are asked for, where the catalog does not hold it
 */
export async function incrementSource(
  { store, key }: Place,
  catalog: Catalog,
): Promise<TableSource> {
  const manifest = await readManifest({ store, key });
  const { identity, base: baseId } = manifest;
  const found = await catalog.manifest(baseId);
  const base = found ? catalogSource(catalog, found) : undefined;
  const name = `${identity.name}_v${identity.version}`;
  const folder = key.slice(0, key.length - INCREMENT.length);
  const format = await openFormat(manifest.format);
  const archive = manifest.object === undefined
    ? undefined
    : await format.open({ store, key: manifest.object });
  const needBase = (): PartedSource => {
    if (base) return base;
    throw new ServemarkError(`Cannot read all of ${name}`, {
      cause: `it builds on ${baseId.name}_v${baseId.version}, which the ` +
        "catalog does not hold",
      place: catalog.uri,
      remedy: "Import that version first",
    });
  };

  async function* read(
    table: string,
    options: ReadOptions = {},
  ): AsyncGenerator<Batch> {
    const { from, parts } = manifest.tables[table];
    if (from === "base") return yield* needBase().read(table, options);
    if (parts === undefined) return yield* archive!.read(table, options);
    for (const part of parts) {
      if (part.from === "base") {
        const ranges = needBase().parts(table)
          .filter(({ from }) => from === part.first);
        yield* readRanges(needBase(), ranges, options);
      } else {
        const own = await format.open({ store, key: folder + part.key }, {
          name: `${store.locate(key)}, ${part.key}`,
        });
        try {
          for await (const batch of own.read(table, options)) {
            yield { ...batch, from: part.first + batch.from };
          }
        } finally {
          await own.close();
        }
      }
    }
  }

  return {
    name,
    tables: identity.spec!.tables.filter((t) => t.name in manifest.tables),
    identity,
    fingerprints: Object.fromEntries(
      Object.entries(manifest.tables).map(([table, { fingerprint }]) => [
        table,
        fingerprint,
      ]),
    ),
    notes: manifest.dropped.map((table) =>
      `table ${table} of ${baseId.name}_v${baseId.version} is no more`
    ),
    read,
    close: async () => await archive?.close(),
  };
}

async function readManifest({ store, key }: Place): Promise<IncrementManifest> {
  const bad = (cause: string, error?: unknown) =>
    new ServemarkError("Cannot read the increment", {
      cause,
      place: store.locate(key),
      remedy: "Export it again",
      error,
    });
  const bytes = await store.get(key);
  if (!bytes) throw bad("there is no such file");
  let manifest: IncrementManifest;
  try {
    manifest = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw bad(`its manifest is damaged (${messageOf(error)})`, error);
  }
  const { identity, base, tables } = manifest ?? {};
  if (
    manifest?.servemark !== 1 || !identity?.spec || !base?.digest || !tables
  ) {
    throw bad("its manifest is not one of an increment");
  }
  const unknown = Object.keys(tables).filter((name) =>
    !identity.spec!.tables.some((table) => table.name === name)
  );
  if (unknown.length > 0) {
    throw bad(`its manifest names the unknown table "${unknown[0]}"`);
  }
  for (const key of Object.values(tables).flatMap((t) => t.parts ?? [])) {
    if (!/^parts\/[^/.][^/]*\/\d+-\d+\/$/.test(key.key)) {
      throw bad(`its manifest names the place "${key.key}"`);
    }
  }
  return manifest;
}
