import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { md5, MD5_PADDING } from "../../lib/datasets/md5.ts";

Deno.test("md5() agrees with the runtime's at every length around its blocks", () => {
  const digest = new DataView(new ArrayBuffer(16));
  // Filled with ones, so that padding that is not written would show.
  const buffer = new Uint8Array(5000 + MD5_PADDING).fill(255);
  for (const length of [...Array(200).keys(), 1000, 4095, 4096, 5000]) {
    for (let k = 0; k < length; k++) buffer[k] = k * 31 + length;
    const wanted = createHash("md5").update(buffer.subarray(0, length))
      .digest("hex");
    md5(new DataView(buffer.buffer), length, digest);
    assert.equal(Buffer.from(digest.buffer).toString("hex"), wanted);
    buffer.fill(255);
  }
});

Deno.test("md5() of the empty text is the well-known one", () => {
  const digest = new DataView(new ArrayBuffer(16));
  md5(new DataView(new ArrayBuffer(MD5_PADDING)), 0, digest);
  assert.equal(
    Buffer.from(digest.buffer).toString("hex"),
    "d41d8cd98f00b204e9800998ecf8427e",
  );
});
