/**
 * Reads a server's answers as they come, however the network cuts them.
 *
 * @module
 */

const DATA_ROW = 0x44, ERROR = 0x45, READY = 0x5a, COMPLETE = 0x43;
const NOTICE = 0x4e, PARAMETER = 0x53;

// A text may begin with U+FEFF, which would otherwise be left out.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const NOTHING = new Uint8Array(0);

/** What a server said went wrong. */
export interface ServerError {
  readonly severity: string;
  /** SQLSTATE. */
  readonly code: string;
  readonly message: string;
  /** Where: `COPY card_profile, line 3`. */
  readonly where?: string;
}

/**
 * Walks one connection's answers. It counts rows without decoding them; only
 * errors, and what `collect` asks for, are kept.
 */
export class ReplyReader {
  /** Rows since the last `reset`. */
  rows = 0;
  /** Statements completed since the last `reset`. */
  completed = 0;
  /** The first error since the last `reset`. */
  error: ServerError | undefined;
  /**
   * Where set, takes the body of every message but notices and settings, with
   * its type; the body is valid during the call only.
   */
  collect: ((type: number, body: Uint8Array) => void) | undefined;

  // Bytes of a message that is not whole yet, and bytes of it still to be passed over.
  #carry = NOTHING;
  #skip = 0;

  /** Forgets counts and errors, for the next request. */
  reset(): void {
    this.rows = 0;
    this.completed = 0;
    this.error = undefined;
  }

  /**
   * Walks `bytes[from, to)` until a ReadyForQuery is whole.
   *
   * @returns the position after that message, or −1 when there was none and
   * all bytes were taken
   */
  next(bytes: Uint8Array, from: number, to: number): number {
    if (this.#carry.length > 0) return this.#nextWithCarry(bytes, from, to);
    let at = from + this.#skip;
    if (at > to) {
      this.#skip = at - to;
      return -1;
    }
    this.#skip = 0;
    const keepRows = this.collect !== undefined;
    while (at + 5 <= to) {
      const type = bytes[at];
      const end = at + 1 + ((bytes[at + 1] << 24) | (bytes[at + 2] << 16) |
        (bytes[at + 3] << 8) | bytes[at + 4]);
      if (end > to) {
        if (type !== DATA_ROW || keepRows) break;
        // A row that is only counted need not be kept.
        this.rows++;
        this.#skip = end - to;
        return -1;
      }
      if (type === DATA_ROW) this.rows++;
      else if (type === COMPLETE) this.completed++;
      else if (type === READY) return end;
      else if (type === ERROR) {
        this.error ??= readError(bytes.subarray(at + 5, end));
      }
      if (keepRows && type !== NOTICE && type !== PARAMETER) {
        this.collect!(type, bytes.subarray(at + 5, end));
      }
      at = end;
    }
    if (at < to) this.#carry = bytes.slice(at, to);
    return -1;
  }

  #nextWithCarry(bytes: Uint8Array, from: number, to: number): number {
    const carried = this.#carry.length;
    const joined = new Uint8Array(carried + to - from);
    joined.set(this.#carry);
    joined.set(bytes.subarray(from, to), carried);
    this.#carry = NOTHING;
    const end = this.next(joined, 0, joined.length);
    return end < 0 ? -1 : from + end - carried;
  }
}

function readError(body: Uint8Array): ServerError {
  const fields: Record<string, string> = {};
  for (const field of decoder.decode(body).split("\0")) {
    if (field !== "") fields[field[0]] = field.slice(1);
  }
  return {
    severity: fields.V ?? fields.S ?? "ERROR",
    code: fields.C ?? "XX000",
    message: fields.M ?? "unknown error",
    where: fields.W,
  };
}

/** The columns of a DataRow's body as texts, `null` where NULL. */
export function readRow(body: Uint8Array): (string | null)[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const columns: (string | null)[] = [];
  let at = 2;
  for (let n = view.getUint16(0); n > 0; n--) {
    const length = view.getInt32(at);
    at += 4;
    if (length < 0) columns.push(null);
    else {
      columns.push(decoder.decode(body.subarray(at, at + length)));
      at += length;
    }
  }
  return columns;
}
