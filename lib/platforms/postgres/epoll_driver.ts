import { lookup as resolve } from "node:dns/promises";
import { ServemarkError } from "../../core/errors.ts";
import type { BlockingDriver, DriverSpec } from "../driver.ts";
import type { Channel } from "./channel.ts";
import { LeanDriver } from "./lean_driver.ts";
import {
  awaitFd,
  connectTcp,
  EPOLL_ADD,
  EPOLL_DEL,
  EPOLL_MOD,
  EPOLLERR,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
  EVENT_DATA,
  EVENT_WORDS,
  type Libc,
  MSG_NOSIGNAL,
  openLibc,
  POLLIN,
  POLLOUT,
} from "./libc.ts";
import { SEND, type Session } from "./session.ts";
import { TERMINATE } from "./wire.ts";

const BUFFER = 65_536;
const EVENTS = 256;
const PATIENCE_MS = 10_000;
const GONE = "the server closed the connection";

/**
 * The wire protocol over libc's sockets and epoll, one blocking wait for all
 * clients: Linux, without TLS. Level with C clients, because nearly all that is
 * left is the kernel's work.
 */
export function epollDriver(
  connection: DriverSpec["connection"],
): BlockingDriver {
  const libc = openLibc();
  if (libc === undefined || connection.tls === true) {
    throw new ServemarkError("Cannot use the driver postgres/epoll", {
      cause: libc === undefined
        ? "it needs Linux and the right to call libc"
        : "it does not speak TLS",
      remedy: 'Use the driver "socket"',
      exitCode: 2,
    });
  }
  return new EpollDriver(connection, libc);
}

class EpollDriver extends LeanDriver implements BlockingDriver {
  readonly pump = "blocking";
  readonly #libc: Libc;
  readonly #buffer = new Uint8Array(BUFFER);
  readonly #events = new Int32Array(EVENTS * EVENT_WORDS);
  readonly #eventBytes = new Uint8Array(this.#events.buffer);
  #epoll = -1;
  // By slot: the descriptor, −1 once it is closed.
  readonly #fds: number[] = [];
  // Slots whose loss is reported by the next poll.
  #lost: number[] = [];
  #address: Promise<string> | undefined;

  constructor(connection: DriverSpec["connection"], libc: Libc) {
    super(connection);
    this.#libc = libc;
  }

  protected override async connect(session: Session): Promise<Channel> {
    const { host, port } = this.connection;
    const address = await (this.#address ??= resolve(host)
      .then((found) => found.address));
    const fd = connectTcp(this.#libc, address, port, PATIENCE_MS);
    this.#fds[session.slot] = fd;
    return blockingChannel(this.#libc, fd, this.#buffer);
  }

  protected override start(): void {
    this.#epoll = this.#libc.epoll_create1(0);
    this.#fds.forEach((_, slot) => this.#control(EPOLL_ADD, slot, EPOLLIN));
  }

  protected override transmit(slot: number): void {
    const fd = this.#fds[slot];
    if (fd < 0) {
      this.#lost.push(slot);
      return;
    }
    const session = this.sessions[slot];
    const { request, from, to } = session;
    const bytes = from === 0 && to === request.length
      ? request
      : request.subarray(from, to);
    const sent = this.#libc.send(fd, bytes, bytes.length, MSG_NOSIGNAL);
    if (sent === bytes.length) return;
    // The socket's buffer is full, or the connection broken: epoll tells which.
    if (sent > 0) session.from += sent;
    this.#control(EPOLL_MOD, slot, EPOLLIN | EPOLLOUT);
  }

  poll(timeoutMs: number): void {
    if (this.#lost.length > 0) this.#reportLost();
    const libc = this.#libc;
    const count = libc.epoll_wait(
      this.#epoll,
      this.#eventBytes,
      EVENTS,
      this.#lost.length > 0 ? 0 : timeoutMs | 0,
    );
    for (let e = 0; e < count; e++) {
      const events = this.#events[e * EVENT_WORDS];
      const slot = this.#events[e * EVENT_WORDS + EVENT_DATA];
      const fd = this.#fds[slot];
      if (fd < 0) continue;
      if (events & EPOLLOUT) this.#resume(slot);
      const got = libc.recv(fd, this.#buffer, BUFFER, 0);
      if (got > 0) {
        if (this.sessions[slot].take(this.#buffer, got) === SEND) {
          this.transmit(slot);
        }
      } else if (got === 0 || (events & (EPOLLERR | EPOLLHUP)) !== 0) {
        this.#lose(slot);
      }
    }
  }

  protected override untilIdle(session: Session): Promise<void> {
    while (session.busy) this.poll(100);
    return Promise.resolve();
  }

  override close(): Promise<void> {
    for (let slot = 0; slot < this.#fds.length; slot++) {
      const fd = this.#fds[slot];
      if (fd < 0) continue;
      this.#libc.send(fd, TERMINATE, TERMINATE.length, MSG_NOSIGNAL);
      this.#libc.close(fd);
      this.#fds[slot] = -1;
    }
    if (this.#epoll >= 0) this.#libc.close(this.#epoll);
    this.#epoll = -1;
    return Promise.resolve();
  }

  #resume(slot: number): void {
    this.#control(EPOLL_MOD, slot, EPOLLIN);
    if (this.sessions[slot].busy) this.transmit(slot);
  }

  #lose(slot: number): void {
    this.#control(EPOLL_DEL, slot, 0);
    this.#libc.close(this.#fds[slot]);
    this.#fds[slot] = -1;
    this.sessions[slot].lose(GONE);
  }

  /** Completes what was submitted on connections that are gone. */
  #reportLost(): void {
    const lost = this.#lost;
    this.#lost = [];
    for (const slot of lost) this.sessions[slot].lose(GONE);
  }

  #control(action: number, slot: number, events: number): void {
    const event = new Int32Array(EVENT_WORDS);
    event[0] = events;
    event[EVENT_DATA] = slot;
    this.#libc.epoll_ctl(
      this.#epoll,
      action,
      this.#fds[slot],
      new Uint8Array(event.buffer),
    );
  }
}

/** A descriptor as the login wants it; each step blocks the thread. */
function blockingChannel(
  libc: Libc,
  fd: number,
  buffer: Uint8Array<ArrayBuffer>,
): Channel {
  const ready = (events: number) => {
    if (!awaitFd(libc, fd, events, PATIENCE_MS)) {
      throw new Deno.errors.TimedOut("no answer came in time");
    }
  };
  return {
    receive: async () => {
      ready(POLLIN);
      const got = libc.recv(fd, buffer, BUFFER, 0);
      await Promise.resolve();
      return got > 0 ? buffer.subarray(0, got) : null;
    },
    send: async (bytes) => {
      for (let at = 0; at < bytes.length;) {
        ready(POLLOUT);
        const rest = Uint8Array.from(bytes.subarray(at));
        const sent = libc.send(fd, rest, rest.length, MSG_NOSIGNAL);
        if (sent < 0) throw new Deno.errors.ConnectionReset(GONE);
        at += sent;
      }
      await Promise.resolve();
    },
  };
}
