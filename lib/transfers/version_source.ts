import type { Catalog } from "../catalog/catalog.ts";
import { ServemarkError } from "../core/errors.ts";
import type { TableSource } from "../formats/source.ts";
import { isParted, type PartedSource } from "./catalog_source.ts";
import { openSource } from "./open_source.ts";
import type { TableChoice } from "./table_choice.ts";

/** Another version of a dataset, by its version alone: `v1.0`, `1.0`. */
export async function versionSource(
  source: TableSource,
  version: string,
  options: { catalog?: string | Catalog; tables?: TableChoice } = {},
): Promise<PartedSource> {
  const { identity } = source;
  const name = identity?.name;
  const text = version.replace(/^v(?=\d)/, "");
  const found = name === undefined
    ? undefined
    : await openSource(`${name}_v${text}`, options);
  if (found && isParted(found) && found.catalog) return found;
  throw new ServemarkError(`Cannot tell what changed since ${version}`, {
    cause: name === undefined
      ? `${source.name} is no version of a dataset`
      : `the catalog does not hold ${name}_v${text}`,
    remedy: "servemark dataset list shows the versions that there are",
    exitCode: 2,
  });
}
