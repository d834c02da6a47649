import assert from "node:assert/strict";
import { join } from "node:path";
import { CHANGES } from "../../lib/datasets/changes/changes.ts";

const MAIN = new URL("../../lib/cli/main.ts", import.meta.url).pathname;

async function servemark(
  folder: string,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "--no-check", MAIN, "dataset", ...args],
    env: { SERVEMARK_CATALOG: join(folder, "own") },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

Deno.test("servemark dataset version, modify, scale, log, diff and publish follow one another", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const run = async (...args: string[]) => {
      const { code, out, err } = await servemark(folder, ...args);
      assert.equal(code, 0, `${args.join(" ")}: ${err}`);
      return out;
    };
    const name = "fraud_detection";
    assert.match(
      await run("version", `${name}_v1.0`, "--rows=3k", "--branch=main"),
      /^fraud_detection_v1\.0: 3,000 rows in 30 tables, digest [0-9a-f]{12}, recorded/,
    );
    const made = ["--apply=increase_hot_keys", `--output=${name}_v1.1`];
    assert.match(
      await run("modify", `${name}_v1.0`, ...made),
      /made of fraud_detection_v1\.0[^]*increase_hot_keys \(factor 1\.5\)/,
    );
    assert.match(
      await run("scale", `${name}_v1.0`, "--factor=2", `--output=${name}_v2.0`),
      /6,000 rows/,
    );
    await run("create", `${name}_v1.0`, "--workers=0");
    const log = JSON.parse(await run("log", name, "--json"));
    assert.deepEqual(
      log.map((e: { version: string }) => e.version).sort(),
      ["1.0", "1.1", "2.0"],
    );
    assert.match(
      await run("diff", `${name}_v1.0`, "v1.1"),
      /30 tables are the same[^]*requests of/,
    );
    const published = await run("publish", `${name}_v1.0`);
    assert.match(
      published,
      /uploaded 30 parts of 30 tables[^]*SERVEMARK_CATALOG_PUBLIC says where/,
    );
    assert.match(
      await run("list", "--catalog=public"),
      /fraud_detection_v1\.0 +published/,
    );
    assert.match(
      await run("validate", `${name}_v1.0`, "--catalog=public"),
      /valid, 3,000 rows read/,
    );
    assert.match(
      await run("replicate", "--to", join(folder, "eu")),
      /copied 30 parts/,
    );
    assert.match(await run("gc", "--dry-run"), /would remove 0 parts/);

    const taken = await servemark(
      folder,
      "modify",
      `${name}_v1.0`,
      "--apply=increase_hot_keys:factor=3",
      `--output=${name}_v1.1`,
    );
    assert.equal(taken.code, 1);
    assert.match(
      taken.err,
      /Cannot keep another dataset as fraud_detection_v1\.1/,
    );
    const unknown = await servemark(
      folder,
      "modify",
      `${name}_v1.0`,
      "--apply=grow",
      `--output=${name}_v9`,
    );
    assert.equal(unknown.code, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("servemark dataset modify --help names every change", async () => {
  const { out } = await servemark("/nowhere", "modify", "--help");
  for (const change of Object.keys(CHANGES)) {
    assert.ok(out.includes(change), change);
  }
  assert.match(out, /Example:/);
});
