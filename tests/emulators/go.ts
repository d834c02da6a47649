/**
 * Go programs that tests use, built once into the user's cache folder. Go
 * checks every module against its checksum database.
 *
 * @module
 */
import { join } from "node:path";
import { cacheFolder, fillOnce } from "../../lib/platforms/embedded/cache.ts";

/** A program's path, or what to install to have it. */
export type GoTool = { path: string } | { missing: string };

/**
 * Builds the program when it is not there yet, with a Go toolchain of the
 * version that the module asks for.
 *
 * @param module Path and exact version: `example.com/a/cmd/tool@v1.2.3`.
 */
export async function goTool(module: string): Promise<GoTool> {
  const [path, version] = module.split("@");
  const name = path.split("/").pop()!;
  const folder = join(await cacheFolder("test-tools"), `${name}-${version}`);
  if (!await hasGo()) {
    return { missing: "Go 1.24 or later (https://go.dev/dl)" };
  }
  await fillOnce(folder, async (into) => {
    const { code, stderr } = await new Deno.Command("go", {
      args: ["install", module],
      env: { GOBIN: into, GOFLAGS: "-mod=mod -buildvcs=false" },
      stdout: "null",
    }).output();
    if (code !== 0) {
      const text = new TextDecoder().decode(stderr);
      throw new Error(`go install ${module} failed:\n${text.slice(-4_000)}`);
    }
  });
  return { path: join(folder, name) };
}

async function hasGo(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("go", {
      args: ["version"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
