import type { ColumnSpec, Distribution, TableSpec } from "../spec.ts";
import type { ChangeKind, Parameter } from "./change.ts";
import {
  columnOf,
  generatedTable,
  mapColumns,
  refuse,
  withTable,
} from "./edit.ts";

const TABLE: Parameter = { kind: "text", what: "the table's name" };
const MAX_SEED = Number.MAX_SAFE_INTEGER;

/** More NULLs; values that were NULL stay so, and the others keep their values. */
export const increaseNulls: ChangeKind = {
  about: "a share more of a column's values become NULL",
  parameters: {
    table: TABLE,
    column: {
      kind: "text",
      what: "the column; all but the key's where none is named",
      optional: true,
    },
    share: { kind: "number", what: "of all rows", min: 0, max: 1 },
  },
  apply(spec, given) {
    const table = generatedTable(spec, given.text("table"));
    const name = given.maybeText("column");
    if (name !== undefined) columnOf(table, name);
    if (name !== undefined && isKey(table, name)) {
      throw refuse(
        `Cannot make ${table.name}.${name} NULL`,
        "it is part of the key",
      );
    }
    const share = given.number("share");
    return withTable(
      spec,
      mapColumns(table, (column) => {
        const meant = name === undefined
          ? !isKey(table, column.name)
          : column.name === name;
        if (!meant) return column;
        const nulls = Math.min(1, Number((column.nulls + share).toFixed(12)));
        return { ...column, nulls, nullable: true };
      }),
    );
  },
};

/** Values gather at the low end of their range. */
export const skewValues: ChangeKind = {
  about: "a number's values follow a power law of this exponent",
  parameters: {
    table: TABLE,
    column: { kind: "text", what: "a column of numbers" },
    exponent: { kind: "number", what: "0 is uniform", min: 0, max: 10 },
  },
  apply(spec, given) {
    const table = generatedTable(spec, given.text("table"));
    const column = columnOf(table, given.text("column"));
    const exponent = given.number("exponent");
    const skewed = { ...column, distribution: skew(table, column, exponent) };
    const changed = mapColumns(table, (c) => c === column ? skewed : c);
    return withTable(spec, changed);
  },
};

function skew(
  table: TableSpec,
  column: ColumnSpec,
  exponent: number,
): Distribution {
  const d = column.distribution;
  if (d.kind === "power_law") return { ...d, exponent };
  if (d.kind === "uniform" || d.kind === "hot_set") {
    const { min, max } = d;
    return { kind: "power_law", min, max, exponent };
  }
  const able = table.columns.filter(({ distribution: { kind } }) =>
    kind === "power_law" || kind === "uniform" || kind === "hot_set"
  );
  throw refuse(
    `Cannot skew ${table.name}.${column.name}`,
    `its law is ${d.kind}`,
    `Columns that can be skewed: ${
      able.map((c) => c.name).join(", ") || "none"
    }`,
  );
}

/** Other rows by the same laws. */
export const reseedTable: ChangeKind = {
  about: "all values of a table but its keys are drawn anew",
  parameters: {
    table: TABLE,
    seed: {
      kind: "number",
      what: "the new seed; the next one where none is given",
      min: 0,
      max: MAX_SEED,
      integer: true,
      optional: true,
    },
  },
  apply(spec, given) {
    const table = generatedTable(spec, given.text("table"));
    const seed = given.maybeNumber("seed") ?? (table.seed ?? spec.seed) + 1;
    return withTable(spec, { ...table, seed });
  },
};

/** New values for some rows, as days of business give them. */
export const updateRows: ChangeKind = {
  about: "a share of a table's rows get new values",
  parameters: {
    table: TABLE,
    share: { kind: "number", what: "of the rows", min: 0, max: 1 },
    seed: {
      kind: "number",
      what:
        "what the new values are drawn from; the next unused one unless given",
      min: 0,
      max: MAX_SEED,
      integer: true,
      optional: true,
    },
  },
  apply(spec, given) {
    const table = generatedTable(spec, given.text("table"));
    const updates = table.updates ?? [];
    const seed = given.maybeNumber("seed") ??
      Math.max(table.seed ?? spec.seed, ...updates.map((u) => u.seed)) + 1;
    if (updates.some((update) => update.seed === seed)) {
      throw refuse(
        `Cannot update rows of ${table.name}`,
        `an earlier update has seed ${seed}, and would choose the same rows`,
        "Give another seed, or none",
      );
    }
    const update = { share: given.number("share"), seed };
    return withTable(spec, { ...table, updates: [...updates, update] });
  },
};

function isKey(table: TableSpec, name: string): boolean {
  return table.key.includes(name);
}
