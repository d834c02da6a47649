import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { dirname } from "node:path";
import { openCatalog } from "../../lib/catalog/catalog.ts";
import {
  type PostgresServer,
  postgresTools,
  startPostgres,
} from "../emulators/postgres_tools.ts";
import { type Ended, start } from "./command.ts";

/** Runs `servemark dataset …` in a catalog of the test's own. */
type Dataset = (...args: readonly string[]) => Promise<Ended>;

/** A folder with a catalog in it; `dataset` runs commands there. */
async function inFolder(
  test: (folder: string, dataset: Dataset) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "servemark-e2e-" });
  const dataset: Dataset = async (verb, ...rest) => {
    await using started = start("main", [
      "dataset",
      verb,
      ...rest,
      ...(verb === "restore" ? [] : ["--catalog", `${folder}/catalog`]),
    ]);
    const ended = await started.ended();
    // Whatever happens: words, not stack traces.
    assert.doesNotMatch(ended.stderr, /^\s+at .*:\d+:\d+\)?$/m, ended.stderr);
    assert.deepEqual(started.leftovers(), []);
    return ended;
  };
  try {
    await test(folder, dataset);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function done(ended: Ended): Ended {
  assert.equal(ended.code, 0, `${ended.stdout}\n${ended.stderr}`);
  return ended;
}

/** Refused with this exit code, in these words; nothing on standard output. */
function refused(ended: Ended, code: number, ...words: RegExp[]): void {
  assert.equal(ended.code, code, `${ended.stdout}\n${ended.stderr}`);
  assert.equal(ended.stdout, "");
  for (const word of words) assert.match(ended.stderr, word);
}

const SHOP =
  "order_id,amount,note\n1,10.50,alpha\n2,20.50,beta\n3,30.50,gamma\n";

Deno.test("dataset load reads data as people have them, and says what it took them for", () =>
  inFolder(async (folder, dataset) => {
    const write = (name: string, text: string) =>
      Deno.writeTextFile(`${folder}/${name}`, text);
    await write(
      "kunden.csv",
      '\ufeffKunden-Nr;Name;Größe;Seit;PLZ\r\n1;"Müller; ""GmbH""";1,5;01.02.2024;01234\r\n' +
        "2;Maier;2,5;02.02.2024;80331\r\n",
    );
    const kunden = done(await dataset("load", `${folder}/kunden.csv`));
    assert.match(kunden.stdout, /2 rows of kunden, key Kunden-Nr/);
    assert.match(kunden.stdout, /PLZ +text not null/);
    assert.match(kunden.stdout, /separated by semicolons/);

    // The bad line is in the last third: named, and nothing is left of the dataset.
    const lines = Array.from(
      { length: 60_000 },
      (_, i) => i === 50_000 ? "x,1,2,3" : `${i},${i}.25,2024-01-02`,
    );
    await write("bad.csv", `id,amount,day\n${lines.join("\n")}\n`);
    refused(
      await dataset("load", `${folder}/bad.csv`),
      1,
      /a record has 4 fields, not 3/,
      /bad\.csv, line 50002/,
    );
    // A known ending is not needed where the format is named.
    await write("orders.txt", SHOP.replaceAll(",", "|"));
    refused(
      await dataset("load", `${folder}/orders.txt`),
      2,
      /--format=csv/,
    );
    const json = done(
      await dataset(
        "load",
        `${folder}/orders.txt`,
        "--format=csv",
        "--name=orders",
        "--json",
      ),
    );
    const head = JSON.parse(json.stdout);
    assert.equal(head.name, "orders_v1.0");
    assert.equal(head.rows, 3);
    assert.equal(head.schema[0].columns[1].type.kind, "decimal");
    const list = done(await dataset("list"));
    assert.match(list.stdout, /kunden_v1\.0[^]*orders_v1\.0/);
    assert.doesNotMatch(list.stdout, /bad_v/);
    refused(await dataset("load", `${folder}/none.csv`), 2, /none\.csv/);
    refused(await dataset("load", `${folder}/none`), 2, /Known: /);
  }));

Deno.test("dataset commands read paths from the folder that they were called from", async () => {
  await using started = start("main", ["dataset", "load", "none.csv"]);
  const { code, stderr } = await started.ended();
  assert.equal(code, 2);
  const folder = await Deno.realPath(dirname(started.out));
  assert.ok(stderr.includes(`${folder}/none.csv`), stderr);
});

const NASTY = [
  "constructor",
  "__proto__",
  "select",
  "Order Lines",
  'a"b',
  "it's; DROP TABLE x",
  "ünï 😀",
];

Deno.test("dataset export and import carry tables of any name through every form", () =>
  inFolder(async (folder, dataset) => {
    await Deno.mkdir(`${folder}/nasty`);
    for (const name of NASTY) {
      await Deno.writeTextFile(
        `${folder}/nasty/${name}.csv`,
        'constructor,__proto__,order,Ab C\n1,x,2024-01-01,"q""q"\n2,y,2024-01-02,\n',
      );
    }
    const loaded = JSON.parse(
      done(await dataset("load", `${folder}/nasty`, "--json")).stdout,
    );
    assert.deepEqual(
      Object.keys(loaded.fingerprints).toSorted(),
      NASTY.toSorted(),
    );
    for (
      const [output, format] of [
        ["nasty.dump", "pg_dump"],
        ["parquet/", "parquet"],
        ["csv/", "csv"],
        ["dynamodb/", "dynamodb_json"],
      ]
    ) {
      const args = ["--output", `${folder}/${output}`, "--format", format];
      const written = done(
        await dataset("export", "nasty_v1.0", ...args, "--json"),
      );
      assert.deepEqual(
        JSON.parse(written.stdout).fingerprints,
        loaded.fingerprints,
      );
      const read = done(
        await dataset(
          "import",
          `${folder}/${output}`,
          "--platform=memory",
          "--json",
        ),
      );
      assert.deepEqual(
        JSON.parse(read.stdout).fingerprints,
        loaded.fingerprints,
        format,
      );
    }
  }));

Deno.test("dataset commands find out files that say of themselves what they are not", () =>
  inFolder(async (folder, dataset) => {
    await Deno.writeTextFile(`${folder}/shop.csv`, SHOP);
    done(await dataset("load", `${folder}/shop.csv`));
    const dump = `${folder}/shop.dump`;
    done(
      await dataset(
        "export",
        "shop_v1.0",
        `--output=${dump}`,
        "--compression=0",
      ),
    );
    // The comments keep the fingerprints of the rows that were.
    const forged = `${folder}/forged.dump`;
    await rewrite(dump, forged, "beta", "BETA");
    const stated = /shop: 3:\d+:\d+:\d+:\d+ read, 3:\d+:\d+:\d+:\d+ stated/;
    refused(
      await dataset("import", forged, "--platform=memory"),
      1,
      /not those that it says/,
      stated,
    );
    for (const output of [`${folder}/csv/shop.csv`, `${folder}/again.dump`]) {
      refused(await dataset("export", forged, `--output=${output}`), 1, stated);
      assert.equal(await there(`${folder}/again.dump`), false);
      assert.equal(await there(`${folder}/csv/shop.csv/shop.csv`), false);
    }
    // A catalog that never saw the dataset neither believes nor remembers it.
    await Deno.remove(`${folder}/catalog`, { recursive: true });
    refused(await dataset("import", forged), 1, /fingerprint differs/);
    const catalog = await openCatalog(`${folder}/catalog`);
    assert.deepEqual(await catalog.manifests(), []);
    done(await dataset("import", dump));
    done(
      await dataset(
        "export",
        "shop_v1.0",
        `--output=${folder}/out/`,
        "--format=csv",
      ),
    );
    assert.equal(await Deno.readTextFile(`${folder}/out/shop.csv`), SHOP);
    // What calls itself ../ stays in its folder.
    await rewrite(
      dump,
      forged,
      '"name":"shop","version":"1.0"',
      '"name":"../p","version":"1.0"',
    );
    const named = done(
      await dataset("export", forged, `--output=${folder}/in/`, "--json"),
    );
    assert.equal(dirname(JSON.parse(named.stdout).output), `${folder}/in`);
    refused(await dataset("import", forged), 2, /"\.\.\/p"/);
  }));

async function rewrite(
  from: string,
  to: string,
  old: string,
  other: string,
): Promise<void> {
  assert.equal(old.length, other.length);
  const text = Buffer.from(await Deno.readFile(from)).toString("latin1");
  assert.ok(text.includes(old));
  await Deno.writeFile(to, Buffer.from(text.replaceAll(old, other), "latin1"));
}

async function there(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory
    ) return false;
    throw error;
  }
}

