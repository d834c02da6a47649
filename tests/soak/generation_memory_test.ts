import assert from "node:assert/strict";

/** What materialising may take, whatever the size. */
const LIMIT_MB = 600;
const CHILD = new URL("../fixtures/generate_child.ts", import.meta.url);

Deno.test({
  name: "materialize() makes 20 million rows in under 600 MB",
  // Elsewhere the system does not tell a process's peak.
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-q", "-A", CHILD.pathname, "20M", folder],
      }).output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      const megabytes = Number(new TextDecoder().decode(stdout)) / 1000;
      console.log(`peak: ${megabytes.toFixed(0)} MB`);
      assert(megabytes > 50 && megabytes < LIMIT_MB, `${megabytes} MB`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
