import assert from "node:assert/strict";
import { openCatalog } from "../../lib/catalog/catalog.ts";
import { totalRows } from "../../lib/catalog/manifest.ts";
import { DISPLAY } from "../../lib/core/display.ts";
import { tableGenerator } from "../../lib/datasets/generator.ts";
import { dataset } from "../../lib/transfers/dataset.ts";

const fraud = () => dataset("fraud_detection").version("1.0").rows("6k");

Deno.test("dataset() is frozen, and each call returns a new one", () => {
  const first = dataset("fraud_detection");
  const second = first.tables(3);
  assert.notEqual(first, second);
  assert.deepEqual(first.toJSON(), { domain: "fraud_detection" });
  assert.deepEqual(second.toJSON(), { domain: "fraud_detection", tables: 3 });
  assert.ok(Object.isFrozen(first));
  assert.ok(Object.isFrozen(second.toJSON()));
  assert.ok(!("then" in first));
});

Deno.test("dataset() replaces what an earlier call said", () => {
  const { rows, version } = fraud().rows("7k").version("2.0").toJSON();
  assert.deepEqual([rows, version], [7000, "2.0"]);
});

for (const name of ["fraud_detection_v1.10", "fraud_detection@1.10"]) {
  Deno.test(`dataset() reads the version in ${name}`, () => {
    assert.deepEqual(dataset(name).toJSON(), {
      domain: "fraud_detection",
      version: "1.10",
    });
  });
}

Deno.test("dataset() takes a path as it is", () => {
  assert.deepEqual(dataset("./my_v2.yaml").toJSON(), {
    domain: "./my_v2.yaml",
  });
});

Deno.test("dataset.from() rebuilds what toJSON() gave", async () => {
  const original = fraud().tables("card_profile", "ip_velocity_1h")
    .distribution("uniform").seed(7).events(false);
  const json = JSON.parse(JSON.stringify(original));
  assert.deepEqual(dataset.from(json).toJSON(), original.toJSON());
  assert.deepEqual(await dataset.from(json).spec(), await original.spec());
});

Deno.test("dataset.from() names a setting that there is not", async () => {
  const json = { domain: "fraud_detection", row: "300k" };
  await assert.rejects(
    dataset.from(json as { domain: string }).spec(),
    /Unknown setting "row"[^]*Did you mean "rows"\?/,
  );
});

Deno.test("dataset().spec() follows every call", async () => {
  const spec = await fraud().tables(5).seed(11).spec();
  assert.equal(spec.tables.length, 5);
  assert.equal(spec.seed, 11);
  assert.equal(spec.version, "1.0");
  assert.equal(totalRows(await fraud().spec()), 6000);
  const uniform = await fraud().distribution("uniform").spec();
  assert.ok(uniform.entities.every((e) => e.popularity === 0));
  const events = await fraud().events().spec();
  assert.ok(events.tables.some((t) => t.events));
  assert.ok((await fraud().spec()).tables.every((t) => !t.events));
});

Deno.test("dataset() reports all problems at once, each with its call", async () => {
  // Notebook cells are not type-checked: the checks are made at run time too.
  // deno-lint-ignore no-explicit-any
  const wrong = (dataset("fraud_detection") as any)
    .rows("abc").version(1).tables(0).distribution("zipf").seed(-1).events(3);
  for (
    const verb of [
      () => wrong.spec(),
      () => wrong.materialize(),
      async () => await wrong.toJSON(),
    ]
  ) {
    await assert.rejects(verb, (e: Error) => {
      assert.match(
        e.message,
        /Cannot make dataset "fraud_detection": 6 problems/,
      );
      assert.match(
        e.message,
        /\.rows\("abc"\): Cannot read "abc" as a number of rows/,
      );
      assert.match(
        e.message,
        /\.version\(1\): a version is a text, such as "1.0"/,
      );
      assert.match(
        e.message,
        /\.tables\(0\): wanted: a number of tables from 1/,
      );
      assert.match(
        e.message,
        /\.distribution\("zipf"\): known distributions: power_law, uniform/,
      );
      assert.match(e.message, /\.seed\(-1\): a seed is a whole number from 0/);
      assert.match(e.message, /\.events\(3\): wanted: true, false/);
      return true;
    });
  }
});

Deno.test("dataset() lists the known domains, beside its other problems", async () => {
  await assert.rejects(
    dataset("fraud_detektion").spec(),
    /Unknown dataset "fraud_detektion"[^]*Did you mean "fraud_detection"\?[^]*retail/,
  );
  await assert.rejects(
    dataset("nothing").rows("abc").spec(),
    /2 problems[^]*\.rows\("abc"\)[^]*Unknown dataset "nothing"/,
  );
});

