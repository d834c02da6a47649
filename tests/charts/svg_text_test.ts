import assert from "node:assert/strict";
import { escapeXml, textWidth, wrapText } from "../../lib/charts/svg_text.ts";

Deno.test("escapeXml() leaves nothing that XML would read or forbid", () => {
  assert.equal(
    escapeXml(`<a b="c">&\u0000\u001b`),
    "&lt;a b=&quot;c&quot;&gt;&amp;",
  );
});

Deno.test("wrapText() fits lines to a width and loses no word", () => {
  const text = "dynoxide 1.2.1 (DynamoDB emulator): says nothing about it";
  const lines = wrapText(text, 12, 150);
  assert.ok(lines.length > 1);
  assert.ok(lines.every((l) => textWidth(l, 12) <= 150));
  assert.equal(lines.join(" "), text);
  assert.deepEqual(wrapText("unbreakable_identifier", 12, 10), [
    "unbreakable_identifier",
  ]);
  assert.deepEqual(wrapText("", 12, 10), []);
});
