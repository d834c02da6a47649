import { dirname, join } from "node:path";
import { isRoot } from "./cache.ts";

// 103 characters, less this folder's own name and a socket's.
const LONGEST = 56;

/**
 * A path for a server's temporary folder that nothing has yet: short, because
 * Unix sockets in it may not have more than 103 characters. `TMPDIR` is
 * followed where it is not too long for that; root's servers run as another user, so root's `TMPDIR` only where
 * everybody may reach it and make folders in it.
 */
export function temporaryPath(prefix: string): string {
  const name = `servemark-${prefix}-${crypto.randomUUID().slice(0, 8)}`;
  const chosen = Deno.env.get("TMPDIR");
  const usable = chosen?.startsWith("/") && chosen.length <= LONGEST &&
    exists(chosen) &&
    (!isRoot() || openToAll(chosen));
  return join(usable ? chosen! : "/tmp", name);
}

const ENTER = 0o001;
const WRITE = 0o002;

/** True where anybody may write into the folder, and enter all those above it. */
function openToAll(folder: string): boolean {
  const allows = (path: string, bits: number) =>
    ((Deno.statSync(path).mode ?? 0) & bits) === bits;
  if (!allows(folder, ENTER | WRITE)) return false;
  for (let path = dirname(folder);; path = dirname(path)) {
    if (!allows(path, ENTER)) return false;
    if (path === dirname(path)) return true;
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
