/**
 * Go programs that tests use, built once into the user's cache folder. Go
 * checks every module against its checksum database.
 *
 * @module
 */
import { join } from "node:path";
import { cacheFolder, fillOnce } from "../../lib/platforms/embedded/cache.ts";

/** What the programs ask for. */
const NEEDED = "1.26";

/** From this minor version on, Go fetches the toolchain that a module asks for. */
const FETCHES = 21;

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
    return { missing: `Go ${NEEDED} or later (https://go.dev/dl)` };
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

/** Whether Go is here, new enough or able to fetch a newer one of itself. */
async function hasGo(): Promise<boolean> {
  try {
    const { success, stdout } = await new Deno.Command("go", {
      args: ["env", "GOVERSION", "GOTOOLCHAIN"],
      stderr: "null",
    }).output();
    const [version, toolchain] = new TextDecoder().decode(stdout).split("\n");
    const minor = Number(/^go1\.(\d+)/.exec(version)?.[1]);
    const fetches = toolchain !== "local" && minor >= FETCHES;
    return success && (minor >= Number(NEEDED.slice(2)) || fetches);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
