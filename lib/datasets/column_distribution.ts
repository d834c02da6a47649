import type { YamlNode } from "../core/yaml_places.ts";
import { readFraction, readProduct } from "./derived_law.ts";
import type { DomainEntity } from "./domain.ts";
import { readNumeric } from "./numeric_law.ts";
import type { ColumnType } from "./schema.ts";
import type { ColumnSpec, Distribution } from "./spec.ts";
import { readDays, readTime } from "./time_window.ts";

const NUMERIC = [
  "uniform",
  "power_law",
  "normal",
  "hot_set",
  "sequential",
  "fraction",
  "product",
] as const;

/** The laws that a type's values can follow. */
const LAWS = {
  integer: NUMERIC,
  bigint: [...NUMERIC, "foreign_key"],
  decimal: NUMERIC,
  boolean: ["flag"],
  text: ["categorical", "foreign_key"],
  timestamp: ["time", "event_time"],
  date: ["time"],
  // What a domain cannot declare: see `readColumnType`.
  double: [],
  bytes: [],
} as const;

/** The names of all laws: keys of a column beside `type` and `nulls`. */
export const LAW_NAMES = [
  ...NUMERIC,
  "flag",
  "categorical",
  "foreign_key",
  "time",
  "event_time",
] as const;

/** What a column's law may refer to. */
export interface LawContext {
  /** The end of windows given as `last: 30d`, µs since 1970. */
  readonly asOf: number;
  readonly entities: readonly DomainEntity[];
  /** The table's columns before this one, without its key. */
  readonly earlier: readonly ColumnSpec[];
}

/** Reads the law of a column: the one key of {@link LAW_NAMES} that it has. */
export function readDistribution(
  column: YamlNode,
  type: ColumnType,
  context: LawContext,
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
      return type.kind === "date"
        ? readDays(node, context.asOf)
        : readTime(node, "time", context.asOf);
    case "event_time":
      return readTime(node, "event_time", context.asOf);
    case "foreign_key":
      return readForeignKey(node, type, context.entities);
    case "sequential":
      return readSequential(node, type);
    case "fraction":
      return readFraction(node, type, context.earlier);
    case "product":
      return readProduct(node, type, context.earlier);
    default:
      return readNumeric(node, given[0], type);
  }
}

function readForeignKey(
  node: YamlNode,
  type: ColumnType,
  entities: readonly DomainEntity[],
): Distribution | undefined {
  const names = entities.map((e) => e.name);
  const name = node.word("entity", names);
  const entity = entities.find((e) => e.name === name);
  if (!entity) return undefined;
  const kind = entity.keyForm.as === "integer" ? "bigint" : "text";
  if (type.kind !== kind) {
    return node.problem(
      `keys of "${name}" are of type ${kind}: the column's is ${type.kind}`,
    );
  }
  // How many keys there are follows from the rows that are asked for.
  return {
    kind: "foreign_key",
    entity: entity.name,
    keys: 0,
    keyForm: entity.keyForm,
  };
}

function readSequential(
  node: YamlNode,
  type: ColumnType,
): Distribution | undefined {
  if (!node.fields("sequential", ["start"], ["step"])) return undefined;
  const unit = type.kind === "decimal" ? 10 ** type.scale : 1;
  const whole = (key: string) => {
    const found = node.get(key);
    if (!found) return unit;
    const limit = 2 ** 52 / unit;
    const n = found.number(key, { min: -limit, max: limit });
    if (n === undefined) return undefined;
    const scaled = Number((n * unit).toPrecision(15));
    if (Number.isInteger(scaled)) return scaled;
    return found.problem(`${key} must be a whole number of ${1 / unit}`);
  };
  const [start, step] = [whole("start"), whole("step")];
  return start === undefined || step === undefined
    ? undefined
    : { kind: "sequential", start, step };
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
