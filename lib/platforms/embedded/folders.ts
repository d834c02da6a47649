import { join } from "node:path";
import { isRoot } from "./cache.ts";

/**
 * A path for a server's temporary folder that nothing has yet: short, because
 * Unix sockets in it may not have more than 103 characters. Root's servers may
 * run as another user, so root's lie where anyone may make folders.
 */
export function temporaryPath(prefix: string): string {
  const name = `servemark-${prefix}-${crypto.randomUUID().slice(0, 8)}`;
  const chosen = Deno.env.get("TMPDIR");
  const base = isRoot() || !chosen?.startsWith("/") ? "/tmp" : chosen;
  return join(base, name);
}
