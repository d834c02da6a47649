import { dirname, join } from "node:path";
import { schemeOf } from "../stores/split_uri.ts";
import { defaultCatalog } from "./folder.ts";

/** Catalogs that have a name, and the variable that says where each is. */
const NAMED: Readonly<Record<string, string>> = {
  public: "SERVEMARK_CATALOG_PUBLIC",
  internal: "SERVEMARK_CATALOG_INTERNAL",
};

/**
 * The path or URI of a catalog: `public` and `internal` are where
 * `SERVEMARK_CATALOG_PUBLIC` and `SERVEMARK_CATALOG_INTERNAL` say, else beside
 * the user's own catalog; anything else is a path or URI itself.
 */
export function catalogPlace(text: string): string {
  if (!Object.hasOwn(NAMED, text)) return text;
  const stated = Deno.env.get(NAMED[text]);
  if (stated) return stated;
  const own = defaultCatalog();
  const scheme = schemeOf(own);
  if (scheme === undefined) return join(dirname(own), `catalog-${text}`);
  const [place, query] = own.split(/(?=\?)/);
  return `${place.replace(/\/+$/, "")}-${text}${query ?? ""}`;
}

/** Where a named catalog's place is set; `undefined` for paths and URIs. */
export function catalogVariable(text: string): string | undefined {
  return Object.hasOwn(NAMED, text) ? NAMED[text] : undefined;
}
