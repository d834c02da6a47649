import { ServemarkError } from "../core/errors.ts";
import { unreachable } from "./http.ts";

/** What was asked of the service, for its errors. */
export interface GcsAttempt {
  /** `Cannot read a/b.parquet`. */
  readonly what: string;
  readonly place: string;
  readonly bucket: string;
  /** Without the `storage.` before it: `objects.get`. */
  readonly permission: string;
  /** True where nobody is logged in. */
  readonly anonymous: boolean;
}

/** Says what could not be done in Google Cloud Storage, why, and what to do about it. */
export function explainGcs(
  attempt: GcsAttempt,
  answer: { status: number; text: string } | undefined,
  error?: unknown,
): ServemarkError {
  if (error instanceof ServemarkError) return error;
  const [cause, remedy] = answer
    ? reason(attempt, answer.status, messageIn(answer.text))
    : unreachable(error);
  return new ServemarkError(attempt.what, {
    cause,
    place: attempt.place,
    remedy,
    error,
  });
}

function reason(
  attempt: GcsAttempt,
  status: number,
  message: string,
): [string, string] {
  const { bucket, anonymous, permission } = attempt;
  const logIn =
    "Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS";
  if (anonymous && (status === 401 || status === 403)) {
    return [
      "no Google credentials were found, and the bucket is not public",
      logIn,
    ];
  }
  switch (status) {
    case 401:
      return ["the service does not accept these credentials", logIn];
    case 403:
      return [
        `this account lacks the permission storage.${permission}`,
        `Have it granted: gcloud storage buckets add-iam-policy-binding gs://${bucket} --member=ACCOUNT --role=${
          roleFor(permission)
        }`,
      ];
    case 404:
      return [
        `there is no bucket "${bucket}"`,
        `Check the name, or make it: gcloud storage buckets create gs://${bucket}`,
      ];
    case 429:
    case 503:
      return [
        "the service is busy, also after repeated attempts",
        "Wait a minute, then run the command again",
      ];
  }
  return [`HTTP ${status}: ${message}`, "Check the bucket and the account"];
}

function roleFor(permission: string): string {
  return /get|list/.test(permission)
    ? "roles/storage.objectViewer"
    : "roles/storage.objectUser";
}

/** The first line of an error's text: `{"error":{"message":…}}`, or as it stands. */
function messageIn(text: string): string {
  let message = text;
  try {
    message = JSON.parse(text).error?.message ?? text;
  } catch (error) {
    // A proxy's page instead of the service's own answer.
    if (!(error instanceof SyntaxError)) throw error;
  }
  return String(message).split("\n")[0].slice(0, 300);
}
