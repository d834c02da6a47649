import type { Command } from "commander";
import { ServemarkError } from "../../core/errors.ts";
import { formatDuration } from "../../core/durations.ts";
import { formatBytes, formatCount, parseCount } from "../../core/sizes.ts";
import { tableText } from "../../core/text_table.ts";
import type { Published } from "../../transfers/publish_version.ts";
import { EXIT, runAction } from "../context.ts";
import { command, list } from "../program.ts";
import { CATALOG_HELP, openNamed, placeNote } from "./open.ts";
import { recordLine } from "./version_text.ts";

interface PublishOptions {
  catalog: string;
  from?: string;
  tag?: string;
  metadata?: string[];
  rowsPerSecond?: string;
  parallelWorkers: string;
  verify?: boolean;
  json?: boolean;
}

/** `servemark dataset publish` */
export function publishCommand(): Command {
  return command(
    "publish",
    "Publish a materialised version with its metadata: only parts that the other catalog lacks are uploaded",
    "servemark dataset publish fraud_detection_v1.0 --catalog=public --metadata owner=risk",
  )
    .argument("<name>", "the version; it is recorded now where it was not")
    .option(
      "--catalog <uri>",
      "where to: public, internal, a folder, s3://…",
      "public",
    )
    .option("--from <uri>", CATALOG_HELP)
    .option("--tag <name>", "a tag that it gets there")
    .option("--metadata <list>", "more to tell: owner=risk,licence=CC0", list)
    .option(
      "--rows-per-second <count>",
      "what the restore time is estimated by",
    )
    .option("--parallel-workers <count>", "parts uploaded at a time", "4")
    .option(
      "--verify",
      "read every part that is there already, and upload damaged ones anew",
    )
    .option("--json", "print what was published as JSON")
    .action((name: string, options: PublishOptions) =>
      runAction(async (watch) => {
        const { publishVersion } = await import(
          "../../transfers/publish_version.ts"
        );
        const { ensureRecorded } = await import(
          "../../transfers/record_request.ts"
        );
        const { versionText } = await import("../../catalog/version_name.ts");
        const from = await openNamed(options.from);
        const to = await openNamed(options.catalog);
        const own = await ensureRecorded(from, name);
        const published = await publishVersion(from, versionText(own), to, {
          ...watch,
          tag: options.tag,
          verify: options.verify,
          parallel: parseCount(options.parallelWorkers),
          notes: notesOf(options.metadata ?? []),
          ...(options.rowsPerSecond
            ? { rowsPerSecond: parseCount(options.rowsPerSecond) }
            : {}),
        });
        if (options.json) console.log(JSON.stringify(published));
        else {
          console.log([
            publishedText(published),
            ...await placeNote(options.catalog, to),
          ].join("\n"));
        }
        return EXIT.done;
      })
    );
}

function notesOf(items: readonly string[]): Record<string, string> {
  return Object.fromEntries(items.map((item) => {
    const equals = item.indexOf("=");
    if (equals > 0) return [item.slice(0, equals), item.slice(equals + 1)];
    throw new ServemarkError(`Cannot read "${item}" as metadata`, {
      remedy: "Write name=value: --metadata owner=risk",
      exitCode: 2,
    });
  }));
}

function publishedText(published: Published): string {
  const { record, to, tablesCopied } = published;
  const { metadata } = record;
  const tables = tablesCopied.length === 0
    ? ""
    : tablesCopied.length <= 3
    ? ` of ${tablesCopied.join(", ")}`
    : ` of ${tablesCopied.length} tables`;
  return [
    recordLine(record),
    ...(metadata ? metadataLines(metadata) : []),
    `uploaded ${formatCount(published.partsCopied)} part${
      published.partsCopied === 1 ? "" : "s"
    }${tables}, ` +
    `${formatBytes(published.bytesCopied)}; ${
      formatCount(published.partsThere)
    } parts, ${formatBytes(published.bytesThere)}, were there`,
    `in ${to}`,
  ].join("\n");
}

/** A version's metadata, for people. */
export function metadataLines(
  metadata: NonNullable<Published["record"]["metadata"]>,
): string[] {
  const { restore } = metadata;
  const rows = [
    ["rows", metadata.rows.toLocaleString("en-US")],
    ["tables", String(metadata.tables)],
    ["compressed", formatBytes(metadata.compressedBytes)],
    [
      "uncompressed",
      `about ${formatBytes(metadata.uncompressedBytes)} of text`,
    ],
    [
      "restore",
      `about ${formatDuration(restore.seconds)} at ` +
      `${formatCount(restore.rowsPerSecond)} rows/s (${restore.assumption})`,
    ],
    ["platforms", metadata.platforms.join(", ")],
    ...Object.entries(metadata.notes ?? {}),
  ];
  return tableText({ head: ["", ""], rows }).split("\n").slice(1)
    .map((line) => `  ${line}`);
}
