import type { Command } from "commander";
import type { Overlap, VersionDiff } from "../../catalog/diff.ts";
import { formatBytes, formatCount } from "../../core/sizes.ts";
import { tableText } from "../../core/text_table.ts";
import { EXIT, runAction } from "../context.ts";
import { command } from "../program.ts";
import { CATALOG_HELP, type CatalogOptions, openNamed } from "./open.ts";
import { evolutionText } from "./version_text.ts";

/** `servemark dataset diff` */
export function diffCommand(): Command {
  return command(
    "diff",
    "How two versions differ: tables, columns, rows by key, parts and bytes",
    "servemark dataset diff fraud_detection_v1.0 fraud_detection_v1.1",
  )
    .argument("<before>", "a recorded version, a tag or a branch")
    .argument(
      "<after>",
      "another one; its dataset's name may be left out: v1.1",
    )
    .option(
      "--generate",
      "generate rows that are not materialised, to compare them",
    )
    .option("--catalog <uri>", CATALOG_HELP)
    .option("--json", "print as JSON")
    .action((
      before: string,
      after: string,
      options: CatalogOptions & { generate?: boolean },
    ) =>
      runAction(async (watch) => {
        const { diffVersions } = await import("../../catalog/diff.ts");
        const { readVersionName } = await import(
          "../../catalog/version_name.ts"
        );
        const catalog = await openNamed(options.catalog);
        const short = /^v(\d.*)$/.exec(after);
        const second = short
          ? `${readVersionName(before).name}@${short[1]}`
          : after;
        const diff = await diffVersions(catalog, before, second, {
          ...watch,
          generate: options.generate,
        });
        console.log(options.json ? JSON.stringify(diff) : diffText(diff));
        return EXIT.done;
      })
    );
}

function diffText(diff: VersionDiff): string {
  const blocks: string[] = [`${diff.before} → ${diff.after}`];
  const tables = [
    ...diff.tablesAdded.map((name) => [name, "added", "", "", ""]),
    ...diff.tablesRemoved.map((name) => [name, "removed", "", "", ""]),
    ...diff.tablesChanged.map(({ table, rows }) => [
      table,
      "changed",
      formatCount(rows.added),
      formatCount(rows.removed),
      rows.changed === undefined ? "?" : formatCount(rows.changed),
    ]),
  ];
  const head = ["table", "", "rows added", "removed", "changed"];
  if (tables.length > 0) blocks.push(tableText({ head, rows: tables }));
  blocks.push(`${diff.tablesSame} tables are the same`);
  blocks.push(...evolutionText(diff.schema));
  if (diff.popularity.length > 0) {
    const rows = diff.popularity.map(({ entity, before, after }) => [
      entity,
      law(before),
      law(after),
    ]);
    blocks.push(
      tableText({ head: ["requests of", "popularity", "then"], rows }),
    );
  }
  if (diff.parts && diff.bytes) {
    blocks.push(overlapText(diff.parts, diff.bytes, diff));
  }
  if (diff.tablesChanged.some(({ rows }) => rows.changed === undefined)) {
    blocks.push(
      "? rows were not compared: materialise both versions, or add --generate",
    );
  }
  return blocks.join("\n\n");
}

function law(popularity: VersionDiff["popularity"][number]["before"]): string {
  if (popularity === undefined) return "-";
  if (typeof popularity !== "number") {
    return `${popularity.hot} of the keys take ${popularity.traffic}`;
  }
  return popularity === 0 ? "uniform" : `exponent ${popularity}`;
}

function overlapText(
  parts: Overlap,
  bytes: Overlap,
  diff: VersionDiff,
): string {
  const row = (name: string, key: keyof Overlap) => [
    name,
    formatCount(parts[key]),
    formatBytes(bytes[key]),
  ];
  return tableText({
    head: ["stored", "parts", "bytes"],
    rows: [
      row("in both", "shared"),
      row(`only ${diff.before}`, "onlyBefore"),
      row(`only ${diff.after}`, "onlyAfter"),
    ],
  });
}
