import assert from "node:assert/strict";
import { reportModel } from "../../lib/reports/model.ts";
import { reportText } from "../../lib/reports/terminal.ts";
import { RUN, spoiled } from "./variants.ts";

Deno.test("reportText() prints an aligned table and the summary in 100 columns", () => {
  const model = reportModel(RUN);
  const lines = reportText(model).split("\n");
  assert.ok(lines.every((l) => l.length <= 100), lines.join("\n"));
  const rule = lines.findIndex((l) => /^-+( {2}-+)+$/.test(l));
  assert.match(lines[rule - 2], /^System +p50 +p95 +p99 +Max +Throughput/);
  assert.match(lines[rule - 1], /^ +ms +ms +ms +ms +1\/s +USD$/);
  const row = lines.find((l) => l.includes("PostgreSQL, batched (embedded)"))!;
  assert.equal(row.length, lines[rule].length);
  const flat = lines.join(" ").replace(/\s+/g, " ");
  for (const text of model.summary) assert.ok(flat.includes(text), text);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(lines.join(""), /\x1b/);
});

Deno.test("reportText() marks what is invalid, with its reason under the table", () => {
  const text = reportText(reportModel(spoiled("postgres batched", 10)));
  assert.match(text, /7\.69!\[1\]/);
  assert.match(text, /^\[1\] The client was the bottleneck/m);
});
