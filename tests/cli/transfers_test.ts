import assert from "node:assert/strict";
import { join } from "node:path";

const MAIN = new URL("../../lib/cli/main.ts", import.meta.url).pathname;

async function servemark(
  catalog: string,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", MAIN, "dataset", ...args],
    env: { SERVEMARK_CATALOG: catalog },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

Deno.test("dataset export and import go round, and say so in a line", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const here = join(folder, "here");
    const made = await servemark(here, "create", "retail_v1.0", "--rows=4k");
    assert.equal(made.code, 0, made.err);
    const output = `${join(folder, "out")}/`;
    const exported = await servemark(
      here,
      "export",
      "retail_v1.0",
      `--output=${output}`,
      "--compression=9",
      "--tables=3",
    );
    assert.equal(exported.code, 0, exported.err);
    assert.match(
      exported.out,
      /^retail_v1\.0: [\d,]+ rows in 3 tables, [\d.]+ kB, \d+ .+, fingerprints equal\nWritten: .+out\/retail_v1\.0\.dump\n$/,
    );
    const imported = await servemark(
      join(folder, "there"),
      "import",
      join(folder, "out", "retail_v1.0.dump"),
      "--platform=memory",
      "--tables=2",
      "--json",
    );
    assert.equal(imported.code, 0, imported.err);
    const { fingerprints, kept } = JSON.parse(imported.out);
    assert.equal(Object.keys(fingerprints).length, 2);
    assert.deepEqual(kept, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("dataset export, import and restore refuse what they cannot do, with code 2", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (
      const [args, wanted] of [
        [
          ["export", "retail", "--output=x.dump", "--compression=11"],
          /0 \(none\) to 9/,
        ],
        [
          ["export", "retail", "--output=x.dump", "--engine=fast"],
          /builtin, native/,
        ],
        [
          ["export", "retail", "--output=x.dump", "--engine=native"],
          /pg_dump reads a live PostgreSQL alone/,
        ],
        [["export", "retail"], /--output/],
        [["import", "retail", "--target=mysql://host/db"], /Known: .*postgres/],
        [
          ["restore", "x.dump", "--target=dynamodb://here"],
          /servemark dataset import loads its tables anywhere else/,
        ],
      ] as const
    ) {
      const { code, err } = await servemark(folder, ...args);
      assert.match(err, wanted);
      assert.equal(code, 2, args.join(" "));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
