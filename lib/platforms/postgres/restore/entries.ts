import { messageOf, ServemarkError } from "../../../core/errors.ts";
import type {
  Archive,
  ArchiveEntry,
} from "../../../formats/pg_dump/archive.ts";
import type { DataBlocks } from "../../../formats/pg_dump/data_blocks.ts";
import type { ArchiveInput } from "../../../formats/pg_dump/input.ts";
import { largeObjects } from "../../../formats/pg_dump/large_objects.ts";
import type { ArchiveToc } from "../../../formats/pg_dump/toc_reader.ts";
import { ServerRefusal } from "../errors.ts";
import { literal, quote } from "../statements.ts";
import type { RestoreJournal } from "./journal.ts";
import type { RestoreSession } from "./session.ts";

/** What restoring an entry needs. */
export interface EntriesSetup {
  readonly archive: Archive;
  readonly input: ArchiveInput;
  readonly toc: ArchiveToc;
  readonly blocks: DataBlocks;
  readonly journal: RestoreJournal;
  /** Takes what is left out. */
  readonly notes: string[];
  readonly owner: boolean;
  /** Tables by dump id that this restore makes. */
  readonly created: ReadonlySet<number>;
  /** Says an error in the words of whoever restores. */
  said(error: unknown, entry: ArchiveEntry): unknown;
}

/** Without these the data would not be what it was. */
const ESSENTIAL = new Set([
  "BLOB",
  "BLOB METADATA",
  "BLOBS",
  "CHECK CONSTRAINT",
  "CONSTRAINT",
  "DEFAULT",
  "DOMAIN",
  "FK CONSTRAINT",
  "INDEX",
  "INDEX ATTACH",
  "POLICY",
  "ROW SECURITY",
  "SCHEMA",
  "SEQUENCE",
  "SEQUENCE OWNED BY",
  "SEQUENCE SET",
  "TABLE",
  "TABLE ATTACH",
  "TABLE DATA",
  "TYPE",
]);

/** Objects whose owner ALTER … OWNER TO sets. */
const OWNED = new Set([
  "DOMAIN",
  "FUNCTION",
  "MATERIALIZED VIEW",
  "PROCEDURE",
  "SCHEMA",
  "SEQUENCE",
  "TABLE",
  "TYPE",
  "VIEW",
]);

/** Bytes of a large object that one statement carries. */
const LO_CHUNK = 1024 * 1024;

/** Restores entries one by one, each in a transaction together with its note. */
export class RestoreEntries {
  bytes = 0;
  largeObjects = 0;
  readonly #setup: EntriesSetup;

  constructor(setup: EntriesSetup) {
    this.#setup = setup;
  }

  /**
   * Restores entries that are mere statements, all of them at once where none
   * is refused, else one after the other.
   */
  async restoreAll(
    session: RestoreSession,
    entries: readonly ArchiveEntry[],
    onEntry: (entry: ArchiveEntry) => void,
  ): Promise<void> {
    const { journal, owner } = this.#setup;
    const left = entries.filter((entry) => !journal.has(entry));
    const atOnce = !owner && left.every(({ tableAm }) => isHeap(tableAm));
    if (atOnce && left.length > 1) {
      try {
        await session.run(
          left.map((entry) => statementOf(entry) + journal.note(entry))
            .join(";\n"),
        );
        entries.forEach(onEntry);
        return;
      } catch (error) {
        // Nothing of it stays; which entry it was shows one by one.
        if (!(error instanceof ServerRefusal)) throw error;
      }
    }
    for (const entry of entries) {
      await this.restore(session, entry);
      onEntry(entry);
    }
  }

