/**
 * How a run was measured: what a reader needs who would repeat or attack it.
 *
 * @module
 */
import { formatBytes } from "../core/sizes.ts";
import { formatDuration } from "../core/durations.ts";
import { popularityText } from "../datasets/popularity.ts";
import { CLOSED_LOOP } from "../metrics/comparison.ts";
import type { RunResult } from "../runs/result.ts";
import { clientTable } from "./figures.ts";
import type { SystemReading } from "./readings.ts";
import type { Section } from "./section.ts";
import { costSection, systemsSection } from "./systems_sections.ts";
import { left, right, type Table } from "./table.ts";
import { STRATEGIES } from "./verdicts.ts";
import { few, inProse, listed, plural, sentence } from "./words.ts";

/** What a report says to whoever means to publish it. */
export const PUBLICATION =
  "Vendors' terms of service differ on publishing benchmarks: check those of " +
  "every platform named here before this report leaves your organisation";

/** All sections, in reading order. */
export function methodology(
  result: RunResult,
  systems: readonly SystemReading[],
): Section[] {
  return [
    dataSection(result),
    workloadSection(result),
    systemsSection(systems),
    costSection(systems),
    machineSection(result),
    {
      id: "client-section",
      title: "The client",
      paragraphs: [
        "A point is invalid where the client, not the platform, set the pace: " +
        "where its busiest worker was out of CPU, stood still, or sent late.",
      ],
      facts: [],
      tables: [clientTable(systems)],
    },
    ...(result.warnings.length === 0 ? [] : [{
      id: "warnings",
      title: "Warnings",
      paragraphs: [],
      facts: [],
      items: result.warnings.map(sentence),
      tables: [],
    }]),
    {
      id: "publishing",
      title: "Before publishing",
      paragraphs: [sentence(PUBLICATION)],
      facts: [],
      tables: [],
    },
    {
      id: "identity",
      title: "Fingerprints",
      paragraphs: [],
      facts: [],
      tables: [fingerprintTable(result)],
    },
  ];
}

function dataSection(result: RunResult): Section {
  const { spec, digest, fingerprints } = result.dataset;
  const tables = spec.tables.filter((t) => Object.hasOwn(fingerprints, t.name));
  const shown = tables.length > 0 ? tables : spec.tables;
  const rows = shown.reduce((n, t) => n + t.rows, 0);
  const columns = shown.reduce((n, t) => n + t.columns.length, 0);
  return {
    id: "dataset",
    title: "Dataset",
    paragraphs: [
      sentence(spec.description),
      "Every row is a pure function of the spec and its seed, so anyone can " +
      "generate the same data again, and returned rows are compared with it.",
      sentence(agreement(result)),
    ],
    facts: [
      ["Version", `${spec.name}_v${spec.version}`],
      ["Spec digest", digest],
      ["Seed", String(spec.seed)],
      [
        "Size",
        `${plural(shown.length, "table")}, ` +
        `${plural(rows, "row")}, ${plural(columns, "column")}`,
      ],
      [
        "Entities",
        spec.entities.map((e) =>
          `${e.name} (${plural(e.keys, "key")}, ${
            e.popularity === 0
              ? "requested uniformly"
              : typeof e.popularity === "object"
              ? popularityText(e.popularity)
              : `popularity exponent ${e.popularity}`
          })`
        ).join(", "),
      ],
    ],
    tables: [loadTable(result)],
  };
}

/** Whether the platforms hold the catalog's data, as a sentence. */
function agreement(result: RunResult): string {
  const expected = Object.entries(result.dataset.fingerprints);
  const differing = result.loads.flatMap((load) =>
    expected.filter(([table, fingerprint]) =>
      load.fingerprints[table] !== fingerprint
    ).map(([table]) => `${table} on ${load.platform}`)
  );
  if (differing.length > 0) {
    return `Fingerprints differ: ${listed(differing)}`;
  }
  const places = ["the catalog", ...result.loads.map((l) => l.platform)];
  return `The fingerprints of all ${plural(expected.length, "table")} are ` +
    `equal in ${listed(places)}: the platforms hold identical data`;
}

function loadTable(result: RunResult): Table {
  return {
    id: "loads",
    caption: "How each platform got its data",
    head: "Platform",
    columns: [
      right("Rows"),
      right("Sent"),
      right("Load", "s"),
      right("Rate", "rows/s"),
      right("Keys and indexes", "s"),
      right("Fingerprint", "s"),
      right("Sent again"),
    ],
    groups: [{
      rows: result.loads.map((load) => ({
        head: load.platform,
        cells: [
          load.rows.toLocaleString("en-US"),
          formatBytes(load.bytes),
          few(load.loadSeconds),
          few(load.rows / load.loadSeconds),
          few(load.finishSeconds),
          few(load.fingerprintSeconds),
          load.retried.toLocaleString("en-US"),
        ].map((text) => ({ text })),
      })),
    }],
    notes: [],
    remarks: [],
  };
}

