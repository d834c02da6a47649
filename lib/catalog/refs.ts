import { ServemarkError } from "../core/errors.ts";
import type { Catalog } from "./catalog.ts";
import { readDocument } from "./documents.ts";
import {
  isName,
  isVersion,
  REF_DIGITS,
  refFolder,
  refKey,
  type RefKind,
} from "./layout.ts";
import { findRecord } from "./versions.ts";

/** What a branch or a tag pointed to since some instant. */
export interface RefEntry {
  readonly schemaVersion: 1;
  readonly number: number;
  readonly version: string;
  /** ISO 8601. */
  readonly created: string;
}

/** A branch or a tag. */
export interface Ref {
  readonly ref: string;
  /** What it points to now. */
  readonly version: string;
  /** Entries so far: the number of the last. */
  readonly entries: number;
}

/** How a branch is moved. */
export interface BranchOptions {
  /**
   * The entry that the caller has seen last; 0 for a new branch. A branch that
   * moved on since is not moved.
   *
   * @default the last one as it is found
   */
  readonly after?: number;
}

/**
 * Lets a branch point to a version: a new entry after all others, of which
 * none is lost. Of several at once, one wins.
 *
 * @throws {ServemarkError} for the others, and where the version is not recorded
 */
export async function moveBranch(
  catalog: Catalog,
  name: string,
  branch: string,
  version: string,
  options: BranchOptions = {},
): Promise<Ref> {
  await needVersion(catalog, name, version, `branch ${branch}`);
  const found = await lastEntry(catalog, name, "branches", branch);
  const last = options.after ?? found?.number ?? 0;
  if (found?.number === last && found.version === version) {
    return { ref: branch, version, entries: last };
  }
  return await addEntry(catalog, name, "branches", branch, last + 1, version);
}

/**
 * Gives a version a tag, which stays with it; moving one needs `force`.
 *
 * @throws {ServemarkError} where another version has the tag
 */
export async function addTag(
  catalog: Catalog,
  name: string,
  tag: string,
  version: string,
  options: { force?: boolean } = {},
): Promise<Ref> {
  await needVersion(catalog, name, version, `tag ${tag}`);
  const found = await lastEntry(catalog, name, "tags", tag);
  if (found?.version === version) {
    return { ref: tag, version, entries: found.number };
  }
  if (found && !options.force) {
    throw new ServemarkError(`Cannot tag ${name}_v${version} as ${tag}`, {
      cause: `${name}_v${found.version} has this tag since ${found.created}`,
      place: catalog.uri,
      remedy: "Choose another tag, or move this one with --force",
    });
  }
  const number = (found?.number ?? 0) + 1;
  return await addEntry(catalog, name, "tags", tag, number, version);
}

/** Where a branch or a tag points to, or `undefined`. */
export async function findRef(
  catalog: Catalog,
  name: string,
  kind: RefKind,
  ref: string,
): Promise<Ref | undefined> {
  if (!isName(name) || !isVersion(ref)) return undefined;
  const last = await lastEntry(catalog, name, kind, ref);
  return last && { ref, version: last.version, entries: last.number };
}

/** All branches, or all tags, of a dataset. */
export async function listRefs(
  catalog: Catalog,
  name: string,
  kind: RefKind,
): Promise<Ref[]> {
  const refs = new Set<string>();
  const folder = refFolder(name, kind);
  for await (const { key } of catalog.store.list(folder)) {
    const [ref, entry] = key.slice(folder.length).split("/");
    if (isVersion(ref) && ENTRY.test(entry ?? "")) refs.add(ref);
  }
  const found: Ref[] = [];
  for (const ref of refs) {
    const last = await findRef(catalog, name, kind, ref);
    if (last) found.push(last);
  }
  return found;
}

/** A branch's or a tag's entries, the first one first. */
export async function refHistory(
  catalog: Catalog,
  name: string,
  kind: RefKind,
  ref: string,
): Promise<RefEntry[]> {
  const entries: RefEntry[] = [];
  for (const number of await numbers(catalog, name, kind, ref)) {
    const entry = await readEntry(catalog, name, kind, ref, number);
    if (entry) entries.push(entry);
  }
  return entries;
}

const ENTRY = new RegExp(`^(\\d{${REF_DIGITS}})\\.json$`);

async function numbers(
  catalog: Catalog,
  name: string,
  kind: RefKind,
  ref: string,
): Promise<number[]> {
  const found: number[] = [];
  const folder = refFolder(name, kind, ref);
  for await (const { key } of catalog.store.list(folder)) {
    const match = ENTRY.exec(key.slice(folder.length));
    if (match) found.push(Number(match[1]));
  }
  return found.sort((a, b) => a - b);
}

async function lastEntry(
  catalog: Catalog,
  name: string,
  kind: RefKind,
  ref: string,
): Promise<RefEntry | undefined> {
  const last = (await numbers(catalog, name, kind, ref)).at(-1);
  return last === undefined
    ? undefined
    : await readEntry(catalog, name, kind, ref, last);
}

function readEntry(
  catalog: Catalog,
  name: string,
  kind: RefKind,
  ref: string,
  number: number,
): Promise<RefEntry | undefined> {
  const key = refKey(name, kind, ref, number);
  return readDocument(catalog.store, key, (value) => {
    const entry = value as RefEntry;
    if (entry?.schemaVersion !== 1 || entry.number !== number) {
      throw new Error(`it is not entry ${number}`);
    }
    if (!isVersion(entry.version) || typeof entry.created !== "string") {
      throw new Error("it names no version");
    }
    return entry;
  });
}

async function addEntry(
  catalog: Catalog,
  name: string,
  kind: RefKind,
  ref: string,
  number: number,
  version: string,
): Promise<Ref> {
  const created = new Date().toISOString();
  const entry: RefEntry = { schemaVersion: 1, number, version, created };
  if (await catalog.putIfAbsent(refKey(name, kind, ref, number), entry)) {
    return { ref, version, entries: number };
  }
  const first = await readEntry(catalog, name, kind, ref, number);
  // Whoever wrote it wanted the same.
  if (first?.version === version) return { ref, version, entries: number };
  const what = kind === "tags" ? "tag" : "branch";
  throw new ServemarkError(`Cannot move ${what} ${ref} of ${name}`, {
    cause: `it was moved to ${name}_v${first?.version} meanwhile`,
    place: catalog.store.locate(refKey(name, kind, ref, number)),
    remedy: `Look at it with: dataset log ${name}; then move it again`,
  });
}

async function needVersion(
  catalog: Catalog,
  name: string,
  version: string,
  what: string,
): Promise<void> {
  if (await findRecord(catalog, name, version)) return;
  throw new ServemarkError(
    `Cannot let ${what} point to ${name}_v${version}`,
    {
      cause: "this version is not recorded",
      place: catalog.uri,
      remedy: `Record it first: dataset version ${name}_v${version}`,
      exitCode: 2,
    },
  );
}
