/**
 * Where things stand in a catalog.
 *
 * ```text
 * parts/<2 of digest>/<digest>.parquet           a part's bytes, under their SHA-256
 * ranges/<table digest>/<from>-<rows>.json       which part holds these rows
 * manifests/<name>/<version>/<spec digest>.json  a finished dataset
 * versions/<name>/<version>.json                 what a version is, written once
 * refs/<name>/tags/<tag>/<number>.json           a tag's version; the last one counts
 * refs/<name>/branches/<branch>/<number>.json    a branch's versions, one after the other
 * ```
 *
 * A part is written before the range that names it, and both before the
 * manifest: whatever is killed, what can be found is whole, and a later run
 * takes up the finished ranges.
 *
 * @module
 */
import { ServemarkError } from "../core/errors.ts";

/** A dataset's name, as part of a key. */
const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/;
/** A version, a branch or a tag. */
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
const DIGEST = /^[0-9a-f]{64}$/;

/** Finished ranges and manifests name digests; anything else never leaves this program. */
export function isDigest(text: unknown): text is string {
  return typeof text === "string" && DIGEST.test(text);
}

/** Whether a dataset can be called this. */
export function isName(text: unknown): text is string {
  return typeof text === "string" && NAME.test(text);
}

/** Whether a version, branch or tag can be called this. */
export function isVersion(text: unknown): text is string {
  return typeof text === "string" && VERSION.test(text);
}

export function partKey(digest: string): string {
  return `parts/${checkDigest(digest).slice(0, 2)}/${digest}.parquet`;
}

export function rangeKey(
  tableDigest: string,
  range: { readonly from: number; readonly rows: number },
): string {
  return `ranges/${checkDigest(tableDigest)}/${range.from}-${range.rows}.json`;
}

export function manifestKey(
  id: {
    readonly name: string;
    readonly version: string;
    readonly digest: string;
  },
): string {
  const folder = manifestFolder(id.name, id.version);
  return `${folder}${checkDigest(id.digest)}.json`;
}

/** All manifests, a dataset's, or a version's. */
export function manifestFolder(name?: string, version?: string): string {
  return folderOf("manifests", name, version);
}

export function versionKey(name: string, version: string): string {
  return `${versionFolder(name)}${checkVersion(version)}.json`;
}

/** All recorded versions, or a dataset's. */
export function versionFolder(name?: string): string {
  return folderOf("versions", name);
}

/** Branches and tags are lists of entries, numbered from 1. */
export type RefKind = "branches" | "tags";

export function refFolder(name: string, kind: RefKind, ref?: string): string {
  const folder = `refs/${checkName(name)}/${kind}/`;
  return ref === undefined ? folder : `${folder}${checkVersion(ref, kind)}/`;
}

export function refKey(
  name: string,
  kind: RefKind,
  ref: string,
  number: number,
): string {
  return `${refFolder(name, kind, ref)}${
    String(number).padStart(REF_DIGITS, "0")
  }.json`;
}

/** Digits of an entry's number, so that keys sort as numbers. */
export const REF_DIGITS = 6;

function folderOf(root: string, name?: string, version?: string): string {
  if (name === undefined) return `${root}/`;
  const folder = `${root}/${checkName(name)}/`;
  return version === undefined ? folder : `${folder}${checkVersion(version)}/`;
}

function checkName(name: string): string {
  if (isName(name)) return name;
  throw refused("a dataset's name", name, "letters, digits, _, . and -");
}

function checkVersion(text: string, kind?: RefKind): string {
  if (isVersion(text)) return text;
  const what = kind === undefined
    ? "a version"
    : kind === "tags"
    ? "a tag"
    : "a branch";
  throw refused(what, text, "up to 40 letters, digits, dots, _ and -");
}

function checkDigest(digest: string): string {
  if (isDigest(digest)) return digest;
  throw refused("a digest", digest, "64 hex digits");
}

function refused(what: string, text: string, wanted: string): ServemarkError {
  const shown = JSON.stringify(String(text).slice(0, 60));
  return new ServemarkError(`Cannot use ${shown} as ${what}`, {
    cause: `wanted: ${wanted}`,
    exitCode: 2,
  });
}
