import assert from "node:assert/strict";
import {
  capital,
  dateTime,
  few,
  inProse,
  listed,
  percent,
  plural,
  ratio,
  sentence,
  unbracketed,
  uncapital,
  usd,
} from "../../lib/reports/words.ts";

Deno.test("usd() keeps two to four figures, however small the price", () => {
  assert.deepEqual(
    [0, 0.0000123, 0.0615, 0.5, 1.875, 350.4, 1234.5, NaN].map(usd),
    [
      "$0",
      "$0.0000123",
      "$0.0615",
      "$0.5",
      "$1.88",
      "$350.40",
      "$1,235",
      "n/a",
    ],
  );
});

Deno.test("few(), percent() and ratio() round as far as a reader can use", () => {
  assert.deepEqual([0.12345, 9.876, 1234.5, NaN, Infinity].map(few), [
    "0.123",
    "9.88",
    "1,235",
    "n/a",
    "n/a",
  ]);
  assert.deepEqual([0.0033, 0.234, 1, 12.3, NaN].map(percent), [
    "0.33 %",
    "23 %",
    "100 %",
    "1230 %",
    "n/a",
  ]);
  assert.deepEqual([0.00028, 0.643, 221.57].map(ratio), [
    "0.00028",
    "0.64",
    "222",
  ]);
});

Deno.test("listed(), plural(), sentence() and their like write English", () => {
  assert.equal(listed([]), "");
  assert.equal(listed(["a", "b", "c"]), "a, b and c");
  assert.equal(plural(1, "client"), "1 client");
  assert.equal(plural(1000, "client"), "1,000 clients");
  assert.equal(sentence("Done"), "Done.");
  assert.equal(sentence("Done?"), "Done?");
  assert.equal(capital("feature serving"), "Feature serving");
  assert.equal(uncapital("No price"), "no price");
  assert.equal(uncapital("RRU"), "RRU");
  assert.equal(inProse("PostgreSQL, batched"), "PostgreSQL batched");
  assert.equal(unbracketed("dynoxide (an emulator)"), "dynoxide, an emulator");
});

Deno.test("dateTime() writes an instant in UTC, and other texts as they are", () => {
  assert.equal(
    dateTime("2026-11-23T08:00:59.000Z"),
    "23 November 2026, 08:00 UTC",
  );
  assert.equal(dateTime("yesterday"), "yesterday");
});
