/**
 * Messages of Jupyter's kernel protocol, version 5.3, on the wire: signed
 * multipart frames.
 *
 * Source: "Messaging in Jupyter", sections "General Message Format" and "The
 * Wire Protocol", of the jupyter_client documentation.
 *
 * @module
 */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { ServemarkError } from "../core/errors.ts";

/** What a kernel listens on; the content of its connection file. */
export interface Connection {
  readonly transport: "tcp";
  readonly ip: string;
  readonly shell_port: number;
  readonly control_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly hb_port: number;
  readonly signature_scheme: "hmac-sha256";
  readonly key: string;
  readonly kernel_name: string;
}

/** Who says what, when. */
export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  /** ISO 8601. */
  readonly date: string;
  readonly version: string;
}

/** One message. */
export interface Message {
  readonly header: Header;
  /** The header of the request that this answers; empty when there is none. */
  readonly parent: Partial<Header>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly content: Readonly<Record<string, unknown>>;
}

const DELIMITER = "<IDS|MSG>";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Makes a request of a session. */
export function request(
  session: string,
  type: string,
  content: Readonly<Record<string, unknown>>,
): Message {
  return {
    header: {
      msg_id: randomUUID(),
      msg_type: type,
      session,
      username: "servemark",
      date: new Date().toISOString(),
      version: "5.3",
    },
    parent: {},
    metadata: {},
    content,
  };
}

/** The frames of a message, signed with the connection's key. */
export function encode(message: Message, key: string): Uint8Array[] {
  const parts = [
    message.header,
    message.parent,
    message.metadata,
    message.content,
  ].map((part) => encoder.encode(JSON.stringify(part)));
  return [
    encoder.encode(DELIMITER),
    encoder.encode(signature(parts, key)),
    ...parts,
  ];
}

/**
 * Reads a message from its frames, whatever routing ids stand before it.
 *
 * @throws {ServemarkError} when it is cut off, or signed with another key
 */
export function decode(frames: readonly Uint8Array[], key: string): Message {
  const start = frames.findIndex((frame) =>
    frame.length === DELIMITER.length && decoder.decode(frame) === DELIMITER
  );
  const parts = frames.slice(start + 2, start + 6);
  if (start < 0 || parts.length < 4) {
    throw new ServemarkError("Cannot read a message of the kernel", {
      cause: `it has ${frames.length} frames, and not those of the protocol`,
    });
  }
  const wanted = encoder.encode(signature(parts, key));
  const given = frames[start + 1];
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new ServemarkError("Cannot trust a message of the kernel", {
      cause: "its signature does not fit the connection's key",
      remedy: "Check that no other program uses the kernel's ports",
    });
  }
  const [header, parent, metadata, content] = parts.map((part) =>
    JSON.parse(decoder.decode(part))
  );
  return { header, parent: parent ?? {}, metadata, content };
}

function signature(parts: readonly Uint8Array[], key: string): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}
