import assert from "node:assert/strict";
import { YamlNode } from "../../lib/core/yaml_places.ts";

Deno.test("YamlNode.parse() reads values and keeps their places and texts", () => {
  const root = YamlNode.parse(
    "version: 1.10\nrows: 16_600_000_000\nnested:\n  list: [1, two]\n",
    "x.yaml",
  );
  assert.equal(root.get("version")!.text("version"), "1.10");
  assert.equal(root.get("rows")!.number("rows"), 16_600_000_000);
  const list = root.get("nested")!.get("list")!;
  assert.equal(list.place, "x.yaml:4:3");
  assert.equal(list.get("1")!.place, "x.yaml:4:13");
  assert.deepEqual(root.problems, []);
});

Deno.test("YamlNode.parse() notes syntax errors with line and column", () => {
  const root = YamlNode.parse("a: 1\nb: [1, 2\nc: 3\n", "x.yaml");
  assert(root.problems.length >= 1);
  assert.match(root.problems[0].place!, /^x\.yaml:[23]:\d+$/);
  assert.match(root.problems[0].message, /^not valid YAML: /);
});

Deno.test("YamlNode.parse() places what only the value parser refuses", () => {
  const root = YamlNode.parse("a: 1\nb: !colour red\n", "x.yaml");
  assert.equal(root.problems.length, 1);
  assert.match(root.problems[0].place!, /^x\.yaml:[23]:\d+$/);
  assert.match(root.problems[0].message, /^not valid YAML: unknown tag/);
});

Deno.test("YamlNode.parse() notes a key that stands twice", () => {
  const root = YamlNode.parse("a: 1\nb: 2\na: 3\n", "x.yaml");
  assert.match(root.problems[0].place!, /^x\.yaml:3:1$/);
});

Deno.test("YamlNode.fields() names unknown and missing keys at once", () => {
  const root = YamlNode.parse("nmae: x\nseed: 1\n", "x.yaml");
  assert.equal(root.fields("the domain", ["name", "seed"], ["rows"]), false);
  assert.deepEqual(root.problems, [
    {
      message: 'unknown key "nmae" in the domain',
      place: "x.yaml:1:1",
      remedy: 'Did you mean "name"? Known: name, seed, rows',
    },
    {
      message: 'the domain lacks "name"',
      place: "x.yaml:1:1",
      remedy: 'Add "name"',
    },
  ]);
});

Deno.test("YamlNode.number() states the limits and what was there", () => {
  const root = YamlNode.parse("share: 1.5\nkeys: ten\n", "x.yaml");
  root.get("share")!.number("share", { min: 0, max: 1 });
  root.get("keys")!.number("keys", { min: 1, integer: true });
  assert.deepEqual(root.problems.map((p) => `${p.place}: ${p.message}`), [
    "x.yaml:1:8: share must be a number from 0 to 1: current value is 1.5",
    "x.yaml:2:7: keys must be a whole number of at least 1: current value is ten",
  ]);
});

Deno.test("YamlNode.word() suggests the nearest known word", () => {
  const root = YamlNode.parse("entity: crad\n", "x.yaml");
  root.get("entity")!.word("entity", ["card", "account"]);
  assert.equal(
    root.problems[0].remedy,
    'Did you mean "card"? Known: card, account',
  );
});

Deno.test("YamlNode places what an alias or a merge key brought in", () => {
  const root = YamlNode.parse(
    "base: &b { min: 0, max: oops }\nuse:\n  <<: *b\nsame: *b\n",
    "x.yaml",
  );
  root.get("use")!.get("max")!.number("max");
  root.get("same")!.get("max")!.number("max");
  assert.deepEqual(root.problems.map((p) => p.place), [
    "x.yaml:1:25",
    "x.yaml:3:3",
  ]);
});

Deno.test("YamlNode.parse() ends on aliases that stand for endless text", () => {
  let text = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (let k = 1; k < 12; k++) {
    text += `l${k}: &l${k} [${`*l${k - 1},`.repeat(10)}]\n`;
  }
  const root = YamlNode.parse(text + "n: what\n", "x.yaml");
  root.get("n")!.number("n");
  assert.equal(root.problems.length, 1);
  assert.equal(YamlNode.parse("a: &a [*a]\n", "y.yaml").name, "");
});
