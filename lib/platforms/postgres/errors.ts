/**
 * What PostgreSQL refuses, in the words of whoever asked.
 *
 * @module
 */
import { messageOf, ServemarkError } from "../../core/errors.ts";
import type { ServerError } from "./reply.ts";

/** An error that the server reported over the lean connection. */
export class ServerRefusal extends Error {
  override readonly name = "ServerRefusal";
  /** SQLSTATE. */
  readonly code: string;
  /** Where, as the server says: `COPY card_profile, line 3`. */
  readonly where: string | undefined;

  constructor(error: ServerError) {
    super(error.message);
    this.code = error.code;
    this.where = error.where;
  }
}

interface Advice {
  cause?: string;
  remedy: string;
}

// By SQLSTATE, its class, or the system's error name.
const ADVICE: Readonly<Record<string, Advice>> = {
  "28P01": {
    remedy: "Correct the user or the password: in the URI, or PGPASSWORD",
  },
  "28": {
    remedy:
      "Check the user, and the server's pg_hba.conf for this address and database",
  },
  "3D000": { remedy: "Create the database, or correct its name in the URI" },
  "42P01": { remedy: "Load the dataset into this platform first" },
  "3F000": { remedy: "Load the dataset into this platform first" },
  "42501": {
    remedy: "Grant the user the right to create a schema and tables here",
  },
  "53100": {
    cause: "the server's disk is full",
    remedy: "Free space on the server, then run the same command again",
  },
  "53200": {
    cause: "the server is out of memory",
    remedy: "Give the server more memory, then run the same command again",
  },
  "53300": {
    remedy: "Raise max_connections of the server, or ask for fewer clients",
  },
  "57P03": { remedy: "Wait until the server has started, then try again" },
  "57": {
    cause: "the server shut down or ended the connection",
    remedy: "Check that the server is running, then run the same command again",
  },
  "25006": { remedy: "Name the primary server: this one only reads" },
  "22": { remedy: "Compare the row with the table's schema" },
  ECONNREFUSED: {
    cause: "nothing answers there",
    remedy: "Start the server, or correct the host and the port in the URI",
  },
  ECONNRESET: {
    cause: "the server closed the connection in the middle",
    remedy:
      "Check that the server is running and look into its log, then run the same command again",
  },
  ENOTFOUND: {
    cause: "the host's name is not known",
    remedy: "Correct the host in the URI",
  },
  ETIMEDOUT: {
    cause: "no answer came in time",
    remedy: "Check the host, the port and the firewall between",
  },
  TLS: {
    remedy:
      "Trust the server's certificate with ?sslrootcert=FILE, or, on a network that you trust, use ?sslmode=disable",
  },
};

/** Puts anything thrown by a connection in the form that users meet. */
export function explain(
  what: string,
  error: unknown,
  place: string,
): ServemarkError {
  if (error instanceof ServemarkError) return error;
  const code = codeOf(error);
  const advice = ADVICE[code] ?? ADVICE[code.slice(0, 2)];
  const said = messageOf(error);
  const where = error instanceof ServerRefusal ? error.where : undefined;
  return new ServemarkError(what, {
    cause: advice?.cause ? `${advice.cause} (${said})` : said,
    place: where ? `${place}, ${where}` : place,
    remedy: advice?.remedy ?? "Look into the server's log for the reason",
    error,
  });
}

function codeOf(error: unknown): string {
  if (error instanceof Deno.errors.ConnectionRefused) return "ECONNREFUSED";
  if (
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.UnexpectedEof ||
    error instanceof Deno.errors.ConnectionAborted
  ) return "ECONNRESET";
  if (error instanceof Deno.errors.TimedOut) return "ETIMEDOUT";
  const message = messageOf(error);
  if (/certificate|TLS|SSL/i.test(message)) return "TLS";
  if (error instanceof Error && "code" in error && error.code) {
    return error.code === "EPIPE" ? "ECONNRESET" : String(error.code);
  }
  if (/Connection terminated/i.test(message)) return "ECONNRESET";
  if (/timeout/i.test(message)) return "ETIMEDOUT";
  if (/lookup address|not known/i.test(message)) return "ENOTFOUND";
  return "";
}
