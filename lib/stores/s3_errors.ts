import { messageOf, ServemarkError } from "../core/errors.ts";
import { codeOf } from "./file_errors.ts";

/** What was asked of S3, for its errors. */
export interface S3Attempt {
  /** `Cannot read a/b.parquet`. */
  readonly what: string;
  /** `s3://bucket/a/b.parquet`. */
  readonly place: string;
  /** The permissions it needs: `s3:GetObject`. */
  readonly actions: readonly string[];
  readonly bucket: string;
  readonly prefix: string;
  readonly anonymous: boolean;
}

interface ServiceException {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: { httpStatusCode?: number };
  readonly $response?: { headers?: Record<string, string> };
  readonly Region?: string;
}

/** S3's name for an error, or the HTTP status where it gave none, as for HEAD requests. */
export function s3Code(error: unknown): string {
  const { name = "", $metadata } = (error ?? {}) as Partial<ServiceException>;
  const status = $metadata?.httpStatusCode;
  if (/^(Unknown|UnknownError|Error|)$/.test(name) && status) {
    return String(status);
  }
  return name;
}

/** S3's HTTP status; `undefined` where no answer came. */
export function s3Status(error: unknown): number | undefined {
  return (error as Partial<ServiceException> | null)?.$metadata?.httpStatusCode;
}

/** Says what could not be done in S3, why, and what to do about it. */
export function explainS3(attempt: S3Attempt, error: unknown): Error {
  if (error instanceof ServemarkError) return error;
  // The caller's own wish to stop.
  if ((error as Error | null)?.name === "AbortError") return error as Error;
  const [cause, remedy] = reason(attempt, error);
  return new ServemarkError(attempt.what, {
    cause,
    place: attempt.place,
    remedy,
    error,
  });
}

const KEYS =
  "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; for another service than AWS's also the endpoint";

function reason(attempt: S3Attempt, error: unknown): [string, string] {
  const { bucket } = attempt;
  const code = s3Code(error);
  switch (code) {
    case "NoSuchBucket":
      return [
        `there is no bucket "${bucket}"`,
        `Check the name, or make it: aws s3 mb s3://${bucket}`,
      ];
    case "AccessDenied":
    case "AllAccessDisabled":
    case "Forbidden":
    case "403":
      return denied(attempt);
    case "InvalidAccessKeyId":
    case "SignatureDoesNotMatch":
      return ["the service does not accept these keys", KEYS];
    case "ExpiredToken":
    case "ExpiredTokenException":
    case "TokenRefreshRequired":
    case "InvalidToken":
      return [
        "the session's keys have expired",
        "Log in anew, for example with `aws sso login`, and run the command again",
      ];
    case "RequestTimeTooSkewed":
      return [
        "this machine's clock is off by more than 15 minutes",
        "Set the clock",
      ];
    case "PermanentRedirect":
    case "AuthorizationHeaderMalformed":
    case "IllegalLocationConstraintException":
    case "301":
      return wrongRegion(attempt, error as ServiceException);
    case "NoSuchUpload":
    case "InvalidPart":
      return [
        "its upload was completed, cancelled or written to by somebody else",
        "Check that no other process writes it, then run the command again",
      ];
    case "SlowDown":
    case "ServiceUnavailable":
    case "503":
      return [
        "S3 is busy, also after repeated attempts",
        "Wait a minute, then run the command again",
      ];
  }
  const status = s3Status(error);
  if (status === undefined) return unreachable(error);
  const refused = status === 401 || status === 403;
  return [
    `${code}: ${clean(messageOf(error))}`,
    refused ? KEYS : "Check the bucket, the endpoint and the region",
  ];
}

function denied(attempt: S3Attempt): [string, string] {
  const { bucket, prefix, actions, anonymous } = attempt;
  if (anonymous) {
    return [
      "no AWS credentials were found, and the bucket is not public",
      "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or log in with `aws sso login`",
    ];
  }
  const onBucket = actions.filter((action) => /List/.test(action));
  const onObjects = actions.filter((action) => !/List/.test(action));
  const statements = [
    ...(onObjects.length > 0
      ? [allow(onObjects, `arn:aws:s3:::${bucket}/${prefix}*`)]
      : []),
    ...(onBucket.length > 0 ? [allow(onBucket, `arn:aws:s3:::${bucket}`)] : []),
  ];
  return [
    `these keys lack the permission ${actions.join(" or ")}`,
    `Have it allowed by a policy: {"Version":"2012-10-17","Statement":[${
      statements.join(",")
    }]}`,
  ];
}

function allow(actions: readonly string[], resource: string): string {
  return JSON.stringify({
    Effect: "Allow",
    Action: actions,
    Resource: resource,
  });
}

function wrongRegion(
  attempt: S3Attempt,
  error: ServiceException,
): [string, string] {
  const region = error.Region ??
    error.$response?.headers?.["x-amz-bucket-region"] ??
    /expecting '([a-z0-9-]+)'/.exec(error.message ?? "")?.[1];
  const there = region ?? "REGION";
  return [
    region
      ? `the bucket "${attempt.bucket}" is in the region ${region}`
      : `the bucket "${attempt.bucket}" is in another region`,
    `Add ?region=${there} to the URI, or set AWS_REGION=${there}`,
  ];
}

const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "the host's name is unknown",
  EAI_AGAIN: "the host's name could not be looked up",
  ETIMEDOUT: "no answer came in time",
  TimeoutError: "no answer came in time",
  ECONNRESET: "the connection broke",
};

function unreachable(error: unknown): [string, string] {
  const code = codeOf(error) ?? (error as Error | null)?.name ?? "";
  return [
    `the service cannot be reached: ${
      NETWORK[code] ?? clean(messageOf(error))
    }`,
    "Check the network, the endpoint's address (?endpoint=, AWS_ENDPOINT_URL_S3), and that something runs there",
  ];
}

/** Some messages repeat a request's headers or keys: only the first line, without keys. */
function clean(message: string): string {
  return message.split("\n")[0]
    .replace(/\b(?:AKIA|ASIA)[A-Z0-9]{8,}\b/g, "(key)").slice(0, 300);
}
