import { ServemarkError } from "../../../core/errors.ts";
import { silent, type Watch } from "../../../core/progress.ts";
import {
  Archive,
  type ArchiveEntry,
} from "../../../formats/pg_dump/archive.ts";
import { DataBlocks } from "../../../formats/pg_dump/data_blocks.ts";
import { openInput } from "../../../formats/pg_dump/input.ts";
import { readToc } from "../../../formats/pg_dump/toc_reader.ts";
import type { Place } from "../../../formats/source.ts";
import { placeOf, readConnection } from "../connection.ts";
import { explain, ServerRefusal } from "../errors.ts";
import { dropStatements } from "./clean.ts";
import { RestoreEntries } from "./entries.ts";
import { RestoreJournal } from "./journal.ts";
import { type PlanOptions, restorePlan } from "./plan.ts";
import { runSteps } from "./run_steps.ts";
import { openSession, type RestoreSession } from "./session.ts";

/** How an archive is restored. */
export interface RestoreOptions extends PlanOptions, Watch {
  /** Connections that load data and build indexes at the same time. @default 4 */
  readonly parallel?: number;
  /** Gives objects to their owners of the dump; else whoever restores owns them. @default false */
  readonly owner?: boolean;
  /** Drops what is there of the archive first. @default false */
  readonly clean?: boolean;
  /** What the archive is called in errors. @default the store's name for it */
  readonly name?: string;
}

/** A restore: what it did and what it left out. */
export interface RestoreRecord {
  readonly archive: string;
  /** Where, without the password. */
  readonly target: string;
  readonly tables: number;
  /** Bytes of COPY text that were loaded. */
  readonly bytes: number;
  readonly indexes: number;
  readonly constraints: number;
  readonly largeObjects: number;
  /** Entries that an earlier, interrupted restore had done. */
  readonly takenUp: number;
  readonly seconds: number;
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

/**
 * Restores an archive of pg_dump, whoever made it, into a live PostgreSQL: all
 * of its objects, its data passed on as it stands in the archive, over several
 * connections, then keys, indexes and constraints as soon as what they wait for
 * is there. Each entry is noted in the database in the transaction that
 * restores it, so that a restore that was stopped or killed is finished by
 * asking for it again.
 *
 * Owners and privileges are left out unless asked for. What this server cannot
 * have, such as an extension that is not installed, is left out with a note;
 * tables and what belongs to them are not.
 *
 * @param uri `postgres://user@host/database`
 * @throws {ServemarkError} for a damaged archive, or what the server refuses
 */
export async function restoreArchive(
  place: Place,
  uri: string,
  options: RestoreOptions = {},
): Promise<RestoreRecord> {
  const { signal, progress = silent, parallel = 4 } = options;
  const started = performance.now();
  const connection = readConnection({ uri });
  const target = placeOf(connection);
  const input = await openInput(place, options.name);
  const toc = await readToc(input);
  const archive = new Archive(input, toc);
  const plan = restorePlan(archive.entries, options);
  const notes = [...plan.notes];
  const said = (error: unknown, entry?: ArchiveEntry) =>
    signal?.aborted ? error : refused(
      entry
        ? `Cannot restore ${entry.desc.toLowerCase()} ${entry.tag}`
        : "Cannot restore the archive",
      error,
      `PostgreSQL at ${target}`,
    );
  const open = () => openSession(connection, signal);
  const sessions: RestoreSession[] = [];
  try {
    const first = await open();
    sessions.push(first);
    const journal = await RestoreJournal.open(
      first,
      archive.header,
      archive.entries,
    );
    if (options.clean && !journal.cleaned) {
      const all = [...plan.before, ...plan.main.map(({ entry }) => entry)];
      await journal.restart(first, dropStatements(all));
    }
    const takenUp = journal.doneBefore;
    const work = new RestoreEntries({
      archive,
      input,
      toc,
      blocks: new DataBlocks(input, toc),
      journal,
      notes,
      owner: options.owner ?? false,
      created: new Set(
        plan.before.filter(({ desc }) => desc === "TABLE")
          .map(({ dumpId }) => dumpId),
      ),
      said,
    });
    const step = `Restore ${archive.name}`;
    const total = plan.before.length + plan.main.length + plan.after.length;
    let done = 0;
    const tell = (detail: string) =>
      progress({ step, done, total, unit: "objects", detail });
    await work.restoreAll(first, plan.before, ({ tag }) => {
      done++;
      tell(tag);
    });
    const lanes = Math.max(1, Math.min(parallel, plan.main.length));
    while (sessions.length < lanes) sessions.push(await open());
    await runSteps(
      plan.main,
      sessions.slice(0, lanes),
      async (s, { entry }) => {
        signal?.throwIfAborted();
        await work.restore(s, entry, () => tell(entry.tag));
        done++;
        tell(entry.tag);
      },
      (entry) => journal.has(entry),
    );
    for (const entry of plan.after) {
      signal?.throwIfAborted();
      await work.restore(first, entry);
      done++;
      tell(entry.tag);
    }
    await journal.remove(first);
    progress({ step, done: total, total, unit: "objects", finished: true });
    const count = (...descs: string[]) =>
      [...plan.before, ...plan.main.map((s) => s.entry)]
        .filter(({ desc }) => descs.includes(desc)).length;
    return {
      archive: archive.name,
      target,
      tables: count("TABLE"),
      bytes: work.bytes,
      indexes: count("INDEX"),
      constraints: count("CONSTRAINT", "FK CONSTRAINT", "CHECK CONSTRAINT"),
      largeObjects: work.largeObjects,
      takenUp,
      seconds: (performance.now() - started) / 1e3,
      notes,
    };
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof ServemarkError ? error : said(error);
  } finally {
    await Promise.all(sessions.map((session) => session.close()));
  }
}

/** What the server says where an object of that name is there: table, type and others, schema, function. */
const THERE = ["42P07", "42710", "42P06", "42723"];

function refused(what: string, error: unknown, place: string): ServemarkError {
  if (error instanceof ServerRefusal && THERE.includes(error.code)) {
    return new ServemarkError(what, {
      cause: error.message,
      place,
      remedy: "Restore into an empty database, or replace it with --clean",
      error,
    });
  }
  return explain(what, error, place);
}
