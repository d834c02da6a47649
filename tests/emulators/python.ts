/**
 * Python programs that tests use, each in an environment of its own in the
 * user's cache folder, with every package locked.
 *
 * @module
 */
import { join } from "node:path";
import { cacheFolder, fillOnce } from "../../lib/platforms/embedded/cache.ts";

const OLDEST: Version = [3, 10];

/** A version of Python: major, minor. */
type Version = readonly [number, number];

/** An environment's interpreter, or what to install to have one. */
export type PythonTool = { python: string } | { missing: string };

/**
 * Makes the environment when it is not there yet. Programs in it are started as
 * `python -m name`, since the folder is renamed after it was filled.
 *
 * @param name The folder's name, with the version: `jupyterlab-4.6.6`.
 * @param requirements Path of the requirements, all with hashes.
 * @param oldest The oldest Python that the packages run on.
 * @param options More options of pip's.
 */
export async function pythonTool(
  name: string,
  requirements: string,
  oldest: Version = OLDEST,
  options: readonly string[] = [],
): Promise<PythonTool> {
  const system = await findPython(oldest);
  if (!system) {
    return {
      missing: `Python ${oldest.join(".")} or later with its venv module ` +
        "(Debian: apt-get install python3 python3-venv)",
    };
  }
  const folder = join(await cacheFolder("test-tools"), name);
  await fillOnce(folder, async (into) => {
    await run(system, ["-m", "venv", into]);
    const pip = ["-m", "pip", "install", "--disable-pip-version-check"];
    await run(join(into, "bin", "python"), [
      ...pip,
      "--quiet",
      "--require-hashes",
      "--only-binary=:all:",
      ...options,
      "--requirement",
      requirements,
    ]);
  });
  return { python: join(folder, "bin", "python") };
}

async function findPython(oldest: Version): Promise<string | undefined> {
  const check = "import sys, venv, ensurepip; print(*sys.version_info[:2])";
  for (const name of ["python3", "python"]) {
    try {
      const { code, stdout } = await new Deno.Command(name, {
        args: ["-c", check],
        stderr: "null",
      }).output();
      const [major, minor] = new TextDecoder().decode(stdout).split(" ")
        .map(Number);
      if (code === 0 && major === oldest[0] && minor >= oldest[1]) return name;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

async function run(command: string, args: string[]): Promise<void> {
  const { code, stdout, stderr } = await new Deno.Command(command, { args })
    .output();
  if (code === 0) return;
  const text = new TextDecoder();
  throw new Error(
    `${command} ${args.join(" ")} failed:\n` +
      (text.decode(stdout) + text.decode(stderr)).slice(-4_000),
  );
}
