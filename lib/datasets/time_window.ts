import { parseDuration } from "../core/durations.ts";
import { messageOf } from "../core/errors.ts";
import type { YamlNode } from "../core/yaml_places.ts";
import { DAY } from "./cycle.ts";
import type { Distribution } from "./spec.ts";

/** A stretch of time, [from, to), µs since 1970. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Reads the window of a `time` or an `event_time`, and its daily cycle. */
export function readTime(
  node: YamlNode,
  kind: "time" | "event_time",
  asOf: number,
): Distribution | undefined {
  const window = readWindow(node, kind, asOf, ["cycle"]);
  const cycleNode = node.get("cycle");
  if (!cycleNode) return window && { kind, ...window };
  const cycle = readCycle(cycleNode);
  if (!window || !cycle) return undefined;
  if (window.from % DAY !== 0 || window.to % DAY !== 0) {
    return cycleNode.problem(
      "a daily cycle needs a window of whole days, from midnight UTC to midnight",
      "Widen the window, or leave the cycle out",
    );
  }
  return { kind, ...window, cycle };
}

/** Reads the window of a date column as the days, since 1970, that it holds. */
export function readDays(
  node: YamlNode,
  asOf: number,
): Distribution | undefined {
  const window = readWindow(node, "time", asOf, []);
  if (!window) return undefined;
  if (window.from % DAY !== 0 || window.to % DAY !== 0) {
    return node.problem("the window of a date must begin and end at midnight");
  }
  return { kind: "uniform", min: window.from / DAY, max: window.to / DAY - 1 };
}

function readCycle(node: YamlNode): number[] | undefined {
  const weights = Array.isArray(node.value) ? node.value as unknown[] : [];
  if (weights.length !== 24) {
    return node.problem(
      "cycle must be a list of 24 weights, one for each hour of the day (UTC)",
    );
  }
  const read = weights.map((_, h) =>
    node.get(String(h))!.number(`the weight of hour ${h}`, {
      min: 0,
      max: 1e6,
    })
  );
  if (read.includes(undefined)) return undefined;
  if (read.every((weight) => weight === 0)) {
    return node.problem("cycle needs a weight above 0");
  }
  return read as number[];
}

function readWindow(
  node: YamlNode,
  kind: string,
  asOf: number,
  optional: readonly string[],
): Window | undefined {
  const last = node.get("last");
  if (last) {
    node.fields(kind, ["last"], optional);
    const text = last.text("last");
    if (text === undefined) return undefined;
    try {
      const length = Math.round(parseDuration(text, "window") * 1e6);
      if (length > 0) return { from: asOf - length, to: asOf };
      return last.problem("the window must be longer than nothing");
    } catch (error) {
      return last.problem(messageOf(error).split("\n")[0], 'Write "30d"');
    }
  }
  if (!node.fields(kind, ["from", "to"], optional)) return undefined;
  const from = readInstant(node.get("from")!, "from");
  const to = readInstant(node.get("to")!, "to");
  if (from === undefined || to === undefined) return undefined;
  if (from >= to) return node.problem("from must be before to");
  return { from, to };
}

/** An ISO 8601 instant (UTC unless stated), as µs since 1970. */
export function readInstant(node: YamlNode, what: string): number | undefined {
  const { value } = node;
  if (value instanceof Date) return value.getTime() * 1000;
  const text = typeof value === "string" ? value.trim() : "";
  const zoned = /[zZ]|[+-]\d\d:?\d\d$/.test(text) || /^[-\d]+$/.test(text)
    ? text
    : `${text}Z`;
  const ms = Date.parse(zoned.replace(" ", "T"));
  if (text !== "" && !Number.isNaN(ms)) return ms * 1000;
  return node.problem(
    `${what} must be a date or an instant`,
    "Write 2026-06-01, or 2026-06-01T12:00:00Z",
  );
}
