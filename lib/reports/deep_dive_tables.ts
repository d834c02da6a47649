import { bundle, type Displayable } from "../core/display.ts";
import { type TableFrame, tableFrame } from "../frames/table.ts";
import { breakdown } from "../metrics/breakdown.ts";
import { tail } from "../metrics/tail.ts";
import { CODES } from "../platforms/driver.ts";
import type { Point, RunResult, System } from "../runs/result.ts";
import { TAGS } from "./nature.ts";

type Row = Record<string, string | number | null>;

const NO_FANOUT =
  "Every operation was one request: there is no fan-out to take apart.";

const PHASES =
  "wait: planned to sent, in the client; answer: sent to first byte, the " +
  "network and the server; fetch: first byte to whole answer";

/** What sets the slowest hundredth apart from the middle half, point by point. */
export function tailTable(result: RunResult): TableFrame {
  const rows = points(result).map(([point, system]): Row => {
    const found = tail(result.samples, point.index);
    const phase = (name: "wait" | "answer" | "fetch"): Row => ({
      [`${name}, middle`]: ms(found?.middle[name]),
      [`${name}, tail`]: ms(found?.slow[name]),
    });
    return {
      ...head(system, point),
      "tail from": ms(found?.from),
      ...phase("wait"),
      ...phase("answer"),
      ...phase("fetch"),
      "clients in it": found?.clients ?? null,
      "in one second": known(found && found.together * 100),
    };
  });
  return tableFrame(rows, {
    title: "Tail anatomy: the slowest 1 % against the middle half, means",
    note: `${PHASES}; in one second: how much of the tail fell into the ` +
      "second that has most of it, which is where to look for a stall",
    units: { ...units(rows, "ms"), "in one second": "%" },
    missing: () => "n/a",
  });
}

/** Where an operation's requests spent their time, where it is made of several. */
export function fanoutTable(result: RunResult): Displayable {
  const { samples } = result;
  const rows = points(result).flatMap(([point, system]): Row[] => {
    const { parts, service } = breakdown(samples, point.index);
    return parts
      ? [{
        ...head(system, point),
        requests: parts.each,
        "one, mean": ms(parts.request.mean),
        "one, p99": ms(parts.request.p99),
        "sum of all": ms(parts.sum),
        "slowest, measured": ms(parts.slowest),
        "slowest, if independent": ms(parts.expectedSlowest),
        "whole operation": ms(service.mean),
      }]
      : [];
  });
  if (rows.length === 0) {
    return bundle({ "text/plain": NO_FANOUT });
  }
  return tableFrame(rows, {
    title: "Fan-out: the requests of one operation, means",
    note: "slowest, if independent: what as many requests at once would " +
      "wait for if none delayed another",
    units: units(rows, "ms"),
    missing: () => "n/a",
  });
}

/** The slowest operations of all, the slowest first. */
export function slowestTable(result: RunResult, count: number): TableFrame {
  const { samples: s } = result;
  const rows: number[] = [];
  for (let k = 0; k < s.length; k++) if (s.part[k] < 0) rows.push(k);
  const response = (k: number) => s.done[k] - s.planned[k];
  rows.sort((a, b) => response(b) - response(a));
  return tableFrame(
    rows.slice(0, count).map((k): Row => {
      const point = result.points.find((p) => p.index === s.point[k])!;
      return {
        ...head(systemOf(result, point), point),
        client: s.client[k],
        operation: s.operation[k],
        "at second": known(s.planned[k] / 1e6),
        response: ms(response(k)),
        wait: ms(s.sent[k] - s.planned[k]),
        answer: ms(s.firstByte[k] - s.sent[k]),
        fetch: ms(s.done[k] - s.firstByte[k]),
        rows: s.rows[k],
        bytes: s.bytes[k],
        outcome: CODES[s.code[k]] ?? String(s.code[k]),
      };
    }),
    {
      title: `The ${count} slowest operations`,
      note: PHASES,
      units: { response: "ms", wait: "ms", answer: "ms", fetch: "ms" },
      missing: () => "n/a",
    },
  );
}

/** What was checked of every point, and what speaks against it. */
export function validityTable(result: RunResult): TableFrame {
  const { warnings } = result;
  const rows = points(result).map(([point, system]): Row => ({
    ...head(system, point),
    operations: point.operations,
    errors: point.operations - (point.codes[0] ?? 0),
    "rows checked": point.verified,
    wrong: point.mismatched,
    "busiest worker": known(point.busiestWorker * 100),
    "longest pause": ms(point.worstPause),
    steal: known(point.steal * 100),
    verdict: point.invalid.length === 0
      ? "valid"
      : `not valid: ${point.invalid.join("; ")}`,
  }));
  return tableFrame(rows, {
    title: "Validity",
    note: warnings.join("\n"),
    units: {
      "busiest worker": "% of a core",
      "longest pause": "ms",
      steal: "%",
    },
    missing: () => "n/a",
  });
}

function systemOf(result: RunResult, point: Point): System {
  return result.systems.find((s) => s.id === point.system)!;
}

function points(result: RunResult): [Point, System][] {
  return result.points.map((p) => [p, systemOf(result, p)]);
}

function head({ title, facts }: System, { clients }: Point): Row {
  const tag = TAGS[facts.nature];
  return { system: tag ? `${title} (${tag})` : title, clients };
}

/** Columns of times: all numbers but the counts. */
function units(rows: readonly Row[], unit: string): Record<string, string> {
  const counts = ["system", "clients", "requests", "clients in it"];
  return Object.fromEntries(
    Object.keys(rows[0] ?? {}).filter((name) => !counts.includes(name))
      .map((name) => [name, unit]),
  );
}

function ms(micros: number | undefined): number | null {
  return known(micros === undefined ? undefined : micros / 1e3);
}

function known(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
