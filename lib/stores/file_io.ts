/**
 * Files as stores need them: synced, renamed, read in ranges.
 *
 * @module
 */
import { codeOf } from "./file_errors.ts";

/** The bytes `[from, to)` of a file, fewer where it ends before. */
export async function readRange(
  path: string,
  from: number,
  to: number,
): Promise<Uint8Array> {
  using file = await Deno.open(path);
  // A range past the end needs no memory.
  const { size } = await file.stat();
  const bytes = new Uint8Array(Math.max(0, Math.min(to, size) - from));
  await file.seek(from, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < bytes.length) {
    const n = await file.read(bytes.subarray(filled));
    if (n === null) break;
    filled += n;
  }
  return bytes.subarray(0, filled);
}

/** Makes a folder and those above it. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    throw Object.assign(new Error(`${folder} is a file`), { code: "ENOTDIR" });
  }
}

/** Writes all the bytes at the file's place. */
export async function writeAll(
  file: Deno.FsFile,
  bytes: Uint8Array,
): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += await file.write(bytes.subarray(written));
  }
}

/** Writes a new file, and waits until it is on disk. */
export async function writeSynced(
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  await writeAll(file, bytes);
  await file.sync();
}

/** A rename survives a power cut only once its folder is synced; Windows cannot, and need not. */
export async function syncFolder(folder: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using handle = await Deno.open(folder);
  await handle.sync();
}

/** Removes a file while an error is reported. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch {
    // Not there, or as unreachable as the write that is being reported; a
    // later tidy() removes it.
  }
}

/** True where an error says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    codeOf(error) === "ENOENT";
}
