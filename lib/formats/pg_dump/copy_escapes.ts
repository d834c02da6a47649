import { ServemarkError } from "../../core/errors.ts";

const BACKSLASH = 92;
const LETTER_X = 120;
const ESCAPED: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** The text of a field of COPY's with backslashes in it. */
export function unescapeCopy(field: string): string {
  return field.replace(
    /\\([0-7]{1,3}|x[0-9A-Fa-f]{1,2}|[^]|$)/g,
    (_, escape: string) => {
      if (escape === "") {
        throw new ServemarkError("a backslash stands at a field's end");
      }
      if (Object.hasOwn(ESCAPED, escape)) return ESCAPED[escape];
      // Neither pg_dump nor this project writes bytes by their numbers.
      const code = escape.length > 1 && escape[0] === "x"
        ? parseInt(escape.slice(1), 16)
        : /^[0-7]/.test(escape)
        ? parseInt(escape, 8)
        : -1;
      if (code > 127) {
        throw new ServemarkError(
          `the byte ${code}, written by its number, is no character`,
        );
      }
      return code < 0 ? escape : String.fromCharCode(code);
    },
  );
}

/** The bytes of a bytea field, in the hex form or the older escape form. */
export function byteaValue(text: string, from: number, to: number): Uint8Array {
  if (
    text.charCodeAt(from) === BACKSLASH &&
    text.charCodeAt(from + 1) === BACKSLASH &&
    text.charCodeAt(from + 2) === LETTER_X && (to - from) % 2 === 1
  ) {
    const bytes = new Uint8Array((to - from - 3) / 2);
    for (let k = 0, at = from + 3; at < to; k++, at += 2) {
      const high = hexDigit(text.charCodeAt(at));
      const low = hexDigit(text.charCodeAt(at + 1));
      if (high < 0 || low < 0) throw noBytea(text.slice(from, to));
      bytes[k] = 16 * high + low;
    }
    return bytes;
  }
  return escapedBytea(unescapeCopy(text.slice(from, to)));
}

function hexDigit(unit: number): number {
  if (unit >= 48 && unit <= 57) return unit - 48;
  const letter = unit | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** What a server with `bytea_output = escape` writes: `a\000\\`. */
function escapedBytea(value: string): Uint8Array {
  const bytes: number[] = [];
  for (let k = 0; k < value.length; k++) {
    const unit = value.charCodeAt(k);
    if (unit !== BACKSLASH) {
      if (unit > 127) throw noBytea(value);
      bytes.push(unit);
    } else if (value.charCodeAt(k + 1) === BACKSLASH) {
      bytes.push(BACKSLASH);
      k++;
    } else {
      const octal = value.slice(k + 1, k + 4);
      if (!/^[0-3][0-7]{2}$/.test(octal)) throw noBytea(value);
      bytes.push(parseInt(octal, 8));
      k += 3;
    }
  }
  return Uint8Array.from(bytes);
}

function noBytea(value: string): ServemarkError {
  return new ServemarkError(`"${value.slice(0, 60)}" is no bytea`);
}
