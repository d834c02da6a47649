/** Where requests go. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** As the `Host` header has it: the port only where it is not the scheme's. */
  readonly authority: string;
}

/** Reads an `http:` or `https:` URL. */
export function endpointOf(url: string): Endpoint {
  const { protocol, hostname, host, port } = new URL(url);
  const tls = protocol === "https:";
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (tls ? 443 : 80) : Number(port),
    tls,
    authority: host,
  };
}

/** An answer. `body` is a view that the next exchange overwrites. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: Uint8Array;
  /** Bytes received, head included. */
  readonly bytes: number;
  /** The head, as received, without its last empty line. */
  readonly head: string;
}

/** Thrown when the other side closes or breaks the connection. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

const decoder = new TextDecoder();
const FIRST_SIZE = 32 * 1024;

/**
 * One HTTP/1.1 connection that is kept alive: one exchange at a time. A lean
 * path for benchmarks: it knows what DynamoDB sends (a length or chunks), and
 * no redirects, compression or trailers.
 */
export class HttpConnection {
  readonly #endpoint: Endpoint;
  readonly #now: () => number;
  #socket: Deno.Conn | undefined;
  #opening: Promise<void> | undefined;
  #buffer = new Uint8Array(FIRST_SIZE);
  #exchanges = 0;
  /** True once the present exchange was ended by `close`. */
  #abandoned = false;
  /** When the last request's first byte left, and its answer's first byte came, by the clock given. */
  sent = NaN;
  firstByte = NaN;

  constructor(endpoint: Endpoint, now: () => number) {
    this.#endpoint = endpoint;
    this.#now = now;
  }

  /** Connects, unless connected already. */
  open(): Promise<void> {
    if (this.#socket) return Promise.resolve();
    return this.#opening ??= this.#connect().finally(() =>
      this.#opening = undefined
    );
  }

  async #connect(): Promise<void> {
    const { host, port, tls } = this.#endpoint;
    const address = { hostname: host, port };
    if (tls) {
      const socket = await Deno.connectTls({
        ...address,
        alpnProtocols: ["http/1.1"],
      });
      // Else it would be part of the first exchange.
      try {
        await socket.handshake();
      } catch (error) {
        socket.close();
        throw error;
      }
      this.#socket = socket;
    } else {
      const socket = await Deno.connect(address);
      socket.setNoDelay(true);
      this.#socket = socket;
    }
    this.#exchanges = 0;
  }

  /** Closes it; an exchange under way fails. The next one opens it again. */
  close(): void {
    this.#abandoned = true;
    const socket = this.#socket;
    this.#socket = undefined;
    try {
      socket?.close();
    } catch (error) {
      // The runtime has closed it already, when the other side broke it.
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  /**
   * Sends a whole message and reads the whole answer. A connection that the
   * server closed while it was idle, as servers may at any time, is replaced
   * once; the message must be safe to send twice.
   *
   * @throws {ConnectionLost} when the connection breaks in the middle
   */
  async exchange(message: Uint8Array): Promise<HttpAnswer> {
    this.sent = NaN;
    this.firstByte = NaN;
    await this.open();
    const reused = this.#exchanges > 0;
    this.#abandoned = false;
    try {
      return await this.#exchange(message);
    } catch (error) {
      const stale = reused && !this.#abandoned && Number.isNaN(this.firstByte);
      this.close();
      if (!stale || !(error instanceof ConnectionLost)) throw error;
    }
    await this.open();
    try {
      return await this.#exchange(message);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async #exchange(message: Uint8Array): Promise<HttpAnswer> {
    const socket = this.#socket!;
    // When sent twice, the wait began with the first.
    if (Number.isNaN(this.sent)) this.sent = this.#now();
    try {
      let written = await socket.write(message);
      while (written < message.length) {
        written += await socket.write(message.subarray(written));
      }
    } catch (error) {
      throw lost(error);
    }
    let have = await this.#read(0);
    this.firstByte = this.#now();
    let end: number;
    while ((end = headEnd(this.#buffer, have)) < 0) {
      have = await this.#read(have);
    }
    const head = decoder.decode(this.#buffer.subarray(0, end));
    const start = end + 4;
    const status = Number(head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head);
    let answer: HttpAnswer;
    if (length) {
      const total = start + Number(length[1]);
      this.#room(total);
      while (have < total) have = await this.#read(have);
      const body = this.#buffer.subarray(start, total);
      answer = { status, body, bytes: have, head };
    } else if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
      answer = await this.#chunked(status, head, start, have);
    } else {
      throw new ConnectionLost("the answer has neither a length nor chunks");
    }
    this.#exchanges++;
    if (/\r\nconnection: *close/i.test(head)) this.close();
    return answer;
  }

  /** Joins chunks in place: data moves down over the chunks' own lines. */
  async #chunked(
    status: number,
    head: string,
    start: number,
    have: number,
  ): Promise<HttpAnswer> {
    let at = start;
    let to = start;
    while (true) {
      let line: number;
      while ((line = lineEnd(this.#buffer, at, have)) < 0) {
        have = await this.#read(have);
      }
      const size = parseInt(
        decoder.decode(this.#buffer.subarray(at, line)),
        16,
      );
      if (!(size >= 0)) throw new ConnectionLost("a chunk has no length");
      const data = line + 2;
      this.#room(data + size + 2);
      while (have < data + size + 2) have = await this.#read(have);
      this.#buffer.copyWithin(to, data, data + size);
      to += size;
      at = data + size + 2;
      if (size === 0) break;
    }
    return {
      status,
      head,
      bytes: have,
      body: this.#buffer.subarray(start, to),
    };
  }

  async #read(have: number): Promise<number> {
    if (have === this.#buffer.length) this.#room(have + 1);
    let n: number | null;
    try {
      n = await this.#socket!.read(
        have === 0 ? this.#buffer : this.#buffer.subarray(have),
      );
    } catch (error) {
      throw lost(error);
    }
    if (n === null) {
      throw new ConnectionLost("the server closed the connection");
    }
    return have + n;
  }

  #room(size: number): void {
    if (size <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(size, 2 * this.#buffer.length));
    larger.set(this.#buffer);
    this.#buffer = larger;
  }
}

function lost(error: unknown): ConnectionLost {
  const cause = error instanceof Error ? error.message : String(error);
  return new ConnectionLost(`the connection broke: ${cause}`, { cause: error });
}

/** Where the empty line after the head begins; −1 while it has not come. */
function headEnd(bytes: Uint8Array, have: number): number {
  for (let i = bytes.indexOf(13); i >= 0 && i + 3 < have;) {
    if (bytes[i + 1] === 10 && bytes[i + 2] === 13 && bytes[i + 3] === 10) {
      return i;
    }
    i = bytes.indexOf(13, i + 1);
  }
  return -1;
}

function lineEnd(bytes: Uint8Array, from: number, have: number): number {
  const i = bytes.indexOf(13, from);
  return i >= 0 && i + 1 < have ? i : -1;
}
