import { ServemarkError } from "../core/errors.ts";
import { own } from "../core/records.ts";
import type { Fingerprint } from "../datasets/fingerprint.ts";
import { type Archive, openArchive } from "../formats/pg_dump/archive.ts";
import type { Place } from "../formats/source.ts";
import { openPostgres } from "../platforms/postgres/platform.ts";
import {
  restoreArchive,
  type RestoreOptions,
  type RestoreRecord,
} from "../platforms/postgres/restore/restore.ts";
import { nativeRestore } from "../platforms/postgres/native/restore.ts";
import { chosenTables, type TableChoice } from "./table_choice.ts";

/** How a dataset's archive is restored. */
export interface RestoreDatasetOptions extends Omit<RestoreOptions, "tables"> {
  /** The first n tables of the archive, or some by name. @default everything */
  readonly tables?: TableChoice;
  /** Ours, or PostgreSQL's own pg_restore. @default "builtin" */
  readonly engine?: "builtin" | "native";
}

/** A restore, proved where the archive knows its fingerprints. */
export interface DatasetRestore extends RestoreRecord {
  /** Table name → fingerprint, as computed in the server, and found equal to the archive's. */
  readonly fingerprints: Readonly<Record<string, Fingerprint>>;
}

/**
 * Restores an archive into a live PostgreSQL. Where the archive knows the
 * fingerprints of its tables, those in the server must be the same.
 */
export async function restoreDataset(
  place: Place,
  uri: string,
  options: RestoreDatasetOptions = {},
): Promise<DatasetRestore> {
  const archive = await openArchive(place, { name: options.name });
  const { tables: choice, ...rest } = options;
  const tables = typeof choice === "number"
    ? chosenTables(archive.tables, choice).map((table) => table.name)
    : choice;
  const chosen: RestoreOptions = tables === undefined
    ? rest
    : { ...rest, tables };
  const record = options.engine === "native"
    ? await nativeRestore(place, uri, chosen)
    : await restoreArchive(place, uri, chosen);
  const fingerprints = await verify(archive, uri, chosen);
  return { ...record, fingerprints };
}

async function verify(
  archive: Archive,
  uri: string,
  { tables: chosen, signal, progress }: RestoreOptions,
): Promise<Record<string, Fingerprint>> {
  const tables = archive.tables.filter(({ name }) =>
    own(archive.fingerprints, name) !== undefined &&
    (chosen === undefined || chosen.includes(name))
  );
  // Our own archives have one schema.
  const schema = archive.entries.find(({ desc }) => desc === "TABLE")
    ?.namespace ?? undefined;
  if (tables.length === 0 || schema === undefined) return {};
  const platform = await openPostgres({ uri, schema });
  try {
    const proved: [table: string, of: Fingerprint][] = [];
    const step = "Verify PostgreSQL";
    let done = 0;
    for (const table of tables) {
      progress?.({ step, done, total: tables.length, unit: "tables" });
      const found = await platform.fingerprint(table, { signal });
      if (found !== archive.fingerprints[table.name]) {
        throw new ServemarkError(
          "The data in PostgreSQL is not that of the archive",
          {
            cause: "a fingerprint differs",
            place: `table ${table.name}: ${found} in PostgreSQL, ${
              archive.fingerprints[table.name]
            } in the archive`,
            remedy: "Fetch the archive again, and restore it with --clean",
          },
        );
      }
      proved.push([table.name, found]);
      done++;
    }
    progress?.({ step, done, total: done, unit: "tables", finished: true });
    return Object.fromEntries(proved);
  } finally {
    await platform.close();
  }
}
