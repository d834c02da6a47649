import assert from "node:assert/strict";
import { readParam } from "../../lib/cli/notebook.ts";
import { finish, start } from "../e2e/command.ts";

const COMMANDS = [
  "dataset create",
  "dataset list",
  "dataset show",
  "benchmark run",
  "report generate",
  "notebook run",
  "platform list",
  "platform check",
];

Deno.test("every command has --help with an example, and --json", async () => {
  const texts = await Promise.all(
    COMMANDS.map((words) => finish("main", [...words.split(" "), "--help"])),
  );
  texts.forEach(({ code, stdout }, k) => {
    assert.equal(code, 0);
    assert.match(stdout, /Example:\n {2}servemark /, COMMANDS[k]);
    assert.match(stdout, /--json /, COMMANDS[k]);
  });
});

Deno.test("wrong usage exits with 2, and lists what is known", async (t) => {
  const cases: [string, string[], RegExp][] = [
    [
      "an unknown noun",
      ["dataste"],
      /unknown command[\s\S]*dataset[\s\S]*benchmark/,
    ],
    [
      "an unknown verb",
      ["dataset", "craete", "x"],
      /unknown command[\s\S]*create/,
    ],
    [
      "an unknown option",
      ["dataset", "list", "--jsno"],
      /unknown option[\s\S]*--json/,
    ],
    [
      "an unknown domain",
      ["dataset", "show", "frod_detection"],
      /Known: [\s\S]*fraud_detection/,
    ],
    [
      "an unknown table",
      ["dataset", "show", "retail", "--table", "nothing"],
      /Unknown table "nothing"/,
    ],
    [
      "an unknown platform",
      ["benchmark", "run", "--platforms", "postgers"],
      /Unknown platform "postgers"[\s\S]*postgres/,
    ],
    [
      "an unknown workload",
      ["benchmark", "run", "--workload", "fanuot"],
      /fanuot[\s\S]*fanout, lookup|fanuot[\s\S]*lookup, fanout/,
    ],
    [
      "an unknown strategy",
      ["benchmark", "run", "--strategy", "bathced"],
      /bathced[\s\S]*batched/,
    ],
    [
      "a wrong size",
      ["benchmark", "run", "--rows", "lots"],
      /Cannot read "lots" as a count/,
    ],
    [
      "wrong clients",
      ["benchmark", "run", "--clients", "0"],
      /whole numbers above 0/,
    ],
    [
      "a wrong objective",
      ["benchmark", "run", "--objective", "fast"],
      /p99 *< *10 *ms/,
    ],
    ["too few rows", [
      "benchmark",
      "run",
      "--rows",
      "3",
      "--platforms",
      "memory",
    ], /rows/],
    ["an unknown driver", [
      "benchmark",
      "run",
      "--platforms",
      "memory",
      "--driver",
      "memory/warp",
      "--rows",
      "1k",
    ], /no driver "warp"[\s\S]*Known: [\s\S]*direct/],
  ];
  for (const [name, args, expected] of cases) {
    await t.step(name, async () => {
      const { code, stdout, stderr } = await finish("main", args);
      assert.match(stderr + stdout, expected);
      assert.equal(code, 2, stderr);
      assert.doesNotMatch(stderr, /\n {4}at /, "no stack trace");
    });
  }
});

Deno.test("a wrong value in a domain's YAML is reported with file, line and column", async () => {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    const good = await Deno.readTextFile(
      new URL("../../datasets/retail.yaml", import.meta.url),
    );
    const lines = good.split("\n");
    const at = lines.findIndex((line) => /^[^#]*popularity: *[\d.]/.test(line));
    lines[at] = lines[at].replace(/popularity: *[^ ,}]+/, "popularity: much");
    await Deno.writeTextFile(file, lines.join("\n"));
    const column = lines[at].indexOf("much") + 1;
    const { code, stderr } = await finish("main", ["dataset", "show", file]);
    assert.equal(code, 2);
    assert.ok(stderr.includes(`${file}:${at + 1}:${column}`), stderr);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("dataset create fills a catalog that dataset list shows", async () => {
  const catalog = await Deno.makeTempDir();
  try {
    const made = await finish("main", [
      ...[
        "dataset",
        "create",
        "retail_v1.0",
        "--rows",
        "2k",
        "--catalog",
        catalog,
        "--json",
      ],
    ]);
    assert.equal(made.code, 0, made.stderr);
    const head = JSON.parse(made.stdout);
    assert.equal(head.rows, 2000);
    const listed = await finish("main", [
      "dataset",
      "list",
      "--catalog",
      catalog,
      "--json",
    ]);
    const { domains, held } = JSON.parse(listed.stdout);
    assert.deepEqual(domains, ["fraud_detection", "retail"]);
    assert.deepEqual(held, [head]);
  } finally {
    await Deno.remove(catalog, { recursive: true });
  }
});

Deno.test("platform check says why a server cannot be reached, without the password", async () => {
  const uri = "postgres://bench:hunter2-secret@127.0.0.1:1/none";
  const { code, stdout, stderr } = await finish("main", [
    "platform",
    "check",
    uri,
  ]);
  assert.equal(code, 1);
  assert.match(stderr, /127\.0\.0\.1:1[\s\S]*What to do:/);
  assert.doesNotMatch(stdout + stderr, /hunter2/);
});

Deno.test("benchmark run on the in-process platform; report generate computes it again", async () => {
  await using job = start("main", [
    ...[
      "benchmark",
      "run",
      "--platforms",
      "memory",
      "--rows",
      "2k",
      "--clients",
      "4",
    ],
    ...["--no-deep-dive", "--json", "--out", "OUT"],
  ]);
  const { code, stdout, stderr } = await job.ended();
  assert.ok(code === 0 || code === 3, stderr);
  const { folder, figures } = JSON.parse(stdout);
  assert.equal(folder, job.out);
  const again = await finish("main", [
    ...[
      "report",
      "generate",
      folder,
      "--out",
      `${folder}-again`,
      "--no-deep-dive",
      "--json",
    ],
  ]);
  assert.equal(again.code, code, again.stderr);
  assert.deepEqual(JSON.parse(again.stdout).figures, figures);
  assert.equal(
    await Deno.readTextFile(`${folder}-again/report.html`),
    await Deno.readTextFile(`${folder}/report.html`),
  );
});

Deno.test("readParam() reads names and texts: the notebook says what they are", () => {
  assert.deepEqual(readParam("rows=50k"), ["rows", "50k"]);
  assert.deepEqual(readParam("clients=[1,10]"), ["clients", "[1,10]"]);
  assert.deepEqual(readParam("name=a=b"), ["name", "a=b"]);
  assert.deepEqual(readParam("version=1.10"), ["version", "1.10"]);
  assert.deepEqual(readParam("fast=true"), ["fast", "true"]);
  assert.throws(() => readParam("50k"), /NAME=VALUE/);
});
