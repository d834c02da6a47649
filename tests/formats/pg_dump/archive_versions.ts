/**
 * Archives rewritten as other versions, for those that no program at hand
 * makes: PostgreSQL 9.x (1.12) and 10 to 11 (1.13). Made by this project, from
 * real archives, after pg_backup_archiver.c's WriteHead and WriteToc.
 *
 * @module
 */
import type { ArchiveEntry } from "../../../lib/formats/pg_dump/archive_parts.ts";
import { SECTIONS } from "../../../lib/formats/pg_dump/archive_parts.ts";
import { bytesInput } from "../../../lib/formats/pg_dump/input.ts";
import { readToc } from "../../../lib/formats/pg_dump/toc_reader.ts";

const CODECS = ["none", "gzip", "lz4", "zstd"];

/** The archive as version 1.`minor`, with the same data blocks. */
export async function asVersion(
  archive: Uint8Array,
  minor: number,
  changed: (entries: readonly ArchiveEntry[]) => readonly ArchiveEntry[] = (
    e,
  ) => e,
): Promise<Uint8Array<ArrayBuffer>> {
  const toc = await readToc(bytesInput(archive, "archive"));
  const entries = changed(toc.entries);
  const head = (shift: number) => {
    const bytes: number[] = [...new TextEncoder().encode("PGDMP")];
    const int = (value: number) => {
      bytes.push(value < 0 ? 1 : 0);
      for (let k = 0; k < 4; k++) bytes.push(Math.abs(value) >> 8 * k & 255);
    };
    const text = (value: string | null) => {
      if (value === null) return int(-1);
      const encoded = new TextEncoder().encode(value);
      int(encoded.length);
      for (const byte of encoded) bytes.push(byte);
    };
    bytes.push(1, minor, 0, 4, 8, 1);
    const codec = CODECS.indexOf(toc.header.compression);
    if (minor >= 15) bytes.push(codec);
    else int(codec === 1 ? -1 : codec);
    for (const part of [1, 2, 3, 4, 5, 124, 0]) int(part);
    for (const words of ["database", "9.6.24", "9.6.24"]) text(words);
    int(entries.length);
    for (const entry of entries) {
      int(entry.dumpId);
      int(entry.hadDumper ? 1 : 0);
      for (
        const words of [entry.tableOid, entry.oid, entry.tag, entry.desc]
      ) text(words);
      int(SECTIONS.indexOf(entry.section) + 1);
      for (
        const words of [
          entry.defn,
          entry.dropStmt,
          entry.copyStmt,
          entry.namespace,
          entry.tablespace,
        ]
      ) text(words);
      if (minor >= 14) text(entry.tableAm);
      if (minor >= 16) int(entry.relkind);
      text(entry.owner);
      text("false");
      for (const id of entry.dependencies) text(String(id));
      text(null);
      bytes.push({ unknown: 1, set: 2, none: 3 }[entry.dataState]);
      const offset = entry.dataState === "set" ? entry.offset + shift : 0;
      for (let k = 0; k < 8; k++) {
        bytes.push(Math.floor(offset / 256 ** k) % 256);
      }
    }
    return bytes;
  };
  const length = head(0).length;
  const whole = new Uint8Array(length + archive.length - toc.end);
  whole.set(head(length - toc.end));
  whole.set(archive.subarray(toc.end), length);
  return whole;
}
