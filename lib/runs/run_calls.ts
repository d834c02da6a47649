/**
 * Reads the arguments of a run builder's calls.
 *
 * @module
 */
import { parseDuration } from "../core/durations.ts";
import { messageOf, type Problem } from "../core/errors.ts";
import { pick, unknownName } from "../core/names.ts";
import { parseObjective } from "../metrics/objective.ts";
import type { Strategy } from "../platforms/driver.ts";
import { PLATFORMS } from "../platforms/open.ts";
import { type Dataset, dataset } from "../transfers/dataset.ts";
import type { DatasetRequest } from "../transfers/dataset_calls.ts";
import { WORKLOADS } from "../workloads/open.ts";
import {
  nameOf,
  type PlatformRequest,
  type RunSpec,
  type WorkloadRequest,
} from "./run_spec.ts";

/** A call of the builder, named after the part of the spec it replaces. */
export type RunCall =
  | Exclude<keyof RunSpec, "name" | "platforms">
  | "on";

const STRATEGIES: Readonly<Record<Strategy, true>> = {
  batched: true,
  sequential: true,
  parallel: true,
};

type Reader = (args: readonly unknown[]) => Partial<RunSpec>;

const READERS: Readonly<Record<RunCall, Reader>> = {
  dataset: ([given]) => ({ dataset: readDataset(given) }),
  workload: ([name, options]) => ({ workload: readWorkload(name, options) }),
  clients: (args) => {
    const clients = args.flat().map((n) => whole(n, "clients", 1, 10_000));
    if (clients.length === 0) wrong("name at least one number of clients");
    const doubled = clients.find((n, k) => clients.indexOf(n) !== k);
    if (doubled !== undefined) wrong(`${doubled} clients are named twice`);
    return { clients };
  },
  iterations: ([n]) => ({ iterations: whole(n, "iterations", 1) }),
  minimum: ([n]) => ({ minimum: whole(n, "operations", 1) }),
  warmup: ([n]) => ({ warmup: whole(n, "warm-up operations", 0) }),
  rounds: ([n]) => ({ rounds: whole(n, "rounds", 1, 100) }),
  on: (args) => ({ platforms: platformRequests(args.flat()) }),
  objective: ([text]) => ({ objective: parseObjective(String(text)) }),
  think: ([time]) => ({
    think: parseDuration(time as string | number, "think time"),
  }),
  seed: ([n]) => ({ seed: whole(n, "seed", 0) }),
  workers: ([n]) => ({ workers: whole(n, "workers", 1, 256) }),
  timeout: ([time]) => {
    const timeout = parseDuration(time as string | number, "timeout");
    if (!(timeout > 0)) wrong("a timeout must be above 0");
    return { timeout };
  },
};

/** The part of a spec that a call gives, or what is wrong with its arguments. */
export function readCall(
  call: RunCall,
  args: readonly unknown[],
): { part: Partial<RunSpec> } | { problem: Problem } {
  try {
    return { part: READERS[call](args) };
  } catch (error) {
    const place = `.${call}(${args.map(shown).join(", ")})`;
    return { problem: { message: messageOf(error), place } };
  }
}

function readDataset(given: unknown): DatasetRequest {
  if (typeof given === "string") return dataset(given).toJSON();
  const builder = given as Partial<Dataset> | null | undefined;
  if (typeof builder?.toJSON === "function") return builder.toJSON();
  if (typeof (given as DatasetRequest | undefined)?.domain === "string") {
    return dataset.from(given as DatasetRequest).toJSON();
  }
  wrong('give a dataset, as in dataset("fraud_detection"), or its name');
}

function readWorkload(name: unknown, given: unknown): WorkloadRequest {
  pick("workload", String(name), WORKLOADS);
  const options = (given ?? {}) as Record<string, unknown>;
  for (const option of Object.keys(options)) {
    if (!["tables", "table", "strategy"].includes(option)) {
      throw unknownName("option of a workload", option, [
        "tables",
        "table",
        "strategy",
      ]);
    }
  }
  const { tables, table, strategy } = options;
  if (table !== undefined && typeof table !== "string") {
    wrong("table must be the name of a table");
  }
  return {
    name: String(name),
    ...(tables === undefined ? {} : { tables: whole(tables, "tables", 1) }),
    ...(table === undefined ? {} : { table: table as string }),
    ...(strategy === undefined ? {} : { strategy: readStrategy(strategy) }),
  };
}

