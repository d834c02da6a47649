/**
 * Measures Servemark itself: `deno task perf [--json] [--only NAME]`.
 *
 * Prints a table, or with `--json` one object a line: name, unit, ours, peer,
 * against, ratio, must, aim, holds. `--only` keeps what has NAME in its name.
 * Exits with 1 when a figure does not reach what it must, 2 on wrong usage.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { type Bench, type Measurement, reaches } from "./measurement.ts";

/** Every file of benchmarks. */
const FILES: readonly (() => Promise<{ benches: readonly Bench[] }>)[] = [
  () => import("./recording_bench.ts"),
  () => import("./engine_bench.ts"),
  () => import("./drivers_bench.ts"),
  () => import("./generation_bench.ts"),
  () => import("./archive_bench.ts"),
  () => import("./parquet_bench.ts"),
  () => import("./csv_bench.ts"),
];

const HEADS = ["name", "ours", "peer", "ratio", "must", "aim", "holds"];

function options(args: string[]): { json: boolean; only: string } {
  try {
    const { values } = parseArgs({
      args,
      options: { json: { type: "boolean" }, only: { type: "string" } },
    });
    return { json: values.json ?? false, only: values.only ?? "" };
  } catch (error) {
    console.error((error as Error).message);
    console.error("Usage: deno task perf [--json] [--only NAME]");
    Deno.exit(2);
  }
}

function jsonLine(m: Measurement): string {
  const round = (x: number | undefined) =>
    x === undefined ? null : Number(x.toPrecision(4));
  return JSON.stringify({
    name: m.name,
    unit: m.unit,
    ours: round(m.ours),
    peer: round(m.peer),
    against: m.against ?? null,
    ratio: round(m.ratio),
    must: m.must ?? null,
    aim: m.aim ?? null,
    holds: reaches(m, m.must) ?? null,
  });
}

function cells(m: Measurement): string[] {
  const text = (x: number | undefined, unit = "") =>
    x === undefined
      ? ""
      : `${x.toLocaleString("en-US", { maximumSignificantDigits: 3 })} ${unit}`
        .trim();
  const sign = m.better === "less" ? "≤" : "≥";
  const limit = (x: number | undefined) =>
    x === undefined ? "" : `${sign} ${text(x)}`;
  const holds = reaches(m, m.must);
  return [
    m.name,
    text(m.ours, m.unit),
    m.peer === undefined ? "" : `${text(m.peer, m.unit)} ${m.against}`,
    text(m.ratio),
    limit(m.must),
    limit(m.aim),
    holds === undefined
      ? ""
      : !holds
      ? "no"
      : reaches(m, m.aim)
      ? "yes, and the aim"
      : "yes",
  ];
}

function table(rows: readonly string[][]): string {
  const widths = HEADS.map((_, c) => Math.max(...rows.map((r) => r[c].length)));
  return rows.map((row) =>
    row.map((text, c) =>
      c === 0 || c === 6 ? text.padEnd(widths[c]) : text.padStart(widths[c])
    ).join("  ").trimEnd()
  ).join("\n");
}

const { json, only } = options(Deno.args);
const names: string[] = [];
const measured: Measurement[] = [];
for (const file of FILES) {
  for (const bench of (await file()).benches) {
    names.push(...bench.names);
    const wanted = (name: string) => name.includes(only);
    if (!bench.names.some(wanted)) continue;
    if (!json) console.error(`measuring: ${bench.names.join("; ")}`);
    for (const m of await bench.run(wanted)) {
      if (!wanted(m.name)) continue;
      measured.push(m);
      if (json) console.log(jsonLine(m));
    }
  }
}
if (measured.length === 0) {
  console.error(`Nothing is named "${only}". Known:\n${names.join("\n")}`);
  Deno.exit(2);
}
if (!json) console.log(table([HEADS, ...measured.map(cells)]));
Deno.exit(measured.some((m) => reaches(m, m.must) === false) ? 1 : 0);
