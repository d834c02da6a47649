import { parseDuration } from "../core/durations.ts";
import { messageOf } from "../core/errors.ts";
import type { YamlNode } from "../core/yaml_places.ts";
import { integerBounds } from "./column_type.ts";
import type { ColumnType } from "./schema.ts";
import type { Distribution } from "./spec.ts";

/** The laws that a type's values can follow. */
const LAWS = {
  integer: ["uniform", "power_law", "normal"],
  bigint: ["uniform", "power_law", "normal"],
  decimal: ["uniform", "power_law", "normal"],
  boolean: ["flag"],
  text: ["categorical"],
  timestamp: ["time", "event_time"],
  double: [],
  bytes: [],
  date: [],
} as const;

/** The names of all laws: keys of a column beside `type` and `nulls`. */
export const LAW_NAMES = [
  "uniform",
  "power_law",
  "normal",
  "flag",
  "categorical",
  "time",
  "event_time",
] as const;

/** The widest range that two hashes can spread over. */
const MAX_SPAN = 2 ** 52;

/**
 * Reads the law of a column: the one key of {@link LAW_NAMES} that it has.
 *
 * @param asOf the end of windows given as `last: 30d`, µs since 1970
 */
export function readDistribution(
  column: YamlNode,
  type: ColumnType,
  asOf: number,
): Distribution | undefined {
  const allowed: readonly string[] = LAWS[type.kind];
  const given = LAW_NAMES.filter((law) => column.get(law));
  if (given.length !== 1 || !allowed.includes(given[0])) {
    return column.problem(
      given.length === 0
        ? `column "${column.name}" does not say how its values are drawn`
        : given.length > 1
        ? `column "${column.name}" has ${given.length} laws: ${
          given.join(", ")
        }`
        : `a column of type ${type.kind} cannot follow "${given[0]}"`,
      `Give it one of: ${allowed.join(", ")}`,
    );
  }
  const node = column.get(given[0])!;
  switch (given[0]) {
    case "flag": {
      const share = node.number("flag", { min: 0, max: 1 });
      return share === undefined ? undefined : { kind: "flag", share };
    }
    case "categorical":
      return readCategorical(node);
    case "time":
    case "event_time":
      return readWindow(node, given[0], asOf);
    default:
      return readNumeric(node, given[0], type);
  }
}

function readCategorical(node: YamlNode): Distribution | undefined {
  const entries = node.entries("categorical");
  const weights = entries.map(([word, weight]) =>
    weight.number(`the weight of "${word}"`, { min: 0 })
  );
  if (weights.includes(undefined)) return undefined;
  const words = entries.map(([word]) => word);
  const total = (weights as number[]).reduce((a, b) => a + b, 0);
  if (entries.length > 0 && total <= 0) {
    return node.problem("categorical needs a weight above 0");
  }
  if (entries.length === 0) return undefined;
  return { kind: "categorical", words, weights: weights as number[] };
}

function readNumeric(
  node: YamlNode,
  kind: "uniform" | "power_law" | "normal",
  type: ColumnType,
): Distribution | undefined {
  const more = { uniform: [], power_law: ["exponent"], normal: ["mean"] }[kind];
  const optional = kind === "power_law" ? ["shift"] : [];
  const required = kind === "normal"
    ? ["mean", "deviation", "min", "max"]
    : ["min", "max", ...more];
  if (!node.fields(kind, required, optional)) return undefined;

  const unit = type.kind === "decimal" ? 10 ** type.scale : 1;
  const [low, high] = integerBounds(type);
  /** A bound in the type's own integers. */
  const bound = (key: string) => {
    const n = node.get(key)!.number(key, {
      min: low / unit,
      max: high / unit,
      integer: unit === 1,
    });
    return n === undefined ? undefined : Math.round(n * unit);
  };
  const real = (key: string, min?: number, max?: number) =>
    node.get(key)?.number(key, { min, max });
  const [min, max] = [bound("min"), bound("max")];
  if (min === undefined || max === undefined) return undefined;
  if (min > max || max - min >= MAX_SPAN) {
    return node.problem(
      min > max
        ? `min must be at most max: they are ${min / unit} and ${max / unit}`
        : "the range from min to max must hold fewer than 2^52 values",
    );
  }
  if (kind === "uniform") return { kind, min, max };
  if (kind === "normal") {
    const [mean, deviation] = [real("mean"), real("deviation")];
    if (mean === undefined || deviation === undefined) return undefined;
    const law = {
      kind,
      mean: exact(mean * unit),
      deviation: exact(deviation * unit),
      min,
      max,
    };
    if (law.deviation <= 0) {
      return node.get("deviation")!.problem("deviation must be above 0");
    }
    if (
      law.mean < min - 5 * law.deviation || law.mean > max + 5 * law.deviation
    ) {
      return node.problem(
        "mean must lie within 5 deviations of the range from min to max",
      );
    }
    return law;
  }
  const exponent = real("exponent", 0, 10);
  const shift = node.get("shift") ? real("shift") : 1 / unit;
  if (exponent === undefined || shift === undefined) return undefined;
  const steps = Math.round(shift * unit);
  if (steps < 1 || steps > MAX_SPAN) {
    return node.get("shift")!.problem(
      `shift must be at least ${1 / unit}: current value is ${shift}`,
    );
  }
  return steps === 1
    ? { kind, min, max, exponent }
    : { kind, min, max, exponent, shift: steps };
}

/** Drops the noise that scaling a decimal fraction leaves. */
function exact(n: number): number {
  return Number(n.toPrecision(15));
}

function readWindow(
  node: YamlNode,
  kind: "time" | "event_time",
  asOf: number,
): Distribution | undefined {
  const last = node.get("last");
  if (last) {
    node.fields(kind, ["last"]);
    const text = last.text("last");
    if (text === undefined) return undefined;
    try {
      const length = Math.round(parseDuration(text, "window") * 1e6);
      if (length > 0) return { kind, from: asOf - length, to: asOf };
      return last.problem("the window must be longer than nothing");
    } catch (error) {
      return last.problem(messageOf(error).split("\n")[0], 'Write "30d"');
    }
  }
  if (!node.fields(kind, ["from", "to"])) return undefined;
  const from = readInstant(node.get("from")!, "from");
  const to = readInstant(node.get("to")!, "to");
  if (from === undefined || to === undefined) return undefined;
  if (from >= to) return node.problem("from must be before to");
  return { kind, from, to };
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
