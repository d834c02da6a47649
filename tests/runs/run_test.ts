import assert from "node:assert/strict";
import { DISPLAY } from "../../lib/core/display.ts";
import { run } from "../../lib/runs/run.ts";
import { dataset } from "../../lib/transfers/dataset.ts";

const fraud = dataset("fraud_detection").version("1.0").rows("30k");

/** The message of what a call throws. */
function message(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return assert.fail("nothing was thrown");
}

Deno.test("run() gives a new builder with every call", () => {
  const first = run("a").dataset(fraud).on("memory");
  const second = first.clients(7);
  assert.notEqual(first, second);
  assert.deepEqual(first.toJSON().clients, [1, 10, 50, 100]);
  assert.deepEqual(second.toJSON().clients, [7]);
  assert.ok(Object.isFrozen(first));
  assert.throws(() => (second.toJSON().clients as number[]).push(8));
});

Deno.test("run() is not a promise", () => {
  assert.equal("then" in run("a"), false);
});

Deno.test("run.from() rebuilds what toJSON() gave", () => {
  const built = run("serving").dataset(fraud)
    .workload("fanout", { tables: 12, strategy: ["batched", "sequential"] })
    .clients(1, 5).iterations(20).minimum(200).warmup(0).rounds(3)
    .on("memory", {
      kind: "postgres",
      name: "prod",
      uri: "postgres://u@db.example/x",
      strategy: "parallel",
      driver: ["socket", "pg"],
    })
    .objective("p95 < 2.5 ms").think("10ms").seed(4).workers(3).timeout("5s");
  const json = built.toJSON();
  assert.deepEqual(run.from(JSON.parse(JSON.stringify(json))).toJSON(), json);
  assert.equal(json.think, 0.01);
  assert.deepEqual(json.objective, { percentile: 95, milliseconds: 2.5 });
});

Deno.test("run.from() checks every value again", () => {
  assert.match(
    message(() => run.from({ clients: [0], rounds: 1.5 }).toJSON()),
    /2 problems[\s\S]*\.clients\(0\)[\s\S]*\.rounds\(1\.5\)/,
  );
  const mistyped = { clents: [1] } as never;
  assert.match(message(() => run.from(mistyped)), /Did you mean "clients"/);
});

Deno.test("execute() reports all problems together, each with its call", async () => {
  const broken = run("serving")
    .workload("fannout", {})
    .clients(1, 0, 10)
    .iterations(-1)
    .on("postgress", "dynamodb")
    .objective("p99 > 10")
    .think("soon");
  await assert.rejects(broken.execute(), (error: Error) => {
    const { message } = error;
    assert.match(message, /Cannot run "serving": 7 problems/);
    assert.match(message, /\.workload\("fannout", \{\}\).*"fannout"/);
    assert.match(message, /Did you mean "fanout"\? Known: fanout, lookup/);
    assert.match(message, /\.clients\(1, 0, 10\): clients must be a whole/);
    assert.match(message, /\.iterations\(-1\)/);
    assert.match(message, /Did you mean "postgres"\?/);
    assert.match(message, /\.objective\("p99 > 10"\)/);
    assert.match(message, /\.think\("soon"\)/);
    assert.match(message, /no dataset is named/);
    return true;
  });
});

Deno.test("run() forgets a problem when the call is made again, rightly", () => {
  const mended = run("a").dataset(fraud).on("memory").clients(0).clients(5);
  assert.deepEqual(mended.toJSON().clients, [5]);
});

Deno.test("run() lists the known names where one is unknown", () => {
  const strategy = "batch" as "batched";
  assert.match(
    message(() => run().workload("fanout", { strategy }).toJSON()),
    /Unknown strategy "batch"[\s\S]*batched, sequential, parallel/,
  );
  const option = { table: "x", tabels: 3 };
  assert.match(
    message(() => run().workload("lookup", option).toJSON()),
    /Unknown option of a workload "tabels"[\s\S]*tables/,
  );
  assert.match(
    message(() => run().on({ kind: "memory", drivr: "x" } as never).toJSON()),
    /Did you mean "driver"/,
  );
});

Deno.test("run() reads platforms by name, by URI, and by name and URI", () => {
  const { platforms } = run().on(
    "memory",
    "postgresql://u@db.example/x",
    "prod=postgres://u@db.example/y",
  ).toJSON();
  assert.deepEqual(platforms, [
    { kind: "memory" },
    { kind: "postgres", uri: "postgresql://u@db.example/x" },
    { kind: "postgres", name: "prod", uri: "postgres://u@db.example/y" },
  ]);
});

Deno.test("run() refuses two platforms of one name", () => {
  assert.match(
    message(() => run().on("memory", "memory").toJSON()),
    /two platforms are named "memory": give one a name of its own/,
  );
});

Deno.test("run() never shows a password", () => {
  const secret = "postgres://u:s3cret@db.example/x";
  const good = run("a").dataset(fraud).on(secret);
  const shown = [
    JSON.stringify(good),
    good[DISPLAY]()["text/plain"],
    Deno.inspect(good),
    message(() => good.on(secret, secret).toJSON()),
    message(() => good.on({ kind: "postgre", uri: secret }).toJSON()),
  ];
  const query =
    "postgres://db.example/x?user=u&password=s3cret&sslmode=require";
  shown.push(JSON.stringify(run("a").dataset(fraud).on(query)));
  for (const text of shown) assert.doesNotMatch(text, /s3cret/);
  assert.match(shown[0], /postgres:\/\/u@db\.example/);
});

Deno.test("run() explains its plan, problems included", () => {
  const text = run("serving").dataset(fraud)
    .workload("fanout", { tables: 30 })
    .clients(1, 100).rounds(0)
    .on("postgres", "dynamodb")[DISPLAY]()["text/plain"];
  assert.match(
    text,
    /postgres: batched and parallel \(started for the run\)/,
  );
  assert.match(text, /dynamodb: batched/);
  assert.match(text, /1 client, 1,000 operations in 6 rounds/);
  assert.match(text, /100 clients, 10k operations/);
  assert.match(text, /problem\s+\.rounds\(0\)/);
});
