import { ServemarkError } from "../../core/errors.ts";
import { firstBadByte } from "../utf8.ts";

/** Bytes that a line can have at most. */
const MOST_BYTES = 1 << 26;
const LF = 10;

/** Some lines that follow one another. */
export interface Lines {
  readonly texts: readonly string[];
  /** The first one's number, from 1. */
  readonly first: number;
  /** Their bytes. */
  readonly bytes: number;
}

/**
 * A text's lines, as many at once as come.
 *
 * @throws {ServemarkError} for bytes that are not UTF-8, with their line, and
 * for a line beyond 64 MiB
 */
export async function* readLines(
  content: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Lines> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let held: Uint8Array[] = [];
  let size = 0;
  let first = 1;
  const decode = (bytes: Uint8Array): Lines => {
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw notText(bytes, name, first);
    }
    const texts = text.split("\n");
    const lines = { texts, first, bytes: bytes.length };
    first += texts.length;
    return lines;
  };
  for await (const chunk of content) {
    const last = chunk.lastIndexOf(LF);
    if (last >= 0) {
      yield decode(joined([...held, chunk.subarray(0, last)]));
      held = [];
      size = 0;
    }
    const rest = chunk.slice(last + 1);
    if (rest.length > 0) held.push(rest);
    size += rest.length;
    if (size > MOST_BYTES) {
      throw new ServemarkError(`Cannot read ${name}`, {
        cause: `a line is longer than ${MOST_BYTES} bytes`,
        place: `${name}, line ${first}`,
        remedy: "Look whether it holds one item a line",
      });
    }
  }
  if (size > 0) yield decode(joined(held));
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0];
  const all = new Uint8Array(pieces.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function notText(
  bytes: Uint8Array,
  name: string,
  first: number,
): ServemarkError {
  const bad = firstBadByte(bytes, 0, bytes.length);
  let line = first;
  for (let k = 0; k < bad; k++) if (bytes[k] === LF) line++;
  const hex = bytes[bad]?.toString(16).padStart(2, "0");
  return new ServemarkError(`Cannot read ${name}`, {
    cause: `byte 0x${hex} is not UTF-8`,
    place: `${name}, line ${line}`,
    remedy: "Fetch the file again from its source",
  });
}
