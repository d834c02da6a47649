import type { ColumnType } from "../../datasets/schema.ts";

const NAMES: Readonly<Partial<Record<ColumnType["kind"], string>>> = {
  double: "double precision",
  bytes: "bytea",
  timestamp: "timestamp without time zone",
};

/** The SQL type of a column. */
export function declaredType(type: ColumnType): string {
  if (type.native !== undefined) return type.native;
  if (type.kind === "decimal") {
    return `numeric(${type.precision},${type.scale})`;
  }
  return NAMES[type.kind] ?? type.kind;
}

const MOST_DIGITS = 38;

/**
 * The type of a column that PostgreSQL declares so: `native` is kept where the
 * type is not its kind's own. Types that no kind stands for are texts in
 * PostgreSQL's own form, and so are numerics without a bound.
 */
export function typeOfDeclared(declared: string): ColumnType {
  const type = known(declared);
  return declaredType(type) === declared ? type : { ...type, native: declared };
}

/** No kind's type has a longer name. */
const LONGEST = 60;

function known(declared: string): ColumnType {
  if (declared.length > LONGEST) return { kind: "text" };
  const m = /^([a-z][a-z ]*?)(?:\((\d+)(?:,(-?\d+))?\))?((?: [a-z]+)*)$/.exec(
    declared,
  );
  const name = m ? m[1] + m[4] : "";
  switch (name) {
    case "boolean":
      return { kind: "boolean" };
    case "smallint":
    case "integer":
      return { kind: "integer" };
    case "bigint":
      return { kind: "bigint" };
    case "real":
    case "double precision":
      return { kind: "double" };
    case "bytea":
      return { kind: "bytes" };
    case "date":
      return { kind: "date" };
    case "timestamp":
    case "timestamp without time zone":
    case "timestamp with time zone":
      return { kind: "timestamp" };
    case "numeric": {
      const precision = Number(m![2]);
      const scale = Number(m![3] ?? 0);
      // Digits before the decimals that a negative scale leaves out are no
      // scaled integers; a scale may also be larger than the precision.
      if (precision <= MOST_DIGITS && scale >= 0 && scale <= precision) {
        return { kind: "decimal", precision, scale };
      }
    }
  }
  return { kind: "text" };
}
