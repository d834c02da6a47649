import { ServemarkError } from "../core/errors.ts";
import { unreachable } from "./http.ts";

/** What was asked of the Files API, for its errors. */
export interface VolumeAttempt {
  /** `Cannot read a/b.parquet`. */
  readonly what: string;
  readonly place: string;
  /** `catalog.schema.volume`. */
  readonly volume: string;
  /** The privilege it needs. */
  readonly privilege: "READ VOLUME" | "WRITE VOLUME";
}

/** The API's own words: `{"error_code":"…","message":"…"}`. */
export interface VolumeProblem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Reads an answer that is an error. */
export function readProblem(status: number, bytes: Uint8Array): VolumeProblem {
  const text = new TextDecoder().decode(bytes);
  let code = `HTTP ${status}`;
  let message = text;
  try {
    const parsed = JSON.parse(text);
    code = String(parsed.error_code ?? code);
    message = String(parsed.message ?? text);
  } catch (error) {
    // A proxy's page instead of the service's own answer, or none, as for HEAD.
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { status, code, message: message.split("\n")[0].slice(0, 300) };
}

/** True where an answer 404 is about more than a file: volume, schema or catalog. */
export function isVolumeMissing({ status, message }: VolumeProblem): boolean {
  return status === 404 &&
    /\b(?:volume|schema|catalog)\b.*\bnot (?:exist|found)/i.test(message);
}

/** Says what could not be done in a volume, why, and what to do about it. */
export function explainVolume(
  attempt: VolumeAttempt,
  problem: VolumeProblem | undefined,
  error?: unknown,
): ServemarkError {
  if (error instanceof ServemarkError) return error;
  const [cause, remedy] = problem
    ? reason(attempt, problem)
    : unreachable(error);
  return new ServemarkError(attempt.what, {
    cause,
    place: attempt.place,
    remedy,
    error,
  });
}

function reason(
  { volume, privilege }: VolumeAttempt,
  { status, code, message }: VolumeProblem,
): [string, string] {
  const [catalog, schema] = volume.split(".");
  switch (status) {
    case 401:
      return [
        "the workspace does not accept this token; it may have expired",
        "Make a new one and set DATABRICKS_TOKEN, or check the profile",
      ];
    case 403:
      return [
        `${code}: ${message}`,
        `Check the token, or have these granted: USE CATALOG ON CATALOG ${catalog}; USE SCHEMA ON SCHEMA ${catalog}.${schema}; ${privilege} ON VOLUME ${volume}`,
      ];
    case 404:
      return [
        `there is no volume ${volume}`,
        `Check the name, or make it: CREATE VOLUME ${volume}`,
      ];
    case 429:
    case 503:
      return [
        "the workspace is busy, also after repeated attempts",
        "Wait a minute, then run the command again",
      ];
  }
  return [`${code}: ${message}`, "Check the path and the workspace"];
}
