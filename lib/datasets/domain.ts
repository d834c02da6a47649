/**
 * Domains: what a field's features look like, as YAML files in `datasets/`.
 *
 * @module
 */
import { messageOf, ServemarkError } from "../core/errors.ts";
import { unknownName } from "../core/names.ts";
import { readDomain } from "./domain_file.ts";
import type { KeyForm } from "./schema.ts";
import type { ColumnSpec, Popularity } from "./spec.ts";

/** An entity, as a domain declares it: its size follows from the rows asked for. */
export interface DomainEntity {
  readonly name: string;
  /** The name of the column that holds its key, in every table. */
  readonly column: string;
  readonly keyForm: KeyForm;
  /** The law by which requests pick its keys. */
  readonly popularity: Popularity;
}

/** A table, as a domain declares it; its columns without the key. */
export interface DomainTable {
  readonly name: string;
  readonly entity: string;
  readonly description: string;
  readonly columns: readonly ColumnSpec[];
  /** Share of keys to which nothing happened. */
  readonly idle?: number;
  /** Event tables: rows for each key of the entity, on average. */
  readonly rowsPerKey?: number;
}

/** A domain: everything about its datasets but their size. */
export interface Domain {
  readonly name: string;
  /** Text: `1.10` is not `1.1`. */
  readonly version: string;
  readonly seed: number;
  readonly description: string;
  /** Rows of all feature tables together, unless stated otherwise. */
  readonly rows: number;
  /** Entity r (from 0) has keys in proportion to (r + 1)^−sizeExponent. */
  readonly sizeExponent: number;
  /** In the order of their sizes, the largest first. */
  readonly entities: readonly DomainEntity[];
  readonly tables: readonly DomainTable[];
  readonly events: readonly DomainTable[];
}

const FOLDER = new URL("../../datasets/", import.meta.url);

/** The names of the domains that come with Servemark, sorted. */
export async function listDomains(): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(FOLDER)) {
    if (entry.name.endsWith(".yaml")) names.push(entry.name.slice(0, -5));
  }
  return names.sort();
}

/**
 * Loads a domain by its name, or by the path of a YAML file (anything with a
 * `/`, or ending in `.yaml` or `.yml`).
 *
 * @throws {ServemarkError} for an unknown name, listing the known ones; for a
 * file that cannot be read; and with all the problems of the file, each with
 * its line and column.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadDomain } from "servemark";
 *
 * const domain = await loadDomain("fraud_detection");
 * assert.equal(domain.tables.length, 30);
 * ```
 */
export async function loadDomain(nameOrPath: string): Promise<Domain> {
  const isPath = /[/\\]|\.ya?ml$/.test(nameOrPath);
  if (!isPath) {
    const known = await listDomains();
    if (!known.includes(nameOrPath)) {
      throw unknownName("domain", nameOrPath, known);
    }
  }
  const file = isPath ? nameOrPath : `datasets/${nameOrPath}.yaml`;
  let text: string;
  try {
    text = await Deno.readTextFile(
      isPath ? nameOrPath : new URL(`${nameOrPath}.yaml`, FOLDER),
    );
  } catch (error) {
    throw new ServemarkError("Cannot read the domain", {
      cause: messageOf(error),
      place: file,
      remedy: `Name a YAML file, or one of ${(await listDomains()).join(", ")}`,
      exitCode: 2,
      error,
    });
  }
  return readDomain(text, file);
}
