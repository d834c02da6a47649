import { checkSpec } from "../datasets/check_spec.ts";
import { specDigest } from "../datasets/digest.ts";
import { isDigest } from "./layout.ts";
import { makeManifest, type Manifest, type Part } from "./manifest.ts";

/** Parts of one dataset, at most: 16.6 billion rows make an eighth of these. */
const MAX_PARTS = 1_000_000;

const FINGERPRINT = /^\d{1,16}(:\d{1,26}){4}$/;

/**
 * Believes a manifest, or says what is wrong: its parts must cover all rows of
 * its spec once, and all digests and sums must be those of what they stand for.
 *
 * @throws {Error} naming the place within the manifest
 */
export function checkManifest(value: unknown): Manifest {
  const found = value as Manifest;
  if (!found || typeof found !== "object" || found.schemaVersion !== 1) {
    throw new Error("its schemaVersion is not 1");
  }
  const spec = checkSpec(found.spec);
  if (found.name !== spec.name || found.version !== spec.version) {
    throw new Error("its name and version are not its spec's");
  }
  if (specDigest(spec) !== found.digest) {
    throw new Error("its digest is not its spec's");
  }
  if (!found.parts || typeof found.parts !== "object") {
    throw new Error("it lists no parts");
  }
  const lists = Object.values(found.parts);
  if (lists.some((list) => !Array.isArray(list))) {
    throw new Error("it lists no parts");
  }
  const count = lists.reduce((sum, list) => sum + list.length, 0);
  if (count > MAX_PARTS) {
    throw new Error(`it has ${count} parts, over ${MAX_PARTS}`);
  }
  const tables = new Set(spec.tables.map((table) => table.name));
  for (const [table, parts] of Object.entries(found.parts)) {
    if (!tables.has(table)) throw new Error(`its spec has no table ${table}`);
    parts.forEach((part) => checkPart(part, table));
  }
  const made = makeManifest(spec, found.digest, lists.flat());
  for (const [table, sum] of Object.entries(made.fingerprints)) {
    if (found.fingerprints?.[table] !== sum) {
      throw new Error(
        `table ${table}'s parts do not add up to its fingerprint`,
      );
    }
  }
  return found;
}

/** Believes one part of a table, or says what is wrong. */
export function checkPart(value: unknown, table?: string): Part {
  const part = value as Part;
  const at = `a part of table ${table ?? part?.table}`;
  if (!part || typeof part !== "object" || typeof part.table !== "string") {
    throw new Error("a part is no object, or of no table");
  }
  if (table !== undefined && part.table !== table) {
    throw new Error(`${at} is of table ${part.table}`);
  }
  if (!isDigest(part.digest)) throw new Error(`${at} has no digest`);
  for (const key of ["from", "rows", "bytes"] as const) {
    if (!Number.isSafeInteger(part[key]) || part[key] < 0) {
      throw new Error(`${at} has no whole number of ${key}`);
    }
  }
  if (
    typeof part.fingerprint !== "string" || !FINGERPRINT.test(part.fingerprint)
  ) {
    throw new Error(`${at} has no fingerprint`);
  }
  if (Number(part.fingerprint.split(":")[0]) !== part.rows) {
    throw new Error(`${at} has ${part.rows} rows, its fingerprint others`);
  }
  return part;
}
