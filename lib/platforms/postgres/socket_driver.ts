import type { AsyncDriver, DriverSpec } from "../driver.ts";
import type { Channel } from "./channel.ts";
import { LeanDriver } from "./lean_driver.ts";
import { SEND, type Session } from "./session.ts";
import { isClosed, openTcp, type TcpChannel, writeAll } from "./tcp.ts";

const GONE = "the server closed the connection";

/** The wire protocol over Deno's own sockets: every system, with and without TLS. */
export function socketDriver(
  connection: DriverSpec["connection"],
): AsyncDriver {
  return new SocketDriver(connection);
}

class SocketDriver extends LeanDriver implements AsyncDriver {
  readonly pump = "async";
  readonly #channels: TcpChannel[] = [];
  readonly #gone: boolean[] = [];
  readonly #readers: Promise<void>[] = [];
  readonly #idle = new Map<Session, () => void>();
  #closed = false;

  protected override async connect(session: Session): Promise<Channel> {
    const channel = await openTcp(this.connection);
    this.#channels[session.slot] = channel;
    return channel;
  }

  protected override start(): void {
    this.sessions.forEach((session) =>
      this.#readers.push(this.#listen(session))
    );
  }

  protected override transmit(slot: number): void {
    const { request, from, to } = this.sessions[slot];
    if (this.#gone[slot]) {
      // After the caller's own turn, so that it is never told within submit.
      setTimeout(() => this.#lose(slot, GONE));
      return;
    }
    writeAll(this.#channels[slot].stream, request.subarray(from, to))
      .catch((error) => this.#lose(slot, String(error.message)));
  }

  protected override untilIdle(session: Session): Promise<void> {
    return new Promise((resolve) => {
      if (session.busy) this.#idle.set(session, resolve);
      else resolve();
    });
  }

  override async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all(this.#channels.map((channel) => channel.close()));
    await Promise.all(this.#readers);
  }

  async #listen(session: Session): Promise<void> {
    const { slot } = session;
    let reason = GONE;
    try {
      for (;;) {
        const bytes = await this.#channels[slot].receive();
        if (bytes === null) break;
        if (session.take(bytes, bytes.length) === SEND) this.transmit(slot);
        this.#wake(session);
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (!isClosed(error)) reason = error.message;
    }
    if (!this.#closed) this.#lose(slot, reason);
  }

  #lose(slot: number, reason: string): void {
    this.#gone[slot] = true;
    this.sessions[slot].lose(reason);
    this.#wake(this.sessions[slot]);
  }

  #wake(session: Session): void {
    if (session.busy) return;
    this.#idle.get(session)?.();
    this.#idle.delete(session);
  }
}