function readStrategy(given: unknown): Strategy | Strategy[] {
  if (!Array.isArray(given)) {
    pick("strategy", String(given), STRATEGIES);
    return given as Strategy;
  }
  if (given.length === 0) wrong("name at least one strategy");
  return given.map((one) => readStrategy(one) as Strategy);
}

function platformRequests(args: readonly unknown[]): PlatformRequest[] {
  if (args.length === 0) wrong("name at least one platform");
  const platforms = args.map(platformRequest);
  const names = platforms.map(nameOf);
  const doubled = names.find((name, k) => names.indexOf(name) !== k);
  if (doubled !== undefined) {
    wrong(`two platforms are named "${doubled}": give one a name of its own`);
  }
  return platforms;
}

const KNOWN = ["kind", "name", "uri", "strategy", "driver", "settings"];

/** Reads one platform: `postgres`, `prod=postgres://host/db`, or an object. */
export function platformRequest(given: unknown): PlatformRequest {
  const object: Record<string, unknown> = typeof given === "string"
    ? fromText(given)
    : given as Record<string, unknown> ?? {};
  for (const key of Object.keys(object)) {
    if (!KNOWN.includes(key)) {
      throw unknownName("option of a platform", key, KNOWN);
    }
  }
  const { name, uri, strategy, driver, settings } = object;
  const kind = object.kind ?? (uri === undefined ? "" : kindOf(String(uri)));
  pick("platform", String(kind), PLATFORMS);
  return {
    kind: String(kind),
    ...(name === undefined ? {} : { name: String(name) }),
    ...(uri === undefined ? {} : { uri: String(uri) }),
    ...(strategy === undefined ? {} : { strategy: readStrategy(strategy) }),
    ...(driver === undefined ? {} : {
      driver: Array.isArray(driver) ? driver.map(String) : String(driver),
    }),
    ...(settings === undefined
      ? {}
      : { settings: settings as PlatformRequest["settings"] }),
  };
}

/** `postgres`, `postgres://host/db`, `prod=postgres://host/db`. */
function fromText(text: string): Record<string, unknown> {
  if (Object.hasOwn(PLATFORMS, text)) return { kind: text };
  const match = /^(?:([A-Za-z][\w-]*)=)?([a-z][a-z0-9+]*:\/\/.*)$/.exec(text);
  if (!match) return { kind: text };
  const [, name, uri] = match;
  const kind = Object.hasOwn(PLATFORMS, name ?? "") ? name : kindOf(uri);
  return { kind, uri, ...(name && name !== kind ? { name } : {}) };
}

const SCHEMES: Readonly<Record<string, string>> = { postgresql: "postgres" };

/** A URI's platform, by its scheme. */
function kindOf(uri: string): string {
  const scheme = uri.split(":")[0];
  return SCHEMES[scheme] ?? scheme;
}

function whole(
  value: unknown,
  what: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isSafeInteger(value)) {
    const n = value as number;
    if (n >= least && n <= most) return n;
  }
  const range = most === Number.MAX_SAFE_INTEGER
    ? `of at least ${least}`
    : `from ${least} to ${most.toLocaleString("en-US")}`;
  wrong(`${what} must be a whole number ${range}: got ${shown(value)}`);
}

function wrong(message: string): never {
  throw new RangeError(message);
}

/** An argument as it was written, without what may be secret. */
function shown(value: unknown): string {
  const text = typeof value === "string"
    ? JSON.stringify(value)
    : Deno.inspect(value, { depth: 3, compact: true, breakLength: Infinity });
  return withoutPassword(text);
}

/** A text whose URIs have lost their passwords. */
export function withoutPassword(text: string): string {
  return text.replace(/(:\/\/[^:@/\s"']*):[^@/\s"']*@/g, "$1@")
    .replace(/([?&])password=[^&\s"']*&?/gi, "$1");
}
