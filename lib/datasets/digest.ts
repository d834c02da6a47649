import { createHash } from "node:crypto";
import type { DatasetSpec } from "./spec.ts";

/**
 * The identity of a dataset: the SHA-256, in hex, of its spec as JSON with
 * sorted keys and without white space.
 */
export function specDigest(spec: DatasetSpec): string {
  return createHash("sha256").update(canonicalJson(spec)).digest("hex");
}

/** JSON that is the same for equal values, whatever order their keys were set in. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_, inner) =>
      inner && typeof inner === "object" && !Array.isArray(inner)
        ? Object.fromEntries(
          Object.entries(inner).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0),
        )
        : inner,
  );
}
