import { messageOf, ServemarkError } from "../../core/errors.ts";
import { ConnectionLost } from "./http_connection.ts";

/** An answer of DynamoDB's that is an error. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  /** `ResourceNotFoundException`. */
  readonly type: string;
  readonly status: number;

  constructor(type: string, status: number, message: string) {
    super(message);
    this.type = type;
    this.status = status;
  }

  /** True when the same request may succeed a little later. */
  get passing(): boolean {
    return this.status >= 500 || PASSING.has(this.type);
  }
}

const PASSING = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
  "TransactionInProgressException",
  // Control plane: too many tables are being made or removed at once.
  "LimitExceededException",
]);

const LOGIN = new Set([
  "AccessDeniedException",
  "ExpiredTokenException",
  "IncompleteSignatureException",
  "InvalidSignatureException",
  "MissingAuthenticationTokenException",
  "UnrecognizedClientException",
]);

/** What stayed unprocessed however often it was sent: `keys`, `25 items`. */
export function unprocessedError(what: string, attempts: number): ServiceError {
  return new ServiceError(
    "ThrottlingException",
    400,
    `${what} stayed unprocessed after ${attempts} attempts without progress`,
  );
}

const decoder = new TextDecoder();

/** Reads an error's body: `{"__type":"namespace#Type","message":"…"}`. */
export function readServiceError(
  status: number,
  body: Uint8Array,
): ServiceError {
  const text = decoder.decode(body);
  let type = `HTTP ${status}`;
  let message = text.slice(0, 300);
  try {
    const parsed = JSON.parse(text);
    type = String(parsed.__type ?? type).split("#").pop()!;
    message = String(parsed.message ?? parsed.Message ?? "");
  } catch (error) {
    // A proxy's or load balancer's page instead of DynamoDB's own answer.
    if (!(error instanceof SyntaxError)) throw error;
  }
  return new ServiceError(type, status, clean(message));
}

/** Some of the service's messages repeat the canonical request, whose headers hold the session token. */
function clean(message: string): string {
  return message.split("\n")[0]
    .replace(/\b(?:AKIA|ASIA)[A-Z0-9]{8,}\b/g, "(key)").slice(0, 300);
}

/** One line about any failure, for a run's record. */
export function failureText(error: unknown): string {
  return error instanceof ServiceError
    ? `${error.type}: ${error.message}`
    : messageOf(error);
}

/** True when an error is the caller's own wish to stop. */
export function isStop(error: unknown, signal?: AbortSignal): boolean {
  return signal?.aborted === true && error === signal.reason;
}

/** Says what could not be done, why, and what to do about it. */
export function explain(
  what: string,
  error: unknown,
  place: string,
): ServemarkError {
  if (error instanceof ServemarkError) return error;
  return new ServemarkError(what, {
    cause: failureText(error),
    place,
    remedy: remedyFor(error),
    error,
  });
}

function remedyFor(error: unknown): string {
  if (!(error instanceof ServiceError)) {
    return error instanceof ConnectionLost
      ? "Check that DynamoDB, or its emulator, is still running; then run the command again: an interrupted load starts its tables anew"
      : "Check the endpoint's address and that something listens there";
  }
  if (LOGIN.has(error.type)) {
    return error.type === "AccessDeniedException"
      ? "Allow these keys dynamodb:CreateTable, DeleteTable, DescribeTable, BatchWriteItem, BatchGetItem, GetItem and Scan on the tables"
      : "Log in anew (`aws sso login`), or check AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, and this machine's clock";
  }
  if (error.type === "ResourceNotFoundException") {
    return "Load the dataset first, or check the region and the tablePrefix";
  }
  if (error.passing) {
    return "Wait and try again, or lower loadConnections; a table's on-demand limit doubles within 30 minutes of steady load";
  }
  return "Check the region, the tablePrefix and the table's definition";
}
