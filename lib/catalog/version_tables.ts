/**
 * What is known of versions, as tables for people.
 *
 * @module
 */
import { formatBytes, formatCount } from "../core/sizes.ts";
import type { TextTable } from "../core/text_table.ts";
import type { SchemaChange } from "../datasets/evolution.ts";
import type { Overlap, VersionDiff } from "./diff.ts";
import type { LogEntry } from "./log.ts";

/** A dataset's history, the newest version first. */
export function logTable(
  name: string,
  entries: readonly LogEntry[],
): TextTable {
  return {
    caption: name,
    head: [
      "version",
      "parent",
      "rows",
      "tables",
      "stored",
      "recorded (UTC)",
      "names",
      "message",
    ],
    rows: entries.map(({ record, rows, branches, tags, bytes }) => [
      record.version,
      record.parent ?? "-",
      formatCount(rows),
      String(record.spec.tables.length),
      bytes === undefined ? "-" : formatBytes(bytes),
      record.created.slice(0, 16).replace("T", " "),
      [...branches, ...tags].join(", "),
      record.message,
    ]),
  };
}

/** How two versions differ: tables, schema, popularity, what is stored. */
export function diffTables(diff: VersionDiff): TextTable[] {
  const tables: TextTable[] = [{
    caption: `${diff.before} → ${diff.after}`,
    head: ["table", "", "rows added", "removed", "changed"],
    rows: [
      ...diff.tablesAdded.map((name) => [name, "added", "", "", ""]),
      ...diff.tablesRemoved.map((name) => [name, "removed", "", "", ""]),
      ...diff.tablesChanged.map(({ table, rows }) => [
        table,
        "changed",
        formatCount(rows.added),
        formatCount(rows.removed),
        rows.changed === undefined ? "?" : formatCount(rows.changed),
      ]),
    ],
    notes: [
      `${diff.tablesSame} tables are the same`,
      ...(diff.tablesChanged.some(({ rows }) => rows.changed === undefined)
        ? [
          "? rows were not compared: materialise both versions, or ask to " +
          "generate them (--generate)",
        ]
        : []),
    ],
  }];
  if (diff.schema.length > 0) tables.push(evolutionTable(diff.schema));
  if (diff.popularity.length > 0) {
    tables.push({
      head: ["requests of", "popularity", "then"],
      rows: diff.popularity.map(({ entity, before, after }) => [
        entity,
        law(before),
        law(after),
      ]),
    });
  }
  if (diff.parts && diff.bytes) {
    tables.push(overlapTable(diff.parts, diff.bytes, diff));
  }
  return tables;
}

/** How a schema changed. */
export function evolutionTable(changes: readonly SchemaChange[]): TextTable {
  return {
    head: ["schema", "where", "what", "old readers can read it"],
    rows: changes.map((change) => [
      change.kind.replace("_", " "),
      change.column ? `${change.table}.${change.column}` : change.table,
      change.from !== undefined
        ? `${change.from} → ${change.to}`
        : change.to ?? "",
      change.compatible ? "yes" : "no",
    ]),
  };
}

function law(popularity: VersionDiff["popularity"][number]["before"]): string {
  if (popularity === undefined) return "-";
  if (typeof popularity !== "number") {
    return `${popularity.hot} of the keys take ${popularity.traffic}`;
  }
  return popularity === 0 ? "uniform" : `exponent ${popularity}`;
}

function overlapTable(
  parts: Overlap,
  bytes: Overlap,
  diff: VersionDiff,
): TextTable {
  const row = (name: string, key: keyof Overlap) => [
    name,
    formatCount(parts[key]),
    formatBytes(bytes[key]),
  ];
  return {
    head: ["stored", "parts", "bytes"],
    rows: [
      row("in both", "shared"),
      row(`only ${diff.before}`, "onlyBefore"),
      row(`only ${diff.after}`, "onlyAfter"),
    ],
  };
}
