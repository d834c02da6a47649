import assert from "node:assert/strict";
import { formatDuration, parseDuration } from "../../lib/core/durations.ts";

Deno.test("parseDuration() reads units, sums of units, and bare seconds", () => {
  assert.equal(parseDuration("250ms"), 0.25);
  assert.equal(parseDuration("1h30m"), 5400);
  assert.equal(parseDuration("10min"), 600);
  assert.equal(parseDuration("15"), 15);
  assert.equal(parseDuration(2.5), 2.5);
  assert.ok(Math.abs(parseDuration("5µs") - 5e-6) < 1e-15);
});

Deno.test("parseDuration() refuses what is no duration", () => {
  for (const bad of ["soon", "", "-1s", "1x", "1.2.3", "1.2.3s", NaN, -1]) {
    assert.throws(
      () => parseDuration(bad),
      /Cannot read .* as a duration/,
      String(bad),
    );
  }
});

Deno.test("formatDuration() chooses a unit that reads well", () => {
  assert.equal(formatDuration(0.00085), "850 µs");
  assert.equal(formatDuration(0.01234), "12.3 ms");
  assert.equal(formatDuration(59), "59 s");
  assert.equal(formatDuration(125), "2 min 5 s");
  assert.equal(formatDuration(7200), "2 h");
  assert.equal(formatDuration(NaN), "n/a");
});
