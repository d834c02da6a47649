import assert from "node:assert/strict";
import { decode, encode, request } from "../../lib/notebook/protocol.ts";

const KEY = "a key";

Deno.test("decode() reads what encode() wrote, past routing ids", () => {
  const message = request("session", "execute_request", { code: "“π” + 1" });
  const frames = [new TextEncoder().encode("id"), ...encode(message, KEY)];
  assert.deepEqual(decode(frames, KEY), message);
});

Deno.test("decode() refuses a message signed with another key, or changed", () => {
  const frames = encode(request("s", "status", { a: 1 }), KEY);
  assert.throws(() => decode(frames, "another"), /signature does not fit/);
  frames[5] = new TextEncoder().encode('{"a":2}');
  assert.throws(() => decode(frames, KEY), /signature does not fit/);
});

Deno.test("decode() refuses frames that are cut off", () => {
  const frames = encode(request("s", "status", {}), KEY);
  assert.throws(() => decode(frames.slice(0, 4), KEY), /it has 4 frames/);
});
