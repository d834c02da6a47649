import assert from "node:assert/strict";
import {
  hash,
  hashBlock,
  hashKey,
  mod,
  NARROW,
  P,
  spread,
  spreadWide,
} from "../../lib/core/arithmetic.ts";

const KEY = hashKey("20240607/orders/c0");

Deno.test("hashKey() derives the constants that other engines were given", () => {
  assert.deepEqual(KEY, {
    a: 29067995,
    b: 41609038,
    s: 6773036,
    c: [28678992, 16059371, 16606112],
  });
});

Deno.test("hash() gives the values that five engines agreed on", () => {
  const rows = [0, 1, P, 16_600_000_000, 2 ** 40 - 1];
  assert.deepEqual(rows.map((i) => hash(KEY, i)), [
    22106451,
    49071703,
    11406142,
    14058906,
    4999646,
  ]);
});

Deno.test("hash() is the formula, computed with big integers", () => {
  const p = BigInt(P);
  for (let k = 0; k < 20_000; k++) {
    const i = k * 54_975_581 % 2 ** 40;
    const n = BigInt(i);
    let x = (n % p * BigInt(KEY.a) + n / p * BigInt(KEY.b) + BigInt(KEY.s)) % p;
    for (const c of KEY.c) x = (x * x % p * x + BigInt(c)) % p;
    assert.equal(hash(KEY, i), Number(x));
  }
});

Deno.test("hashBlock() equals hash(), across multiples of P too", () => {
  const out = new Float64Array(300);
  for (const from of [0, 1, P - 150, 7 * P - 1, 16_600_000_000, 2 ** 40 - 50]) {
    hashBlock(KEY, from, out.length, out);
    for (let k = 0; k < out.length; k++) {
      assert.equal(out[k], hash(KEY, from + k), `row ${from + k}`);
    }
  }
});

Deno.test("mod() is exact next to every kind of edge", () => {
  const largest = Math.floor((2 ** 53 - 1) / P);
  for (const q of [0, 1, 2, 3, 1e3, 1e6, P - 1, P, largest - 1, largest]) {
    for (const r of [0, 1, 2, P - 2, P - 1]) {
      const x = q * P + r;
      if (x < 2 ** 53) assert.equal(mod(x), r, `${q}·P + ${r}`);
    }
  }
});

Deno.test("spread() reaches both ends of a range and keeps its order", () => {
  for (const span of [1, 2, 3, 1000, NARROW]) {
    assert.equal(spread(0, span), 0);
    assert.equal(spread(P - 1, span), Math.floor((P - 1) * span / P));
    assert(spread(P - 1, span) < span);
  }
  assert.equal(spread(P - 1, 1000), 999);
});

Deno.test("spreadWide() is ⌊(x·P + y)·span / P²⌋ up to 2²⁶, and within one of it beyond", () => {
  const p = BigInt(P);
  const spans = [1, 7, 2 ** 20, NARROW, NARROW + 1, 1e9, 16.6e9, 3e13, 2 ** 52];
  for (let k = 0; k < 3000; k++) {
    const [x, y] = [hash(KEY, k), hash(KEY, k + 1e9)];
    for (const span of spans) {
      const exact = (BigInt(x) * p + BigInt(y)) * BigInt(span) / (p * p);
      const off = spreadWide(x, y, span) - Number(exact);
      assert(Math.abs(off) <= (span <= NARROW ? 0 : 1), `${x} ${y} ${span}`);
    }
  }
});

Deno.test("spreadWide() stays within the range at its corners", () => {
  for (const span of [NARROW, NARROW + 1, 1e9, 2 ** 52]) {
    assert.equal(spreadWide(0, 0, span), 0);
    assert.equal(spreadWide(P - 1, P - 1, span) < span, true);
    assert(spreadWide(P - 1, P - 1, span) >= span - 2 - span / P / P);
  }
});
