/** The same mutations in every run. */
export function mutator(seed: number): (bytes: Uint8Array) => Uint8Array {
  let state = seed;
  const below = (n: number) => {
    state = state * 48271 % 2147483647;
    return state % n;
  };
  return (bytes) => {
    let now = Uint8Array.from(bytes);
    for (let k = 1 + below(3); k > 0; k--) {
      const at = below(Math.max(1, now.length));
      switch (below(6)) {
        case 0:
          now[at] ^= 1 << below(8);
          break;
        case 1:
          now[at] = ODD[below(ODD.length)];
          break;
        case 2:
          now = now.slice(0, at);
          break;
        case 3:
          now = spliced(now, at, 1 + below(40), new Uint8Array(0));
          break;
        case 4:
          now = spliced(now, at, 0, now.slice(at, at + 1 + below(200)));
          break;
        default:
          now = spliced(now, at, 0, encoder.encode(WORDS[below(WORDS.length)]));
      }
    }
    return now;
  };
}

const encoder = new TextEncoder();
const ODD = [0, 9, 10, 13, 34, 39, 44, 59, 92, 123, 125, 255, 0xc0, 0xed];
const WORDS = [
  '"',
  '""',
  "\n",
  "\r\n",
  ",",
  "../",
  "1e999999",
  "-",
  "NaN",
  "null",
  "{}",
  "[[[[[[",
  '{"L":[',
  '{"N":"x"}',
  "\ufeff",
  "9".repeat(400),
  "__proto__",
];

function spliced(
  bytes: Uint8Array,
  at: number,
  gone: number,
  more: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const now = new Uint8Array(
    at + more.length + Math.max(0, bytes.length - at - gone),
  );
  now.set(bytes.subarray(0, at));
  now.set(more, at);
  now.set(bytes.subarray(at + gone), at + more.length);
  return now;
}
