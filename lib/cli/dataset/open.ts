import type { Catalog } from "../../catalog/catalog.ts";

/** What every command that looks at a catalog takes. */
export interface CatalogOptions {
  catalog?: string;
  json?: boolean;
}

/** Help of `--catalog`. */
export const CATALOG_HELP =
  "the catalog: public, internal, a folder, s3://… (default: the user's own)";

/** Opens the catalog that an option names. */
export async function openNamed(text: string | undefined): Promise<Catalog> {
  const { openCatalog } = await import("../../catalog/catalog.ts");
  const { catalogPlace } = await import("../../catalog/named.ts");
  return await openCatalog(
    text === undefined ? undefined : catalogPlace(text),
  );
}

/** Where a named catalog is, as a note; nothing for paths and URIs. */
export async function placeNote(
  text: string | undefined,
  catalog: Catalog,
): Promise<string[]> {
  const { catalogVariable } = await import("../../catalog/named.ts");
  const variable = text === undefined ? undefined : catalogVariable(text);
  return variable === undefined
    ? []
    : [`The ${text} catalog is ${catalog.uri} (${variable} says where)`];
}
