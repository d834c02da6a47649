import type { YamlNode } from "../core/yaml_places.ts";
import { integerBounds } from "./column_type.ts";
import type { ColumnType } from "./schema.ts";
import type { Distribution } from "./spec.ts";

/** The widest range that two hashes can spread over. */
const MAX_SPAN = 2 ** 52;

/** Reads a law that draws numbers from a range. */
export function readNumeric(
  node: YamlNode,
  kind: "uniform" | "power_law" | "normal" | "hot_set",
  type: ColumnType,
): Distribution | undefined {
  const optional = kind === "power_law" ? ["shift"] : [];
  const required = {
    uniform: ["min", "max"],
    power_law: ["min", "max", "exponent"],
    normal: ["mean", "deviation", "min", "max"],
    hot_set: ["min", "max", "hot", "traffic"],
  }[kind];
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
  if (kind === "hot_set") {
    const [hot, traffic] = [real("hot", 0, 1), real("traffic", 0, 1)];
    if (hot === undefined || traffic === undefined) return undefined;
    return { kind, min, max, hot, traffic };
  }
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