function fingerprintTable(result: RunResult): Table {
  const rows = new Map(result.dataset.spec.tables.map((t) => [t.name, t.rows]));
  return {
    id: "fingerprints",
    caption: "Fingerprint of each table",
    head: "Table",
    columns: [right("Rows"), left("Fingerprint")],
    groups: [{
      rows: Object.entries(result.dataset.fingerprints).map(([name, text]) => ({
        head: name,
        cells: [
          { text: (rows.get(name) ?? NaN).toLocaleString("en-US") },
          { text },
        ],
      })),
    }],
    notes: [],
    remarks: [
      "Row count, then four sums of 28-bit words of the MD5 of each row's " +
      "canonical text; the order of rows does not matter.",
    ],
  };
}

function workloadSection(result: RunResult): Section {
  const { plan, systems, objective } = result;
  const shapes = [
    ...new Set(
      systems.map(({ workload: w }) =>
        w.name === "lookup"
          ? `lookup of one row of ${w.table ?? "a table"}`
          : `${w.name} over ${plural(w.tables ?? 1, "table")}`
      ),
    ),
  ];
  const strategies = [...new Set(systems.map((s) => s.workload.strategy))];
  return {
    id: "workload",
    title: "Workload",
    paragraphs: [
      `Each operation is a ${listed(shapes)}: it reads one entity's row from ` +
      `each table, by key, for keys drawn by the dataset's power law.`,
      `Asked by ${listed(strategies.map((s) => `${s} (${STRATEGIES[s]})`))}.`,
      sentence(CLOSED_LOOP),
      "Points ran in rounds, the systems in turn at each load, so that drift " +
      "of the machine falls on all of them.",
    ],
    facts: [
      ["Objective", `p${objective.percentile} < ${objective.milliseconds} ms`],
      ["Clients", plan.clients.join(", ")],
      [
        "Operations",
        `${plan.iterations} a client, at least ` +
        `${plan.minimum.toLocaleString("en-US")} a point`,
      ],
      [
        "Warm-up",
        `${plural(plan.warmup, "operation")} a client and round, not recorded`,
      ],
      ["Think time", plan.think === 0 ? "none" : formatDuration(plan.think)],
      ["Load workers", `${plan.workers} a system`],
      ...order(result),
    ],
    tables: [],
  };
}

/** The order in which points ran, a line a round; loads with the same order of systems share it. */
function order(result: RunResult): [string, string][] {
  const titles = new Map(
    result.systems.map((s) => [s.id, inProse(s.title)]),
  );
  const passes = result.points.flatMap((p) =>
    p.rounds.map((r) => ({ ...r, clients: p.clients, system: p.system }))
  ).sort((a, b) => a.position - b.position);
  const rounds = [...new Set(passes.map((p) => p.round))];
  return rounds.map((round) => {
    const loads: { clients: number; systems: string[] }[] = [];
    for (const pass of passes.filter((p) => p.round === round)) {
      const title = titles.get(pass.system) ?? pass.system;
      const last = loads.at(-1);
      if (last && last.clients === pass.clients) last.systems.push(title);
      else loads.push({ clients: pass.clients, systems: [title] });
    }
    const steps: { clients: number[]; systems: string }[] = [];
    for (const { clients, systems } of loads) {
      const text = systems.join(" → ");
      const last = steps.at(-1);
      if (last && last.systems === text) last.clients.push(clients);
      else steps.push({ clients: [clients], systems: text });
    }
    return [
      `Order, round ${round + 1}`,
      steps.map(({ clients, systems }) =>
        `${clients.join(", ")} ${
          clients.length === 1 && clients[0] === 1 ? "client" : "clients"
        }: ${systems}`
      ).join("; "),
    ];
  });
}

function machineSection(result: RunResult): Section {
  const { environment: e, ceiling } = result;
  return {
    id: "machine",
    title: "Client machine and software",
    paragraphs: [],
    facts: [
      ["Processor", `${e.cpu}, ${plural(e.cores, "core")}`],
      ["Memory", formatBytes(e.memoryBytes)],
      ["System", e.os],
      [
        "Software",
        Object.entries(e.versions).map(([k, v]) => `${k} ${v}`).join(", "),
      ],
      [
        "Engine's ceiling",
        Number.isFinite(ceiling.operationsPerSecond)
          ? `${
            few(ceiling.operationsPerSecond)
          } operations a second and worker, against a no-op`
          : "not measured",
      ],
      ["Duration", formatDuration(result.seconds)],
    ],
    tables: [],
  };
}
