import type { Channel } from "./channel.ts";
import type { Connection } from "./connection.ts";
import { ServerRefusal } from "./errors.ts";
import { TERMINATE, TLS_REQUEST } from "./wire.ts";

const PATIENCE_MS = 10_000;

/** An open connection over Deno's sockets. */
export interface TcpChannel extends Channel {
  readonly stream: Deno.Conn;
  /** Says goodbye and closes; a connection that is gone already is fine. */
  close(): Promise<void>;
}

/**
 * Connects, with TLS where the connection asks for it.
 *
 * @throws what `Deno.connect` throws, or a `ServerRefusal` where the server speaks no TLS
 */
export async function openTcp(
  connection: Connection,
  bufferSize = 32_768,
): Promise<TcpChannel> {
  const { host: hostname, port, tls } = connection;
  const plain = await Deno.connect({
    hostname,
    port,
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((error) => {
    if (error instanceof DOMException && error.name === "TimeoutError") {
      throw new Deno.errors.TimedOut("no answer came in time");
    }
    throw error;
  });
  plain.setNoDelay();
  const stream = tls ? await secure(plain, connection) : plain;
  const buffer = new Uint8Array(bufferSize);
  return {
    stream,
    receive: async () => {
      const got = await stream.read(buffer);
      return got === null ? null : buffer.subarray(0, got);
    },
    send: (bytes) => writeAll(stream, bytes),
    close: async () => {
      try {
        await stream.write(TERMINATE);
      } catch (error) {
        if (!isClosed(error)) throw error;
      } finally {
        closeQuietly(stream);
      }
    },
  };
}

/** Writes all bytes, however many writes it takes. */
export async function writeAll(
  stream: Deno.Conn,
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += await stream.write(at === 0 ? bytes : bytes.subarray(at));
  }
}

/** True for what a connection throws once either side has closed it. */
export function isClosed(error: unknown): boolean {
  return error instanceof Deno.errors.BadResource ||
    error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.NotConnected ||
    error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.UnexpectedEof;
}

/** Closes a connection that may be closed already. */
export function closeQuietly(stream: Deno.Conn): void {
  try {
    stream.close();
  } catch (error) {
    if (!isClosed(error)) throw error;
  }
}

async function secure(
  plain: Deno.TcpConn,
  connection: Connection,
): Promise<Deno.TlsConn> {
  try {
    await writeAll(plain, TLS_REQUEST);
    const answer = new Uint8Array(1);
    if (await plain.read(answer) === null || answer[0] !== 0x53) {
      throw new ServerRefusal({
        severity: "FATAL",
        code: "TLS",
        message: "the server does not speak TLS",
      });
    }
    const { rootCertificates } = connection;
    const secured = await Deno.startTls(plain, {
      hostname: connection.host,
      caCerts: rootCertificates === undefined
        ? undefined
        : [await Deno.readTextFile(rootCertificates)],
    });
    await secured.handshake();
    return secured;
  } catch (error) {
    closeQuietly(plain);
    throw error;
  }
}
