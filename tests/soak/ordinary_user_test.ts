import assert from "node:assert/strict";
import { join } from "node:path";
import { isRoot } from "../../lib/platforms/embedded/cache.ts";
import {
  eventually,
  exists,
  isAlive,
} from "../platforms/embedded/processes.ts";

const NOBODY = 65_534;
const ROOT = new URL("../../", import.meta.url).pathname;
const CHILD = join(ROOT, "tests/platforms/embedded/child.ts");

/** Whether another user can read this repository at all. */
function readable(): boolean {
  if (!isRoot() || Deno.build.os !== "linux") return false;
  return new Deno.Command("/bin/sh", {
    args: ["-c", `test -r '${CHILD}'`],
    uid: NOBODY,
    gid: NOBODY,
    cwd: "/",
  }).outputSync().success;
}

Deno.test({
  name:
    "the embedded PostgreSQL starts for an ordinary user with an empty home",
  // As an ordinary user, every other test shows the same.
  ignore: !readable(),
  fn: async () => {
    const folder = await Deno.makeTempDir({ dir: "/tmp" });
    try {
      await Deno.chmod(folder, 0o755);
      // Deno itself may lie in root's own home.
      const deno = join(folder, "deno");
      await Deno.copyFile(Deno.execPath(), deno);
      await Deno.chmod(deno, 0o755);
      const home = join(folder, "home");
      await Deno.mkdir(home);
      await Deno.chown(home, NOBODY, NOBODY);
      const { stdout, stderr } = await new Deno.Command(deno, {
        args: [
          ...["run", "-q", "-A", "--no-lock", "--no-check"],
          ...["--config", join(ROOT, "deno.json"), CHILD, "postgres", "return"],
        ],
        uid: NOBODY,
        gid: NOBODY,
        cwd: "/",
        clearEnv: true,
        env: ordinaryEnvironment(home),
      }).output();
      const said = new TextDecoder().decode(stdout);
      assert.ok(said.includes("pid"), new TextDecoder().decode(stderr));
      const server = JSON.parse(said) as { pid: number; folder: string };
      assert.ok(await eventually(async () => !await isAlive(server.pid)));
      assert.ok(await eventually(async () => !await exists(server.folder)));
      const cache = join(home, ".cache/servemark");
      const { uid, mode } = await Deno.stat(cache);
      assert.equal(uid, NOBODY);
      assert.equal(mode! & 0o777, 0o700);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** This process's environment, with nothing in it that leads to root's folders. */
function ordinaryEnvironment(home: string): Record<string, string> {
  const env = Deno.env.toObject();
  for (const name of ["DENO_DIR", "XDG_CACHE_HOME", "TMPDIR"]) delete env[name];
  return { ...env, HOME: home };
}