const tools = await postgresTools(18);
if ("missing" in tools) console.log(`skipped without ${tools.missing}`);

Deno.test({
  name:
    "dataset restore brings a database that is not ours back as it was, large objects too",
  ignore: "missing" in tools,
  fn: () =>
    inFolder(async (folder, dataset) => {
      const server = await startPostgres(18) as PostgresServer;
      await using _ = { [Symbol.asyncDispose]: () => server.close() };
      const { client, createDatabase, run, connection } = server;
      const from = await createDatabase("foreign_one");
      await from.query(FOREIGN);
      await from.end();
      const dump = `${folder}/foreign.dump`;
      const made = await run("pg_dump", "-Fc", "-d", "foreign_one", "-f", dump);
      assert.equal(made.code, 0, made.stderr);
      await (await createDatabase("foreign_two")).end();
      const { host, port, user, password } = connection;
      const target =
        `postgres://${user}:${password}@${host}:${port}/foreign_two`;
      const restored = done(
        await dataset("restore", dump, `--target=${target}`),
      );
      assert.equal(
        `${restored.stdout}${restored.stderr}`.includes(password!),
        false,
      );
      const to = await client("foreign_two");
      const { rows } = await to.query(
        `SELECT (SELECT count(*)::int FROM "My Schema"."Weird ""Table""") AS rows,
          encode(lo_get(7001), 'hex') AS one, length(lo_get(7002)) AS two`,
      );
      await to.end();
      assert.deepEqual(rows, [{ rows: 500, one: "0102", two: 100_000 }]);
      const texts = await Promise.all(
        ["foreign_one", "foreign_two"].map(async (name) =>
          new TextDecoder().decode((await run("pg_dump", "-d", name)).stdout)
            .replaceAll(/^\\(un)?restrict .*$/gm, "")
        ),
      );
      assert.equal(texts[1], texts[0]);
      // The wrong password is refused without being said.
      refused(
        await dataset(
          "restore",
          dump,
          `--target=${target.replace(password!, "hunter2secret")}`,
        ),
        1,
        /^(?![^]*hunter2secret)/,
      );
    }),
});

const FOREIGN = `
  CREATE SCHEMA "My Schema";
  CREATE TYPE mood AS ENUM ('sad', 'ok');
  CREATE TABLE "My Schema"."Weird ""Table""" (id serial PRIMARY KEY,
    "select" text, "a|b" text DEFAULT E'x\\ny', m mood, arr int[], j jsonb,
    twice int GENERATED ALWAYS AS (id * 2) STORED);
  INSERT INTO "My Schema"."Weird ""Table""" ("select", "a|b", m, arr, j)
    SELECT CASE WHEN i % 3 = 0 THEN NULL ELSE E'a\\\\b\\t' || i END, E'\\\\N',
      'ok', ARRAY[i, NULL, 2], '{"a": [1, 2]}' FROM generate_series(1, 500) i;
  CREATE TABLE "it's" (id int PRIMARY KEY);
  COMMENT ON TABLE "it's" IS 'it''s a comment $$ ; DROP TABLE x;';
  CREATE VIEW v AS SELECT * FROM "it's";
  SELECT lo_from_bytea(7001, '\\x0102'), lo_from_bytea(7002, decode(repeat('00', 100000), 'hex'));
`;
