/**
 * Where unpacked server binaries are kept between runs.
 *
 * @module
 */
import { join } from "node:path";
import { ServemarkError } from "../../core/errors.ts";

/** True when this process runs as root. */
export function isRoot(): boolean {
  return Deno.build.os !== "windows" && Deno.uid() === 0;
}

/**
 * A folder of the user's cache, made when missing. Root's is one that other
 * users may read (`/var/cache/servemark`), because servers that refuse root run
 * as somebody else; it must belong to root and be writable by nobody else.
 *
 * @throws {ServemarkError} when the folder belongs to someone else
 */
export async function cacheFolder(sub: string): Promise<string> {
  const root = isRoot();
  for (const base of candidates(root)) {
    try {
      await Deno.mkdir(base, { recursive: true, mode: root ? 0o755 : 0o700 });
      await checkOwner(base);
      const folder = join(base, sub);
      await Deno.mkdir(folder, { recursive: true, mode: root ? 0o755 : 0o700 });
      return folder;
    } catch (error) {
      // A home that does not exist or is read-only: try the next place.
      if (error instanceof ServemarkError || !isRefusal(error)) throw error;
    }
  }
  throw new ServemarkError("Cannot find a folder to cache server binaries in", {
    cause: `none of ${candidates(root).join(", ")} may be written`,
    remedy: "Make one of them writable",
  });
}

function candidates(root: boolean): string[] {
  const mac = Deno.build.os === "darwin";
  const last = `/tmp/servemark-cache-${Deno.uid()}`;
  if (root) {
    return [mac ? "/Library/Caches/servemark" : "/var/cache/servemark", last];
  }
  const found: string[] = [];
  const xdg = Deno.env.get("XDG_CACHE_HOME");
  if (xdg?.startsWith("/")) found.push(join(xdg, "servemark"));
  const home = Deno.env.get("HOME");
  if (home?.startsWith("/")) {
    found.push(
      join(home, mac ? "Library/Caches" : ".cache", "servemark"),
    );
  }
  return [...found, last];
}

async function checkOwner(folder: string): Promise<void> {
  const { uid, mode, isSymlink, isDirectory } = await Deno.lstat(folder);
  if (
    isDirectory && !isSymlink && uid === Deno.uid() &&
    ((mode ?? 0) & 0o022) === 0
  ) return;
  throw new ServemarkError(`Cannot trust the cache folder ${folder}`, {
    cause: "somebody else owns it or may write into it",
    remedy:
      `Remove it, or make it yours alone: chown ${Deno.uid()} ${folder}; chmod go-w ${folder}`,
  });
}

/**
 * Fills a folder once, for all processes: into a neighbour, which is then
 * renamed, so that the folder is either whole or not there.
 */
export async function fillOnce(
  folder: string,
  fill: (into: string) => Promise<void>,
): Promise<void> {
  if (await isFolder(folder)) return;
  await sweep(folder);
  const into = `${folder}.${crypto.randomUUID().slice(0, 8)}.part`;
  try {
    await Deno.mkdir(into);
    await fill(into);
    await Deno.rename(into, folder);
  } catch (error) {
    await Deno.remove(into, { recursive: true }).catch(() => undefined);
    // Another process was quicker, and its copy is as good as ours.
    if (!await isFolder(folder)) throw error;
  }
}

/** Removes what killed processes left half-filled, once it is an hour old. */
async function sweep(folder: string): Promise<void> {
  const parent = join(folder, "..");
  for await (const entry of Deno.readDir(parent)) {
    const path = join(parent, entry.name);
    if (!path.startsWith(`${folder}.`) || !path.endsWith(".part")) continue;
    const { birthtime, mtime } = await Deno.stat(path);
    const age = Date.now() - Number(birthtime ?? mtime ?? 0);
    if (age > 3_600_000) await Deno.remove(path, { recursive: true });
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory ||
    (error instanceof Error && "code" in error && error.code === "EROFS");
}
