import type { Command } from "commander";
import { formatBytes, formatCount } from "../../core/sizes.ts";
import { tableText } from "../../core/text_table.ts";
import { EXIT, runAction } from "../context.ts";
import { command } from "../program.ts";
import { CATALOG_HELP, type CatalogOptions, openNamed } from "./open.ts";

interface ValidateOptions extends CatalogOptions {
  platform?: string;
  target?: string;
}

/** `servemark dataset validate` */
export function validateCommand(): Command {
  return command(
    "validate",
    "Read all parts of a version, and recompute rows, schemas and fingerprints; or compare a platform's tables with it",
    "servemark dataset validate fraud_detection_v1.0\n" +
      "servemark dataset validate fraud_detection_v1.0 --platform=postgres --target=postgres://me@host/db",
  )
    .argument("<name>", "a version, or what was materialised under this name")
    .option(
      "--platform <name>",
      "check the tables in this platform: postgres …",
    )
    .option("--target <uri>", "where the platform is")
    .option("--catalog <uri>", CATALOG_HELP)
    .option("--json", "print what was found as JSON")
    .action((name: string, options: ValidateOptions) =>
      runAction(async (watch) => {
        const { findManifest, validatePlatform } = await import(
          "../../transfers/validate_version.ts"
        );
        const catalog = await openNamed(options.catalog);
        const manifest = await findManifest(catalog, name);
        const id = `${manifest.name}_v${manifest.version}`;
        if (options.platform || options.target) {
          const { openPlatform } = await import("../../platforms/open.ts");
          const scheme = /^[a-z]+/.exec(options.target ?? "")?.[0];
          const kind = options.platform ??
            (scheme === "postgresql" ? "postgres" : scheme!);
          const platform = await openPlatform(kind, {
            ...(options.target ? { uri: options.target } : {}),
          }, watch);
          try {
            const found = await validatePlatform(manifest, platform, watch);
            const wrong = found.filter((t) => t.found !== t.expected);
            if (options.json) console.log(JSON.stringify(found));
            else {
              console.log(tableText({
                caption: `${id} in ${platform.title}: ` +
                  (wrong.length === 0
                    ? `all ${found.length} tables are equal`
                    : `${wrong.length} of ${found.length} tables differ`),
                head: ["table", "fingerprint there", "of the version"],
                rows: wrong.map((t) => [
                  t.table,
                  t.found ?? "missing",
                  t.expected,
                ]),
              }));
            }
            return wrong.length === 0 ? EXIT.done : EXIT.failed;
          } finally {
            await platform.close();
          }
        }
        const { validateManifest } = await import(
          "../../catalog/validate.ts"
        );
        const found = await validateManifest(catalog, manifest, watch);
        const wrong = found.tables.flatMap(({ table, problems }) =>
          problems.map((problem) => `table ${table}: ${problem}`)
        );
        if (options.json) console.log(JSON.stringify(found));
        else {
          console.log(tableText({
            caption: `${id}: ` +
              (found.isValid ? "valid" : `${wrong.length} problems`) +
              `, ${formatCount(found.rows)} rows read`,
            head: ["table", "rows", "parts", "stored", "fingerprint"],
            rows: found.tables.map((t) => [
              t.table,
              t.rows.toLocaleString("en-US"),
              String(t.parts),
              formatBytes(t.bytes),
              t.problems.length === 0 ? t.fingerprint : "WRONG",
            ]),
            notes: wrong,
          }));
        }
        return found.isValid ? EXIT.done : EXIT.failed;
      })
    );
}
