/**
 * A connection's two directions, and what is said on it outside the load: the
 * login, one-off statements.
 *
 * @module
 */
import type { Connection } from "./connection.ts";
import { ServerRefusal } from "./errors.ts";
import { Login } from "./login.ts";
import { ReplyReader } from "./reply.ts";
import { query, startup } from "./wire.ts";

/** Bytes to and from a server. */
export interface Channel {
  /** Waits for some bytes; `null` at the end. The bytes are valid until the next call. */
  receive(): Promise<Uint8Array | null>;
  /** Sends all bytes. */
  send(bytes: Uint8Array): Promise<void>;
}

type Collect = (type: number, body: Uint8Array) => void;

/** Sends a request and waits for ReadyForQuery; a server's error is thrown. */
export async function exchange(
  channel: Channel,
  request: Uint8Array,
  collect?: Collect,
): Promise<void> {
  await channel.send(request);
  await settle(channel, collect);
}

/** Waits for ReadyForQuery; a server's error is thrown. */
export async function settle(
  channel: Channel,
  collect?: Collect,
): Promise<void> {
  const reader = new ReplyReader();
  reader.collect = collect;
  for (;;) {
    const bytes = await channel.receive();
    if (bytes === null) {
      if (reader.error) throw new ServerRefusal(reader.error);
      throw new Deno.errors.ConnectionReset(
        "the server closed the connection",
      );
    }
    if (reader.next(bytes, 0, bytes.length) >= 0) break;
    // A fatal error is the last word; no ReadyForQuery follows it.
    if (reader.error?.severity === "FATAL") {
      throw new ServerRefusal(reader.error);
    }
  }
  if (reader.error) throw new ServerRefusal(reader.error);
}

/** Logs in, and sets the session up. */
export async function logIn(
  channel: Channel,
  connection: Connection,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const { user, database } = connection;
  const answers: Uint8Array[] = [];
  const login = new Login(connection);
  const reader = new ReplyReader();
  reader.collect = (type, body) => {
    if (type !== 0x52) return;
    const answer = login.answer(body.slice());
    if (answer) answers.push(answer);
  };
  await channel.send(startup({
    user,
    database,
    client_encoding: "UTF8",
    DateStyle: "ISO",
    application_name: "servemark",
  }));
  for (;;) {
    const bytes = await channel.receive();
    if (bytes === null) {
      if (reader.error) throw new ServerRefusal(reader.error);
      throw new Deno.errors.ConnectionReset(
        "the server closed the connection during the login",
      );
    }
    const ready = reader.next(bytes, 0, bytes.length) >= 0;
    if (reader.error) throw new ServerRefusal(reader.error);
    if (ready) break;
    for (const answer of answers.splice(0)) await channel.send(answer);
  }
  const statements = Object.entries(settings)
    .map(([name, value]) => `SET ${name} = '${value}'`);
  if (statements.length > 0) {
    await exchange(channel, query(statements.join(";")));
  }
}
