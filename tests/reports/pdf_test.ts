import assert from "node:assert/strict";
import { reportModel } from "../../lib/reports/model.ts";
import { reportPdf } from "../../lib/reports/pdf.ts";
import { NASTY, nasty, RUN } from "./variants.ts";

/** The file's bytes as characters: its objects can be searched. */
function characters(pdf: Uint8Array): string {
  return new TextDecoder("latin1").decode(pdf);
}

Deno.test("reportPdf() typesets pages with its own fonts and vector charts", async () => {
  const pdf = characters(await reportPdf(reportModel(RUN)));
  assert.match(pdf, /^%PDF-1\.\d/);
  assert.match(pdf, /%%EOF\s*$/);
  const fonts = [...pdf.matchAll(/\/BaseFont\s*\/([A-Za-z0-9+-]+)/g)]
    .map(([, name]) => name);
  assert.ok(fonts.length > 0);
  for (const name of fonts) assert.match(name, /^[A-Z]{6}\+SourceSans3-/);
  assert.ok([...pdf.matchAll(/\/FontFile[23]?\b/g)].length >= 2);
  assert.doesNotMatch(pdf, /\/Subtype\s*\/Image/);
  const pages = Number(/\/Type\s*\/Pages\s*\/Count\s+(\d+)/.exec(pdf)?.[1]);
  assert.ok(pages >= 5 && pages <= 12, `${pages} pages`);
});

Deno.test("reportPdf() reads nobody's words as markup", async () => {
  const plain = characters(await reportPdf(reportModel(RUN, "Plain")));
  const pdf = characters(await reportPdf(reportModel(nasty(), NASTY)));
  assert.match(plain, /\/Title\s*\(Plain\)/);
  assert.ok(pdf.length > plain.length);
});
