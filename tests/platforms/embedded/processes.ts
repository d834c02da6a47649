/**
 * Watching processes and folders from outside.
 *
 * @module
 */

/** True while a process lives; one that ended but was not waited for does not. */
export async function isAlive(pid: number): Promise<boolean> {
  // Linux tells without `ps`, which small images lack.
  if (Deno.build.os === "linux") {
    const path = `/proc/${pid}/stat`;
    if (!await exists(path)) return false;
    const stat = await Deno.readTextFile(path).catch(() => ") Z");
    return !stat.slice(stat.lastIndexOf(")")).startsWith(") Z");
  }
  const { stdout } = await new Deno.Command("ps", {
    args: ["-o", "stat=", "-p", String(pid)],
  }).output();
  const state = new TextDecoder().decode(stdout).trim();
  return state !== "" && !state.startsWith("Z");
}

/** True while something is at a path. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Waits until a condition holds, at most ten seconds; false when it never did. */
export async function eventually(
  holds: () => Promise<boolean>,
): Promise<boolean> {
  for (let n = 0; n < 200; n++) {
    if (await holds()) return true;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  return false;
}
