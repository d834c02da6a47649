import { readVersionName, versionText } from "../../catalog/version_name.ts";
import { ServemarkError } from "../../core/errors.ts";
import type { Platform } from "../../platforms/platform.ts";
import { type Context, EXIT } from "../context.ts";
import { openNamed } from "./open.ts";

/** How tables are turned into another version's where they stand. */
export interface MigrateImportOptions {
  /** The version that the platform holds: `v1.0`. */
  readonly from: string;
  readonly reload?: boolean;
  readonly drop?: boolean;
  readonly catalog?: string;
  readonly json?: boolean;
}

/** Imports a version by changing the tables of an earlier one where they stand. */
export async function migrateImport(
  name: string,
  platform: Platform,
  options: MigrateImportOptions,
  watch: Context,
): Promise<number> {
  const { from, reload, drop, json } = options;
  const { findManifest } = await import("../../transfers/validate_version.ts");
  const { migrateVersion } = await import(
    "../../transfers/migrate_version.ts"
  );
  const catalog = await openNamed(options.catalog);
  const to = await findManifest(catalog, name);
  const earlier = /^v?(\d.*)$/.exec(from);
  const before = await findManifest(
    catalog,
    earlier ? `${readVersionName(name).name}@${earlier[1]}` : from,
  );
  if (before.name !== to.name) {
    throw new ServemarkError(
      `Cannot turn ${versionText(before)} into ${versionText(to)}`,
      {
        cause: "they are versions of different datasets",
        remedy: "Import it without --from-version",
        exitCode: 2,
      },
    );
  }
  const done = await migrateVersion(catalog, platform, before, to, {
    ...watch,
    reload,
    drop,
  });
  if (json) {
    console.log(JSON.stringify(done));
    return EXIT.done;
  }
  const list = (what: string, tables: readonly string[]) =>
    tables.length === 0 ? [] : [
      `  ${what}: ${
        tables.length > 5 ? `${tables.length} tables` : tables.join(", ")
      }`,
    ];
  console.log([
    `${versionText(before)} → ${versionText(to)} in ${platform.title}, ` +
    "fingerprints equal",
    ...list("changed where they stood", done.evolved),
    ...list("loaded", done.loaded),
    ...list("kept", done.kept),
    ...list("dropped", done.dropped),
    ...list("left, though the new version has them not", done.left),
  ].join("\n"));
  return EXIT.done;
}