Deno.test("dataset().row() gives one row as people read it", async () => {
  const { tables } = await fraud().spec();
  const table = tables.find((t) =>
    t.columns.some(({ type }) => type.kind === "decimal") &&
    t.columns.some(({ type }) => type.kind === "timestamp")
  )!;
  const raw = tableGenerator(await fraud().spec(), table.name).row(3);
  const row = await fraud().row(table.name, 3);
  assert.deepEqual(Object.keys(row), table.columns.map((c) => c.name));
  table.columns.forEach(({ name, type }, c) => {
    const value = row[name];
    if (raw[c] === null) assert.equal(value, null);
    else if (type.kind === "boolean") assert.equal(value, raw[c] === 1);
    else if (type.kind === "decimal") {
      assert.match(String(value), new RegExp(`^-?\\d+\\.\\d{${type.scale}}$`));
      assert.equal(Number(String(value).replace(".", "")), raw[c]);
    } else if (type.kind === "timestamp") {
      assert.match(String(value), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      assert.equal(
        Date.parse(String(value)),
        Math.floor(raw[c] as number / 1e3),
      );
    } else assert.equal(value, raw[c]);
  });
  await assert.rejects(
    fraud().row("card_profil", 0),
    /Did you mean "card_profile"/,
  );
});

Deno.test("dataset().materialize() fills the catalog named, and shows as a summary", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const steps = new Set<string>();
    const manifest = await fraud().materialize({
      catalog: folder,
      workers: 0,
      progress: ({ step }) => steps.add(step),
    });
    assert.deepEqual([...steps], ["Generate fraud_detection_v1.0"]);
    const catalog = await openCatalog(folder);
    const found = await catalog.manifest(manifest);
    assert.deepEqual(found, JSON.parse(JSON.stringify(manifest)));
    const shown = await (manifest as unknown as {
      [DISPLAY](): Record<string, string>;
    })[DISPLAY]();
    assert.match(shown["text/plain"], /fraud_detection_v1\.0/);
    assert.ok(shown["text/plain"].length < 400);
    assert.deepEqual(await fraud().materialize({ catalog }), found);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("dataset() shows itself with its problems, escaped", () => {
  const forms = dataset("a<b>").rows("300k").seed(NaN)[DISPLAY]();
  assert.match(forms["text/plain"], /rows +300k/);
  assert.match(forms["text/plain"], /problem +\.seed\(NaN\)/);
  assert.match(String(forms["text/html"]), /a&lt;b&gt;/);
  assert.doesNotMatch(String(forms["text/html"]), /<b>|<style|class=/);
});

Deno.test("dataset().explain() prints the plan", async () => {
  const printed: string[] = [];
  const log = console.log;
  console.log = (...args: unknown[]) => printed.push(args.join(" "));
  try {
    assert.equal(await fraud().tables(2).explain(), undefined);
  } finally {
    console.log = log;
  }
  const text = printed.join("\n");
  const { tables } = await fraud().tables(2).spec();
  assert.match(text, /^fraud_detection_v1\.0: \d+ rows in 2 tables, seed \d+/);
  assert.match(text, /digest +[0-9a-f]{64}/);
  assert.match(text, /about [0-9.]+ kB of Parquet/);
  for (const { name, rows } of tables) {
    assert.match(text, new RegExp(`${name} +${rows.toLocaleString("en-US")} `));
  }
});

Deno.test("dataset().materialize() stops at SIGINT, and leaves the process alive", async () => {
  const folder = await Deno.makeTempDir();
  const module = new URL("../../lib/transfers/dataset.ts", import.meta.url);
  const config = new URL("../../deno.json", import.meta.url);
  const code = `
    import { dataset } from "${module.href}";
    let sent = false;
    const progress = () => {
      if (!sent) Deno.kill(Deno.pid, "SIGINT");
      sent = true;
    };
    const made = dataset("fraud_detection").rows("3M").materialize({
      catalog: "${folder}",
      progress,
    });
    console.log(await made.catch((error) => error.message));
    console.log("still here");`;
  try {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "-q", "--config", config.pathname, code],
      stderr: "inherit",
    }).output();
    const printed = new TextDecoder().decode(stdout);
    assert.match(printed, /^Stopped before the dataset was complete\n/);
    assert.match(printed, /finished parts are kept\nstill here\n$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
