import type { DriverSpec } from "../driver.ts";

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
