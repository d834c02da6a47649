/**
 * The manifests of DynamoDB's export to S3. Source: DynamoDB's developer guide,
 * "DynamoDB table export output format".
 *
 * @module
 */
import { createHash } from "node:crypto";
import { messageOf, ServemarkError } from "../../core/errors.ts";
import type { Store } from "../../stores/store.ts";

/** `manifest-summary.json`. */
export interface ManifestSummary {
  readonly version: string;
  readonly exportArn: string;
  readonly startTime: string;
  readonly endTime: string;
  readonly tableArn: string;
  readonly tableId: string;
  readonly exportTime: string;
  readonly s3Bucket: string;
  readonly s3Prefix: string | null;
  readonly s3SseAlgorithm: string | null;
  readonly s3SseKmsKeyId: string | null;
  readonly manifestFilesS3Key: string;
  readonly billedSizeBytes: number;
  readonly itemCount: number;
  readonly outputFormat: string;
  readonly exportType?: string;
  /** Of an incremental export. */
  readonly exportFromTime?: string;
  readonly exportToTime?: string;
}

/** A line of `manifest-files.json`. */
export interface ManifestFile {
  readonly itemCount: number;
  /** MD5 of the stored bytes, in base64. */
  readonly md5Checksum: string;
  /** S3's entity tag: of one part, the MD5 of its MD5 in hex, and `-1`. */
  readonly etag: string;
  readonly dataFileS3Key: string;
}

/** The checksum of manifests, in files beside them, and of data files. */
export function md5Base64(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("base64");
}

/** S3's entity tag of an object that was uploaded in one part. */
export function entityTag(md5: string): string {
  const binary = Uint8Array.fromBase64(md5);
  return `${createHash("md5").update(binary).digest("hex")}-1`;
}

/** Bytes of the largest manifest that is read. */
const MOST_BYTES = 1 << 28;
const SUFFIXES = ["checksum", "md5"];

/**
 * Reads a manifest and compares it with its checksum, where there is one: the
 * guide names it `.checksum`; `.md5` is met too.
 */
export async function readManifest(
  store: Store,
  key: string,
): Promise<string> {
  const place = store.locate(key);
  const stat = await store.stat(key);
  const fail = (cause: string, error?: unknown) =>
    new ServemarkError(`Cannot read ${place}`, {
      cause,
      place,
      remedy: "Fetch the export again from its bucket",
      error,
    });
  if (!stat) throw fail("it is not there");
  if (stat.bytes > MOST_BYTES) throw fail(`it has ${stat.bytes} bytes`);
  const bytes = await store.get(key);
  if (!bytes) throw fail("it is not there");
  for (const suffix of SUFFIXES) {
    const beside = key.replace(/\.json$/, `.${suffix}`);
    const stat = await store.stat(beside);
    if (!stat || stat.bytes > 1000) continue;
    const said = new TextDecoder().decode(await store.get(beside)).trim();
    if (said !== "" && said !== md5Base64(bytes)) {
      throw fail(`its MD5 is ${md5Base64(bytes)}, not ${said.slice(0, 60)}`);
    }
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw fail("it is not UTF-8", error);
  }
}

/** Reads `manifest-summary.json`. */
export function parseSummary(text: string, place: string): ManifestSummary {
  const found = parsed(text, place, 1);
  const { itemCount, outputFormat } = found;
  if (outputFormat !== undefined && outputFormat !== "DYNAMODB_JSON") {
    throw new ServemarkError(`Cannot read ${place}`, {
      cause: `the export is in the format ${String(outputFormat)}`,
      place,
      remedy: "Export the table as DynamoDB JSON",
    });
  }
  if (itemCount !== undefined && !isCount(itemCount)) {
    throw new ServemarkError(`Cannot read ${place}`, {
      cause: "its itemCount is no number of items",
      place,
    });
  }
  return found as unknown as ManifestSummary;
}

/** Reads `manifest-files.json`: one object a line. */
export function parseFiles(text: string, place: string): ManifestFile[] {
  return text.split("\n").flatMap((line, k) => {
    if (line.trim() === "") return [];
    const found = parsed(line, place, k + 1);
    const { itemCount, dataFileS3Key: key, md5Checksum } = found;
    const problem = typeof key !== "string" || key === ""
      ? "it names no data file"
      : key.split("/").includes("..") || key.startsWith("/")
      ? `the data file "${key}" lies outside of the export`
      : !isCount(itemCount)
      ? "it has no itemCount"
      : md5Checksum !== undefined && typeof md5Checksum !== "string"
      ? "its md5Checksum is no text"
      : undefined;
    if (problem === undefined) return [found as unknown as ManifestFile];
    throw new ServemarkError(`Cannot read ${place}`, {
      cause: problem,
      place: `${place}, line ${k + 1}`,
      remedy: "Fetch the export again from its bucket",
    });
  });
}

function parsed(
  text: string,
  place: string,
  line: number,
): Record<string, unknown> {
  let found: unknown;
  let error: unknown;
  try {
    found = JSON.parse(text);
  } catch (thrown) {
    error = thrown;
  }
  if (typeof found === "object" && found !== null && !Array.isArray(found)) {
    return found as Record<string, unknown>;
  }
  throw new ServemarkError(`Cannot read ${place}`, {
    cause: error === undefined
      ? "it is not an object"
      : `it is not JSON (${messageOf(error).slice(0, 80)})`,
    place: `${place}, line ${line}`,
    remedy: "Fetch the export again from its bucket",
    error,
  });
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && value as number >= 0;
}
