/**
 * Stands in for `jsr:@std/yaml` where that registry is out of reach. The
 * package is a port of js-yaml 4, so the two read alike.
 *
 * @module
 */
import { dump, load } from "js-yaml";

/** Parses one YAML document. Throws on a syntax error, with its line. */
export function parse(text: string): unknown {
  return load(text);
}

/** Writes a value as YAML. */
export function stringify(data: unknown): string {
  return dump(data);
}
