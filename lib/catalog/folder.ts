import { join, resolve } from "node:path";
import { ServemarkError } from "../core/errors.ts";

/**
 * Where datasets are kept unless told otherwise: `SERVEMARK_CATALOG` (a path or
 * a store's URI), else `servemark/catalog` in the user's cache.
 */
export function defaultCatalog(): string {
  const named = Deno.env.get("SERVEMARK_CATALOG");
  if (named) return /^[a-z][a-z0-9+.-]+:/i.test(named) ? named : resolve(named);
  const cache = userCache();
  if (cache) return join(cache, "servemark", "catalog");
  throw new ServemarkError("Cannot tell where to keep datasets", {
    cause: "this user has no home folder",
    remedy: "Set SERVEMARK_CATALOG to a folder that may be written",
  });
}

function userCache(): string | undefined {
  if (Deno.build.os === "windows") return Deno.env.get("LOCALAPPDATA");
  const xdg = Deno.env.get("XDG_CACHE_HOME");
  // The XDG specification: a relative path is to be ignored.
  if (xdg?.startsWith("/")) return xdg;
  const home = Deno.env.get("HOME");
  if (!home) return undefined;
  return join(home, Deno.build.os === "darwin" ? "Library/Caches" : ".cache");
}
