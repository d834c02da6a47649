import assert from "node:assert/strict";
import {
  decimalText,
  timestampText,
} from "../../../lib/datasets/value_text.ts";
import { CopyBytes } from "../../../lib/formats/pg_dump/copy_bytes.ts";

const DAY = 86_400_000_000;

Deno.test("CopyBytes writes every day from the year 1 to 9999 as the calendar has it", () => {
  const out = new CopyBytes();
  const text = new TextDecoder();
  // Beyond ±2⁵³ µs timestamps come as bigints, and are written otherwise.
  const last = Math.floor(Number.MAX_SAFE_INTEGER / DAY);
  for (let day = -last; day <= last; day += 1) {
    const micros = day * DAY + ((day * 7_919_123_457 % DAY) + DAY) % DAY;
    if (!Number.isSafeInteger(micros)) continue;
    out.timestamp(micros);
    const written = text.decode(out.take());
    if (written !== timestampText(micros)) {
      assert.equal(written, timestampText(micros));
    }
  }
});

Deno.test("CopyBytes writes decimals of every scale as their texts", () => {
  const out = new CopyBytes();
  const text = new TextDecoder();
  const values = [0, 1, 9, 10, 99, 12_345, 1e9, 2 ** 53 - 1, 123_456_789_012];
  for (const value of values.flatMap((n) => [n, -n])) {
    for (let scale = 0; scale <= 20; scale++) {
      out.decimal(value, scale);
      assert.equal(text.decode(out.take()), decimalText(value + 0, scale));
    }
  }
});
