import { typeText, widens } from "../evolution.ts";
import type { ColumnType } from "../schema.ts";
import type { ColumnSpec, Distribution } from "../spec.ts";
import type { ChangeKind, Parameter } from "./change.ts";
import { readDefinition } from "./definition.ts";
import {
  columnOf,
  dependsOn,
  generatedTable,
  mapColumns,
  refuse,
  withTable,
} from "./edit.ts";

const TABLE: Parameter = { kind: "text", what: "the table's name" };
const COLUMN: Parameter = { kind: "text", what: "the column's name" };

/** A new column after all others. */
export const addColumn: ChangeKind = {
  about: "a table gets one more column",
  parameters: {
    table: TABLE,
    column: COLUMN,
    definition: {
      kind: "definition",
      what: "as in a domain: { type: integer, uniform: { min: 0, max: 9 } }",
    },
  },
  apply(spec, given) {
    const table = generatedTable(spec, given.text("table"));
    const name = given.text("column");
    if (table.columns.some((column) => column.name === name)) {
      throw refuse(
        `Cannot add column ${name} to ${table.name}`,
        "it has a column of this name",
      );
    }
    const columns = { [name]: given.definition("definition") };
    const [column] = readDefinition(spec, table, columns);
    return withTable(spec, { ...table, columns: [...table.columns, column] });
  },
};

/** A column goes. */
export const dropColumn: ChangeKind = {
  about: "a table loses a column",
  parameters: { table: TABLE, column: COLUMN },
  apply(spec, given) {
    const table = generatedTable(spec, given.text("table"));
    const column = columnOf(table, given.text("column"));
    const what = `Cannot drop ${table.name}.${column.name}`;
    if (table.key.includes(column.name)) {
      throw refuse(what, "it is part of the key");
    }
    const dependent = table.columns.filter((other) =>
      dependsOn(other).includes(column.name)
    );
    if (dependent.length > 0) {
      const names = dependent.map((c) => c.name).join(", ");
      throw refuse(
        what,
        `the values of ${names} follow from it`,
        `Drop ${names} first`,
      );
    }
    const columns = table.columns.filter((other) => other !== column);
    return withTable(spec, { ...table, columns });
  },
};

/** A column under another name, with the same values. */
export const renameColumn: ChangeKind = {
  about: "a column gets another name, and keeps its values",
  parameters: {
    table: TABLE,
    column: COLUMN,
    to: { kind: "text", what: "the new name" },
  },
  apply(spec, given) {
    const table = generatedTable(spec, given.text("table"));
    const column = columnOf(table, given.text("column"));
    const { name } = column;
    const to = given.text("to");
    const what = `Cannot rename ${table.name}.${name} to ${to}`;
    if (!/^[a-z][a-z0-9_]{0,59}$/.test(to)) {
      throw refuse(
        what,
        "a column's name is lower-case letters, digits and _, at most 60",
      );
    }
    if (table.columns.some((other) => other.name === to)) {
      throw refuse(what, "there is a column of this name");
    }
    const rename = (of: string) => of === name ? to : of;
    const origin = column.drawnAs ?? name;
    return withTable(spec, {
      ...mapColumns(table, (other) => {
        const followed = renamedReferences(other, rename);
        if (other !== column) return followed;
        const { drawnAs: _, ...rest } = followed;
        return {
          ...rest,
          name: to,
          ...(origin === to ? {} : { drawnAs: origin }),
        };
      }),
      key: table.key.map(rename),
    });
  },
};

function renamedReferences(
  column: ColumnSpec,
  rename: (of: string) => string,
): ColumnSpec {
  const { correlated, distribution } = column;
  return {
    ...column,
    distribution: renamedLaw(distribution, rename),
    ...(correlated
      ? { correlated: { ...correlated, with: rename(correlated.with) } }
      : {}),
  };
}

function renamedLaw(
  d: Distribution,
  rename: (of: string) => string,
): Distribution {
  if (d.kind === "product") {
    return { ...d, of: [rename(d.of[0]), rename(d.of[1])] };
  }
  if (d.kind !== "fraction") return d;
  const of = rename(d.of);
  return typeof d.least === "string"
    ? { ...d, of, least: rename(d.least) }
    : { ...d, of };
}

/** A type that holds all the old values, and more. */
export const widenColumn: ChangeKind = {
  about: "a column's type holds more: integer to bigint, decimal, varchar",
  parameters: {
    table: TABLE,
    column: COLUMN,
    to: { kind: "text", what: "bigint, decimal(14,2), text or varchar(40)" },
  },
  apply(spec, given) {
    const table = generatedTable(spec, given.text("table"));
    const column = columnOf(table, given.text("column"));
    const type = readType(given.text("to"));
    const from = typeText(column.type);
    const same = type !== undefined && typeText(type) === from;
    if (type === undefined || same || !widens(column.type, type)) {
      throw refuse(
        `Cannot widen ${table.name}.${column.name} to ${given.text("to")}`,
        `it is of type ${from}`,
        "What widens: integer to bigint; decimal(P,S) to more digits of the " +
          "same scale, 18 at most; varchar(N) to a longer one, or to text",
      );
    }
    const changed = mapColumns(
      table,
      (other) => other === column ? { ...column, type } : other,
    );
    return withTable(spec, changed);
  },
};

/** Generated decimals are 64-bit integers: 18 digits. */
const MAX_PRECISION = 18;

function readType(text: string): ColumnType | undefined {
  if (text === "bigint" || text === "text") return { kind: text };
  const decimal = /^decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(text);
  if (decimal && Number(decimal[1]) <= MAX_PRECISION) {
    const [precision, scale] = [Number(decimal[1]), Number(decimal[2])];
    return { kind: "decimal", precision, scale };
  }
  const limited = /^varchar\(\s*(\d+)\s*\)$/.exec(text);
  return limited
    ? { kind: "text", native: `varchar(${limited[1]})` }
    : undefined;
}
