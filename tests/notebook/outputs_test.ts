import assert from "node:assert/strict";
import type { Output } from "../../lib/notebook/ipynb.ts";
import { OutputCollector } from "../../lib/notebook/outputs.ts";
import { request } from "../../lib/notebook/protocol.ts";

function shown(type: string, text: string, id?: string) {
  const transient = id ? { display_id: id } : {};
  const data = { "text/plain": text };
  return request("s", type, { data, metadata: {}, transient });
}

Deno.test("OutputCollector joins what is printed to the same stream", () => {
  const outputs: Output[] = [];
  const collector = new OutputCollector();
  collector.begin(outputs);
  for (
    const [name, text] of [["stdout", "a"], ["stdout", "b"], ["stderr", "c"]]
  ) {
    collector.take(request("s", "stream", { name, text }));
  }
  assert.deepEqual(outputs, [
    { output_type: "stream", name: "stdout", text: "ab" },
    { output_type: "stream", name: "stderr", text: "c" },
  ]);
});

Deno.test("OutputCollector updates displays in place, also of earlier cells", () => {
  const first: Output[] = [];
  const second: Output[] = [];
  const collector = new OutputCollector();
  collector.begin(first);
  collector.take(shown("display_data", "10 %", "bar"));
  collector.take(shown("display_data", "other"));
  collector.begin(second);
  assert.equal(
    collector.take(shown("update_display_data", "100 %", "bar")),
    true,
  );
  collector.take(shown("update_display_data", "nobody", "unknown"));
  const texts = first.map((o) => "data" in o ? o.data["text/plain"] : "");
  assert.deepEqual(texts, ["100 %", "other"]);
  assert.deepEqual(second, []);
});

Deno.test("OutputCollector clears at once, or with the next output", () => {
  const outputs: Output[] = [];
  const collector = new OutputCollector();
  collector.begin(outputs);
  collector.take(shown("display_data", "a"));
  collector.take(request("s", "clear_output", { wait: true }));
  assert.equal(outputs.length, 1);
  collector.take(shown("display_data", "b"));
  assert.deepEqual(outputs.map((o) => "data" in o && o.data["text/plain"]), [
    "b",
  ]);
  collector.take(request("s", "clear_output", { wait: false }));
  assert.equal(outputs.length, 0);
});

Deno.test("OutputCollector keeps errors, and leaves states alone", () => {
  const outputs: Output[] = [];
  const collector = new OutputCollector();
  collector.begin(outputs);
  const error = { ename: "Error", evalue: "no", traceback: ["at 1"] };
  collector.take(request("s", "error", error));
  assert.equal(collector.take(request("s", "status", {})), false);
  assert.deepEqual(outputs, [{ output_type: "error", ...error }]);
});
