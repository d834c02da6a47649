import type { Problem } from "../core/errors.ts";
import { messageOf } from "../core/errors.ts";
import { parseCount } from "../core/sizes.ts";
import { type DistributionName, DISTRIBUTIONS } from "../datasets/compile.ts";

/** What a dataset builder holds: what was asked for, and nothing else. JSON-serialisable. */
export interface DatasetRequest {
  /** A domain's name, or the path of its YAML file. */
  readonly domain: string;
  readonly version?: string;
  readonly tables?: number | readonly string[];
  readonly rows?: number;
  readonly distribution?: DistributionName;
  readonly seed?: number;
  readonly events?: boolean | readonly string[];
}

/** The calls of the builder: each adds one thing to the request. */
export type DatasetCall = Exclude<keyof DatasetRequest, "domain">;

/** Reads each call's arguments; throws, or returns a text, for what is wrong with them. */
const READERS: {
  readonly [C in DatasetCall]: (
    args: readonly unknown[],
  ) => { value: NonNullable<DatasetRequest[C]> } | { wrong: string };
} = {
  version: ([text]) =>
    typeof text === "string" && text !== ""
      ? { value: text }
      : { wrong: 'a version is a text, such as "1.0"' },
  tables: (args) => choice(args, "a number of tables from 1, or their names"),
  rows: ([count]) =>
    typeof count === "string" || typeof count === "number"
      ? { value: parseCount(count, "number of rows") }
      : { wrong: 'a number of rows is such as 300000 or "300k"' },
  distribution: ([name]) => {
    const found = DISTRIBUTIONS.find((known) => known === name);
    return found
      ? { value: found }
      : { wrong: `known distributions: ${DISTRIBUTIONS.join(", ")}` };
  },
  seed: ([seed]) =>
    Number.isSafeInteger(seed) && seed as number >= 0
      ? { value: seed as number }
      : { wrong: "a seed is a whole number from 0" },
  events: (args) =>
    args.length === 0 || typeof args[0] === "boolean"
      ? { value: args.length === 0 || args[0] as boolean }
      : names(args, "true, false, or names of event tables"),
};

function choice(
  args: readonly unknown[],
  wanted: string,
): { value: number | readonly string[] } | { wrong: string } {
  const [first] = args;
  if (typeof first !== "number") return names(args, wanted);
  return Number.isSafeInteger(first) && first > 0
    ? { value: first }
    : { wrong: `wanted: ${wanted}` };
}

function names(
  args: readonly unknown[],
  wanted: string,
): { value: readonly string[] } | { wrong: string } {
  const list = args.flat();
  return list.length > 0 && list.every((n) => typeof n === "string" && n !== "")
    ? { value: list as string[] }
    : { wrong: `wanted: ${wanted}` };
}

/** One call: the request with its value, or what is wrong with it. */
export function readCall(
  request: DatasetRequest,
  call: DatasetCall,
  args: readonly unknown[],
): { request: DatasetRequest; problem?: Problem } {
  const place = `.${call}(${args.map(shown).join(", ")})`;
  try {
    const read = READERS[call](args);
    if ("value" in read) return { request: { ...request, [call]: read.value } };
    return { request, problem: { message: read.wrong, place } };
  } catch (error) {
    return { request, problem: { message: messageOf(error), place } };
  }
}

function shown(value: unknown): string {
  return typeof value === "string"
    ? JSON.stringify(value)
    : Deno.inspect(value);
}

/** The calls that rebuild a request, in the order in which they read best. */
export const CALLS = Object.keys(READERS) as readonly DatasetCall[];

/**
 * Reads a dataset's name: `fraud_detection`, with its version
 * `fraud_detection_v1.0` or `fraud_detection@1.0`, or the path of a YAML file.
 */
export function readName(name: string): DatasetRequest {
  const isPath = /[/\\]|\.ya?ml$/.test(name);
  const match = isPath
    ? null
    : /^(.+?)(?:_v|@)([0-9][0-9A-Za-z.-]*)$/.exec(name);
  return match ? { domain: match[1], version: match[2] } : { domain: name };
}
