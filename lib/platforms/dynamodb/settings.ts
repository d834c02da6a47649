/**
 * Reads the platform's settings.
 *
 * @module
 */
import { ServemarkError } from "../../core/errors.ts";
import { unknownName } from "../../core/names.ts";
import type { PlatformSettings } from "../platform.ts";
import { isLoopback } from "./connection.ts";
import { chainRegion } from "./keys.ts";

/** Every setting there is. */
const SETTINGS = [
  "name",
  "uri",
  "endpoint",
  "region",
  "profile",
  "tablePrefix",
  "consistentRead",
  "loadConnections",
  "emulator",
  "usdPerMillionRru",
  "priceItem",
  "priceDate",
  "priceSource",
] as const;

/** Refuses settings that do not exist: a misspelt one would be ignored. */
export function checkSettings(settings: PlatformSettings): void {
  for (const name of Object.keys(settings)) {
    if (!(SETTINGS as readonly string[]).includes(name)) {
      throw unknownName("setting of DynamoDB", name, SETTINGS);
    }
  }
}

/** What settings say about where to go; both absent means: start the emulator. */
export interface Target {
  readonly endpoint?: string;
  readonly region?: string;
}

/**
 * Reads `uri`, `endpoint` and `region`: a URI is `dynamodb://us-east-1` for the
 * service in a region, or an endpoint's own `http:` or `https:` URL.
 */
export function targetOf(settings: PlatformSettings): Target {
  const endpoint = text(settings, "endpoint");
  const region = text(settings, "region");
  const uri = settings.uri;
  if (uri === undefined) return { endpoint: checked(endpoint), region };
  const match = /^dynamodb:\/\/([a-z0-9-]+)\/?$/.exec(uri);
  if (match) return { endpoint: checked(endpoint), region: match[1] };
  return { endpoint: checked(uri), region };
}

function checked(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const parsed = URL.parse(url);
  if (parsed && /^https?:$/.test(parsed.protocol) && !parsed.username) {
    return parsed.origin;
  }
  throw new ServemarkError("Cannot read DynamoDB's address", {
    cause: parsed?.username
      ? "an endpoint's URL carries no login: keys come from AWS's own places"
      : `"${url}" is neither an http(s) URL nor dynamodb://REGION`,
    remedy:
      'Write a region, as in "dynamodb://us-east-1", or an endpoint, as in "http://127.0.0.1:8000"',
    exitCode: 2,
  });
}

/** A setting that must be text where it is given. */
export function text(
  settings: PlatformSettings,
  name: string,
): string | undefined {
  const value = settings[name];
  if (value === undefined || typeof value === "string") return value;
  throw new ServemarkError(`Cannot use ${value} as DynamoDB's ${name}`, {
    remedy: `Write ${name} as text`,
    exitCode: 2,
  });
}

/** The setting `tablePrefix`, checked against DynamoDB's rules for names. */
export function prefixOf(settings: PlatformSettings): string {
  const prefix = text(settings, "tablePrefix") ?? "servemark_";
  if (/^[A-Za-z0-9_.-]{0,100}$/.test(prefix)) return prefix;
  throw new ServemarkError(`Cannot use "${prefix}" as DynamoDB's tablePrefix`, {
    remedy: "Use at most 100 letters, digits, and the signs _ . -",
    exitCode: 2,
  });
}

/** A setting that must be true or false where it is given. */
export function flag(settings: PlatformSettings, name: string): boolean {
  const value = settings[name] ?? false;
  if (typeof value === "boolean") return value;
  throw new ServemarkError(`Cannot use "${value}" as DynamoDB's ${name}`, {
    remedy: "Write true or false",
    exitCode: 2,
  });
}

/** The service's address in a region. */
export function serviceEndpoint(region: string): string {
  const china = region.startsWith("cn-") ? ".cn" : "";
  return `https://dynamodb.${region}.amazonaws.com${china}`;
}

/**
 * The region of an endpoint: the one in its name, else the one that AWS's own
 * settings name; emulators, which take any, get the usual one.
 */
export async function regionOf(
  endpoint: string | undefined,
  profile?: string,
): Promise<string> {
  if (endpoint === undefined || isLoopback(endpoint)) return "us-east-1";
  const named = /dynamodb\.([a-z0-9-]+)\.amazonaws/.exec(endpoint)?.[1];
  const region = named ?? await chainRegion(profile);
  if (region) return region;
  throw new ServemarkError("Cannot tell DynamoDB's region", {
    cause: "neither the settings nor AWS's own name one",
    place: endpoint,
    remedy: "Set region, or AWS_REGION",
    exitCode: 2,
  });
}

/** Requests at once: of all kinds but writes, and writes. */
export interface Lanes {
  readonly requests: number;
  readonly writes: number;
}

// The service spreads requests over its machines. An emulator has two threads
// and one lock: several writes at once contend for it, and take longer together
// than one after another (measured: 8,500 rows a second against 11,400).
const SERVICE: Lanes = { requests: 32, writes: 32 };
const EMULATOR: Lanes = { requests: 4, writes: 1 };

/** Requests at once, with the setting `loadConnections`. */
export function lanesOf(settings: PlatformSettings, local: boolean): Lanes {
  const usual = local ? EMULATOR : SERVICE;
  const writes = settings.loadConnections ?? usual.writes;
  if (typeof writes === "number" && Number.isInteger(writes) && writes > 0) {
    return { ...usual, writes };
  }
  throw new ServemarkError(
    `Cannot use ${writes} as DynamoDB's loadConnections`,
    { remedy: "Write a whole number from 1", exitCode: 2 },
  );
}
