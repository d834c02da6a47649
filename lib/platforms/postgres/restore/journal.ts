import { createHash } from "node:crypto";
import { ServemarkError } from "../../../core/errors.ts";
import type {
  ArchiveEntry,
  ArchiveHeader,
} from "../../../formats/pg_dump/archive_parts.ts";
import { literal } from "../statements.ts";
import type { RestoreSession } from "./session.ts";

const SCHEMA = "servemark_restore";
const TABLE = `${SCHEMA}.done`;

/** Stands for an entry: no archive has one of this number. */
const CLEANED = 0;

/**
 * What of an archive is in the database already, kept there itself: each entry
 * is noted in the transaction that restores it, so that a restore that was
 * killed goes on exactly where it was. Gone when the restore is done.
 */
export class RestoreJournal {
  readonly #archive: string;
  readonly #done: Set<number>;

  private constructor(archive: string, done: Set<number>) {
    this.#archive = archive;
    this.#done = done;
  }

  /** Opens the journal of an archive; a second restore of it at the same time is refused. */
  static async open(
    session: RestoreSession,
    header: ArchiveHeader,
    entries: readonly ArchiveEntry[],
  ): Promise<RestoreJournal> {
    const archive = createHash("sha256")
      .update(JSON.stringify([header, entries])).digest("hex");
    const lock = parseInt(archive.slice(0, 12), 16);
    const [[free]] = await session.run(
      `SELECT pg_catalog.pg_try_advisory_lock(${lock})`,
    );
    if (free !== "t") {
      throw new ServemarkError("Cannot restore the archive", {
        cause: "another restore of it into this database is under way",
        remedy: "Wait until it has finished, or stop it",
      });
    }
    await session.run(
      `CREATE SCHEMA IF NOT EXISTS ${SCHEMA}; ` +
        `CREATE TABLE IF NOT EXISTS ${TABLE} (archive text, entry integer, PRIMARY KEY (archive, entry))`,
    );
    const rows = await session.run(
      `SELECT entry FROM ${TABLE} WHERE archive = ${literal(archive)}`,
    );
    return new RestoreJournal(
      archive,
      new Set(rows.map(([entry]) => Number(entry))),
    );
  }

  /** Whether an earlier, interrupted restore has dropped what was there. */
  get cleaned(): boolean {
    return this.#done.has(CLEANED);
  }

  /** Forgets what was done before, and notes that all of it is dropped. */
  async restart(session: RestoreSession, drops: readonly string[]) {
    this.#done.clear();
    await session.run([
      ...drops,
      `DELETE FROM ${TABLE} WHERE archive = ${literal(this.#archive)}`,
      this.note({ dumpId: CLEANED }),
    ].join("; "));
  }

  /** Entries that an earlier, interrupted restore has done. */
  get doneBefore(): number {
    return this.#done.size - (this.cleaned ? 1 : 0);
  }

  /** Whether an earlier, interrupted restore has done an entry. */
  has(entry: ArchiveEntry): boolean {
    return this.#done.has(entry.dumpId);
  }

  /** The statement that notes an entry, for the transaction that restores it. */
  note(entry: Pick<ArchiveEntry, "dumpId">): string {
    return `INSERT INTO ${TABLE} VALUES (${
      literal(this.#archive)
    }, ${entry.dumpId})`;
  }

  /** Takes the journal away; the restore is complete, and on disk. */
  async remove(session: RestoreSession): Promise<void> {
    await session.run(
      `SET synchronous_commit = on; ` +
        `DELETE FROM ${TABLE} WHERE archive = ${literal(this.#archive)}`,
    );
    const [[others]] = await session.run(
      `SELECT count(*) FROM ${TABLE}`,
    );
    if (others === "0") {
      await session.run(`DROP TABLE ${TABLE}; DROP SCHEMA ${SCHEMA}`);
    }
  }
}
