import { ServemarkError } from "../../core/errors.ts";
import type { DriverSpec } from "../driver.ts";
import type { PlatformSettings } from "../platform.ts";

/** How drivers and the platform reach DynamoDB. Holds keys: never stored, never shown. */
export interface DynamodbConnection {
  /** `https://dynamodb.us-east-1.amazonaws.com`, `http://127.0.0.1:8000`. */
  readonly endpoint: string;
  readonly region: string;
  /** Stands before each table's name. */
  readonly tablePrefix: string;
  /** Where keys come from: AWS's chain (environment, profiles, roles), or placeholders for an emulator. */
  readonly keys: "chain" | "placeholder";
  /** Profile of AWS's configuration files. */
  readonly profile?: string;
  /** Reads see all earlier writes, at twice the price. @default false */
  readonly consistentRead: boolean;
  /** Keys already obtained from the chain, so that a worker need not load the SDK. */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  readonly expires?: number;
}

/** A driver's connection record as what it is. */
export function connectionOf(
  connection: DriverSpec["connection"],
): DynamodbConnection {
  return connection as unknown as DynamodbConnection;
}

/** True for addresses of this machine: what listens there is no service. */
export function isLoopback(endpoint: string): boolean {
  const host = new URL(endpoint).hostname;
  return host === "localhost" || host === "[::1]" || /^127\./.test(host);
}

/** True for AWS's own addresses. */
export function isService(endpoint: string): boolean {
  return /\.amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname);
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
