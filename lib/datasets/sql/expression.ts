/**
 * Expressions on 64-bit integers, as a small tree that every SQL dialect prints
 * in its own words.
 *
 * @module
 */

/** An integer. */
export type Expression =
  /** A column of the layer below. */
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "number"; readonly value: number }
  /** `div` rounds towards 0; `mod` is of numbers ≥ 0 only. */
  | {
    readonly kind: "binary";
    readonly operator: Operator;
    readonly left: Expression;
    readonly right: Expression;
  }
  | {
    readonly kind: "extreme";
    readonly which: "least" | "greatest";
    readonly of: readonly [Expression, Expression];
  }
  | {
    readonly kind: "when";
    readonly condition: Condition;
    readonly then: Expression;
    readonly otherwise: Expression;
  }
  /** The value at a place of a constant list, places counted from 1. */
  | {
    readonly kind: "at";
    readonly values: readonly number[];
    readonly place: Expression;
  }
  /** The last place whose threshold is ≤ x; thresholds do not decrease, and the first is. */
  | {
    readonly kind: "search";
    readonly thresholds: readonly number[];
    readonly x: Expression;
  }
  /** An expression of constants alone, as a 64-bit integer. */
  | { readonly kind: "wide"; readonly of: Expression };

export type Operator = "+" | "-" | "*" | "div" | "mod";

/** A comparison, or two of them. */
export type Condition =
  | {
    readonly kind: "compare";
    readonly left: Expression;
    readonly operator: "<" | ">=" | "<=";
    readonly right: Expression;
  }
  | {
    readonly kind: "both" | "either";
    readonly of: readonly [Condition, Condition];
  };

type Operand = Expression | number;

function expression(operand: Operand): Expression {
  return typeof operand === "number"
    ? { kind: "number", value: operand }
    : operand;
}

function isZero(operand: Operand): boolean {
  return typeof operand === "number"
    ? operand === 0
    : operand.kind === "number" && operand.value === 0;
}

export function name(name: string): Expression {
  return { kind: "name", name };
}

function binary(operator: Operator, left: Operand, right: Operand): Expression {
  return {
    kind: "binary",
    operator,
    left: expression(left),
    right: expression(right),
  };
}

export const plus = (left: Operand, right: Operand): Expression =>
  isZero(right)
    ? expression(left)
    : isZero(left)
    ? expression(right)
    : typeof right === "number" && right < 0
    ? binary("-", left, -right)
    : binary("+", left, right);
export const minus = (left: Operand, right: Operand): Expression =>
  binary("-", left, right);
export const times = (left: Operand, right: Operand): Expression =>
  right === 0
    ? expression(0)
    : right === 1
    ? expression(left)
    : left === 1
    ? expression(right)
    : binary("*", left, right);
export const div = (left: Operand, right: Operand): Expression =>
  right === 1 ? expression(left) : binary("div", left, right);
export const mod = (left: Operand, right: Operand): Expression =>
  binary("mod", left, right);

export function extreme(
  which: "least" | "greatest",
  a: Operand,
  b: Operand,
): Expression {
  return { kind: "extreme", which, of: [expression(a), expression(b)] };
}

export function when(
  condition: Condition,
  then: Operand,
  otherwise: Operand,
): Expression {
  return {
    kind: "when",
    condition,
    then: expression(then),
    otherwise: expression(otherwise),
  };
}

export function compare(
  left: Operand,
  operator: "<" | ">=" | "<=",
  right: Operand,
): Condition {
  return {
    kind: "compare",
    left: expression(left),
    operator,
    right: expression(right),
  };
}

/** The value at a place of a constant list, places counted from 1. */
export function at(values: readonly number[], place: Expression): Expression {
  if (values.every((value) => value === values[0])) {
    return expression(values[0]);
  }
  switch (place.kind) {
    case "number":
      return expression(values[place.value - 1]);
    case "when":
      return when(
        place.condition,
        at(values, place.then),
        at(values, place.otherwise),
      );
    default:
      return { kind: "at", values, place };
  }
}

/** The same number as a 64-bit integer, where constants alone would make a narrower one. */
export function wide(of: Expression): Expression {
  return of.kind !== "at" && isConstant(of) ? { kind: "wide", of } : of;
}

function isConstant(of: Expression): boolean {
  switch (of.kind) {
    case "number":
      return true;
    case "when":
      return isConstant(of.then) && isConstant(of.otherwise);
    default:
      return false;
  }
}

/** The names that an expression refers to. */
export function namesIn(of: Expression): string[] {
  switch (of.kind) {
    case "name":
      return [of.name];
    case "number":
      return [];
    case "binary":
      return [...namesIn(of.left), ...namesIn(of.right)];
    case "extreme":
      return of.of.flatMap(namesIn);
    case "when":
      return [
        ...namesInCondition(of.condition),
        ...namesIn(of.then),
        ...namesIn(of.otherwise),
      ];
    case "at":
      return namesIn(of.place);
    case "search":
      return namesIn(of.x);
    case "wide":
      return namesIn(of.of);
  }
}

/** The names that a condition refers to. */
export function namesInCondition(condition: Condition): string[] {
  return condition.kind === "compare"
    ? [...namesIn(condition.left), ...namesIn(condition.right)]
    : condition.of.flatMap(namesInCondition);
}
