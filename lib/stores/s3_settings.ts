import { ServemarkError } from "../core/errors.ts";
import { unknownName } from "../core/names.ts";

/** What an `s3://` URI says. */
export interface S3Settings {
  readonly bucket: string;
  /** Empty, or ending in "/". */
  readonly prefix: string;
  readonly endpoint?: string;
  readonly region?: string;
  /** The bucket in the path instead of the host's name. @default for endpoints that are not AWS's */
  readonly pathStyle?: boolean;
  readonly profile?: string;
  /** Sign nothing, and look for no credentials. */
  readonly anonymous?: boolean;
}

const PARAMETERS = ["endpoint", "region", "pathStyle", "profile", "anonymous"];

/**
 * Reads `s3://bucket/prefix`, with parameters behind a `?`: `endpoint`,
 * `region`, `pathStyle`, `profile`, `anonymous`.
 */
export function readS3Uri(uri: string): S3Settings {
  const { bucket, prefix, query } = readBucketUri(uri);
  for (const name of query.keys()) {
    if (!PARAMETERS.includes(name)) {
      throw unknownName("parameter of an s3:// URI", name, PARAMETERS, uri);
    }
  }
  const text = (name: string) => query.get(name) || undefined;
  return {
    bucket,
    prefix,
    endpoint: checkEndpoint(text("endpoint"), uri),
    region: text("region"),
    pathStyle: flag(query, "pathStyle", uri),
    profile: text("profile"),
    anonymous: flag(query, "anonymous", uri),
  };
}

/** Reads `scheme://bucket/prefix?query`; names are taken as they stand, without %-codes. */
export function readBucketUri(
  uri: string,
): { bucket: string; prefix: string; query: URLSearchParams } {
  const match = /^[a-z0-9]+:\/\/([^/?]+)\/*([^?]*?)\/*(?:\?(.*))?$/is.exec(uri);
  const path = match?.[2] ?? "";
  const good = match &&
    /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/i.test(match[1]) &&
    (path === "" || path.split("/").every((part) => !/^\.{0,2}$/.test(part)));
  if (!good) {
    const scheme = /^[a-z0-9]+/i.exec(uri)?.[0];
    throw new ServemarkError(`Cannot read "${uri}" as a bucket's place`, {
      remedy: `Write ${scheme}://bucket/folder`,
      exitCode: 2,
    });
  }
  return {
    bucket: match[1],
    prefix: path === "" ? "" : `${path}/`,
    query: new URLSearchParams(match[3] ?? ""),
  };
}

function checkEndpoint(
  endpoint: string | undefined,
  uri: string,
): string | undefined {
  if (endpoint === undefined) return undefined;
  const url = URL.parse(endpoint);
  if (url && /^https?:$/.test(url.protocol) && !url.username) return endpoint;
  // A login would be shown wherever the URI is.
  throw new ServemarkError("Cannot read the endpoint of an s3:// URI", {
    cause: url?.username
      ? "an endpoint carries no login: keys come from AWS's own places"
      : `"${endpoint}" is no http(s) URL`,
    place: url?.username ? undefined : uri,
    remedy: "Write it as in ?endpoint=http://127.0.0.1:9000",
    exitCode: 2,
  });
}

function flag(
  query: URLSearchParams,
  name: string,
  uri: string,
): boolean | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  if (value === "true" || value === "") return true;
  if (value === "false") return false;
  throw new ServemarkError(`Cannot use "${value}" as ${name}`, {
    place: uri,
    remedy: "Write true or false",
    exitCode: 2,
  });
}
