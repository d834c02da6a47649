/**
 * Messages to a PostgreSQL server (protocol 3.0), as bytes.
 * Source: PostgreSQL documentation, "Frontend/Backend Protocol".
 *
 * @module
 */
/** Bytes that the system may read in place. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

/** A zero-ended text. */
export function text(value: string): Bytes {
  return encoder.encode(value + "\0");
}

/** A 16-bit integer, most significant byte first. */
export function int16(value: number): Bytes {
  return Uint8Array.of(value >> 8, value);
}

/** A 32-bit integer, most significant byte first. */
export function int32(value: number): Bytes {
  return Uint8Array.of(value >> 24, value >> 16, value >> 8, value);
}

/** Joins bytes. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** One message: its type, its length, its body. */
export function message(
  type: string,
  ...body: readonly Uint8Array[]
): Bytes {
  const whole = concat(new Uint8Array(5), ...body);
  whole[0] = type.charCodeAt(0);
  whole.set(int32(whole.length - 1), 1);
  return whole;
}

/** The first message of a session, with its settings. */
export function startup(
  settings: Readonly<Record<string, string>>,
): Bytes {
  const pairs = Object.entries(settings)
    .flatMap(([name, value]) => [text(name), text(value)]);
  const body = concat(int32(196_608), ...pairs, Uint8Array.of(0));
  return concat(int32(body.length + 4), body);
}

/** Asks whether the server speaks TLS; it answers `S` or `N`. */
export const TLS_REQUEST = concat(int32(8), int32(80_877_103));

/** A password, or the answer to an MD5 challenge. */
export function password(value: string): Bytes {
  return message("p", text(value));
}

/** The first words of a SASL exchange. */
export function saslInitial(mechanism: string, words: string): Bytes {
  const bytes = encoder.encode(words);
  return message("p", text(mechanism), int32(bytes.length), bytes);
}

/** Further words of a SASL exchange. */
export function saslResponse(words: string): Bytes {
  return message("p", encoder.encode(words));
}

/** Names a statement whose parameters have these type OIDs. */
export function parse(
  name: string,
  sql: string,
  types: readonly number[],
): Bytes {
  return message(
    "P",
    text(name),
    text(sql),
    int16(types.length),
    ...types.map(int32),
  );
}

/**
 * Binds one parameter to a statement; results come as text.
 *
 * @param binary whether the parameter is in its binary form
 */
export function bind(
  statement: string,
  parameter: Uint8Array,
  binary: boolean,
): Bytes {
  return message(
    "B",
    text(""),
    text(statement),
    int16(1),
    int16(binary ? 1 : 0),
    int16(1),
    int32(parameter.length),
    parameter,
    int16(0),
  );
}

/** Runs what was bound, to its last row. */
export const EXECUTE = message("E", text(""), int32(0));
/** Ends a request; the server answers ReadyForQuery. */
export const SYNC = message("S");
/** Ends the session. */
export const TERMINATE = message("X");

/** One or more statements as text. */
export function query(sql: string): Bytes {
  return message("Q", text(sql));
}

/** The end of a COPY's data. */
export const COPY_DONE = message("c");

/** Gives a COPY up, with the reason. */
export function copyFail(reason: string): Bytes {
  return message("f", text(reason));
}
