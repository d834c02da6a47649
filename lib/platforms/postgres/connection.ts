/**
 * Where a PostgreSQL is and how to log in, from a URI.
 *
 * @module
 */
import { ServemarkError } from "../../core/errors.ts";
import type { DriverSpec } from "../driver.ts";
import type { PlatformSettings } from "../platform.ts";

/** How to reach a server. Holds a secret. */
export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** TLS with the certificate and the host's name checked. */
  readonly tls: boolean;
  /** Path of the certificates to trust instead of the system's, in PEM. */
  readonly rootCertificates?: string;
}

const MODES = ["disable", "require", "verify-ca", "verify-full"];

/**
 * Reads `postgres://user:password@host:port/database?sslmode=…&sslrootcert=…`;
 * an absent password is PGPASSWORD's. Without `sslmode`, TLS is used for every
 * host but this one; each mode but `disable` checks certificate and name.
 *
 * @throws {ServemarkError} for a URI that cannot be read; its password is not shown
 */
export function readConnection(settings: PlatformSettings): Connection {
  const bad = (cause: string) =>
    new ServemarkError("Cannot read the URI of PostgreSQL", {
      cause,
      remedy: "Write it as postgres://user@host:5432/database",
      exitCode: 2,
    });
  if (!/^postgres(ql)?:\/\//.test(settings.uri ?? "")) {
    throw bad("it does not start with postgres://");
  }
  const url = URL.parse(settings.uri!);
  if (url === null) throw bad("it is not a URI");
  if (url.hostname === "") throw bad("it names no host");
  if (url.username === "") throw bad("it names no user");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const local = /^(localhost|127\..*|::1)$/.test(host);
  const mode = url.searchParams.get("sslmode") ??
    (local ? "disable" : "verify-full");
  if (!MODES.includes(mode)) {
    throw bad(`sslmode "${mode}" is not one of ${MODES.join(", ")}`);
  }
  const user = decodeURIComponent(url.username);
  return {
    host,
    port: Number(url.port || 5432),
    user,
    password: decodeURIComponent(url.password) ||
      (Deno.env.get("PGPASSWORD") ?? ""),
    database: decodeURIComponent(url.pathname.slice(1)) || user,
    tls: mode !== "disable",
    rootCertificates: url.searchParams.get("sslrootcert") ?? undefined,
  };
}

/** Where, without the password: `127.0.0.1:5432/postgres`. */
export function placeOf(connection: Connection): string {
  const { host, port, database } = connection;
  return `${host.includes(":") ? `[${host}]` : host}:${port}/${database}`;
}

/** A connection as a driver gets it. */
export function toDriver(
  connection: Connection,
  schema: string,
): DriverSpec["connection"] {
  return { ...connection, schema };
}

/** The URI that {@link readConnection} reads. Holds the password. */
export function uriOf(connection: Connection): string {
  const { host, port, user, password, database, tls } = connection;
  const uri = new URL("postgres://localhost");
  uri.hostname = host.includes(":") ? `[${host}]` : host;
  uri.port = String(port);
  uri.username = encodeURIComponent(user);
  uri.password = encodeURIComponent(password);
  uri.pathname = encodeURIComponent(database);
  uri.searchParams.set("sslmode", tls ? "verify-full" : "disable");
  if (connection.rootCertificates !== undefined) {
    uri.searchParams.set("sslrootcert", connection.rootCertificates);
  }
  return uri.href;
}

/** A driver's connection, checked. */
export function fromDriver(
  given: DriverSpec["connection"],
): Connection & { schema: string } {
  return {
    host: String(given.host),
    port: Number(given.port),
    user: String(given.user),
    password: String(given.password ?? ""),
    database: String(given.database),
    tls: given.tls === true,
    rootCertificates: given.rootCertificates === undefined
      ? undefined
      : String(given.rootCertificates),
    schema: String(given.schema ?? "servemark"),
  };
}

/** The same for npm:pg. */
export async function toPg(
  connection: Connection,
): Promise<Record<string, unknown>> {
  const { host, port, user, password, database, tls } = connection;
  const ca = connection.rootCertificates === undefined
    ? undefined
    : await Deno.readTextFile(connection.rootCertificates);
  return {
    ...{ host, port, user, password, database },
    ssl: tls ? { rejectUnauthorized: true, ca } : false,
    application_name: "servemark",
    connectionTimeoutMillis: 10_000,
  };
}