  /** Restores an entry, unless an earlier restore has. */
  async restore(
    session: RestoreSession,
    entry: ArchiveEntry,
    onBytes: () => void = () => {},
  ): Promise<void> {
    const { journal, notes, said } = this.#setup;
    if (journal.has(entry)) return;
    try {
      if (entry.desc === "TABLE DATA") {
        await this.#transaction(
          session,
          entry,
          () => this.#load(session, entry, onBytes),
        );
      } else if (entry.desc === "BLOBS") {
        await this.#transaction(
          session,
          entry,
          () => this.#loadObjects(session, entry),
        );
      } else {
        const sql = statementOf(entry);
        // Several statements in one message are one transaction.
        await session.run(sql + journal.note(entry));
        await this.#own(session, entry);
      }
    } catch (error) {
      if (ESSENTIAL.has(entry.desc) || !(error instanceof ServerRefusal)) {
        throw said(error, entry);
      }
      notes.push(
        `${entry.desc.toLowerCase()} ${entry.tag} is left out: ${
          messageOf(error)
        }`,
      );
    }
  }

  async #transaction(
    session: RestoreSession,
    entry: ArchiveEntry,
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await work();
      await session.run(`${this.#setup.journal.note(entry)}; COMMIT`);
    } catch (error) {
      if (error instanceof ServerRefusal || error instanceof ServemarkError) {
        await session.run("ROLLBACK");
      }
      throw error;
    }
  }

  async #load(
    session: RestoreSession,
    entry: ArchiveEntry,
    onBytes: () => void,
  ): Promise<void> {
    const { archive, created } = this.#setup;
    const copy = /^(COPY (.+?)(?: \(.*\))?) FROM stdin;?\s*$/s.exec(
      entry.copyStmt ?? "",
    );
    if (!copy) {
      throw new ServemarkError(`Cannot restore the rows of ${entry.tag}`, {
        cause: "the archive holds them as INSERT statements",
        place: archive.name,
        remedy: "Restore it with --engine=native",
      });
    }
    const table = archive.entries.find(({ dumpId, desc }) =>
      entry.dependencies.includes(dumpId) && desc === "TABLE"
    );
    // A table that this very transaction has emptied needs no log where the
    // server's wal_level is minimal, and its rows can be stored frozen. One that
    // was there before keeps its rows.
    const fresh = table !== undefined && created.has(table.dumpId) &&
      !/PARTITION BY/.test(table.defn);
    await session.run(fresh ? `BEGIN; TRUNCATE ONLY ${copy[2]}` : "BEGIN");
    const encoding = `ENCODING ${literal(archive.encoding)}`;
    await session.copy(
      `${copy[1]} FROM stdin WITH (${encoding}${fresh ? ", FREEZE" : ""})`,
      archive.copyText(entry),
      (bytes) => {
        this.bytes += bytes;
        onBytes();
      },
    );
  }

  async #loadObjects(
    session: RestoreSession,
    entry: ArchiveEntry,
  ): Promise<void> {
    const { input, toc, blocks } = this.#setup;
    await session.run("BEGIN");
    for await (const object of largeObjects(input, toc, blocks, entry)) {
      let at = 0;
      for await (const piece of object.bytes) {
        for (let from = 0; from < piece.length; from += LO_CHUNK) {
          const chunk = piece.subarray(from, from + LO_CHUNK);
          await session.run(
            `SELECT pg_catalog.lo_put(${object.oid}, ${at}, '\\x${chunk.toHex()}')`,
          );
          at += chunk.length;
          this.bytes += chunk.length;
        }
      }
      this.largeObjects++;
    }
  }

  async #own(session: RestoreSession, entry: ArchiveEntry): Promise<void> {
    const { owner, notes } = this.#setup;
    if (!owner || !entry.owner || !OWNED.has(entry.desc)) return;
    const head = `DROP ${entry.desc} `;
    if (!entry.dropStmt.startsWith(head)) return;
    const name = entry.dropStmt.trim().replace(/;$/, "").slice(head.length);
    try {
      await session.run(
        `ALTER ${entry.desc} ${name} OWNER TO ${quote(entry.owner)}`,
      );
    } catch (error) {
      if (!(error instanceof ServerRefusal)) throw error;
      notes.push(`${name} is not given to ${entry.owner}: ${messageOf(error)}`);
    }
  }
}

/** An entry's SQL, ending in a semicolon or empty. */
function statementOf({ desc, defn, tag, tableAm }: ArchiveEntry): string {
  if (desc === "BLOB METADATA") {
    return defn.split("\n").filter((oid) => oid.trim() !== "")
      .map((oid) => `SELECT pg_catalog.lo_create('${Number(oid)}');\n`).join(
        "",
      );
  }
  // The schema may be there: "public" always is.
  if (desc === "SCHEMA") {
    return defn.replace(
      /^CREATE SCHEMA (?!IF NOT)/,
      "CREATE SCHEMA IF NOT EXISTS ",
    );
  }
  if (desc === "COMMENT" && tag === "SCHEMA public") return "";
  const ended = defn.trim() === "" || /;\s*$/.test(defn) ? defn : `${defn};\n`;
  return desc === "TABLE" && !isHeap(tableAm)
    ? `SET LOCAL default_table_access_method = ${quote(tableAm!)};\n${ended}`
    : ended;
}

/** Whether a table is stored in the usual way, or the entry is none. */
function isHeap(tableAm: string | null): boolean {
  return tableAm === null || tableAm === "" || tableAm === "heap";
}
