import type { Dialect } from "./dialect.ts";
import type { Condition, Expression } from "./expression.ts";

/** How tightly an expression's text binds: what is below what it stands in gets parentheses. */
const SUM = 1;
const PRODUCT = 2;
const ATOM = 3;

/** An expression in a dialect's words. */
export function print(
  of: Expression,
  dialect: Dialect,
  indent: string,
): string {
  return text(of, 0, dialect, indent);
}

/** A condition in a dialect's words. */
export function printCondition(
  condition: Condition,
  dialect: Dialect,
  indent: string,
): string {
  if (condition.kind === "compare") {
    const { left, operator, right } = condition;
    return `${text(left, 0, dialect, indent)} ${operator} ${
      text(right, 0, dialect, indent)
    }`;
  }
  const word = condition.kind === "both" ? " AND " : " OR ";
  return condition.of.map((inner) => {
    const printed = printCondition(inner, dialect, indent);
    return inner.kind === "compare" ? printed : `(${printed})`;
  }).join(word);
}

function text(
  of: Expression,
  within: number,
  dialect: Dialect,
  indent: string,
): string {
  const inner = (e: Expression, level: number) =>
    text(e, level, dialect, indent);
  const bound = (level: number, printed: string) =>
    level < within ? `(${printed})` : printed;
  switch (of.kind) {
    case "name":
      return of.name;
    case "number":
      return of.value < 0 ? `(${of.value})` : String(of.value);
    case "extreme":
      return `${of.which.toUpperCase()}(${inner(of.of[0], 0)}, ${
        inner(of.of[1], 0)
      })`;
    case "when":
      return bound(
        ATOM,
        `CASE WHEN ${printCondition(of.condition, dialect, indent)} THEN ${
          inner(of.then, 0)
        } ELSE ${inner(of.otherwise, 0)} END`,
      );
    case "at":
      return dialect.at(
        dialect.numbers(of.values, indent),
        inner(of.place, 0),
      );
    case "search":
      if (dialect.search) {
        return dialect.search(
          dialect.numbers(of.thresholds, indent),
          inner(of.x, 0),
        );
      }
      throw new TypeError("Cannot print a search: it is done by layers");
    case "wide":
      return dialect.wide(inner(of.of, 0));
    case "binary": {
      const { operator, left, right } = of;
      switch (operator) {
        case "+":
          return bound(SUM, `${inner(left, SUM)} + ${inner(right, SUM)}`);
        case "-":
          return bound(SUM, `${inner(left, SUM)} - ${inner(right, PRODUCT)}`);
        case "*":
          return bound(
            PRODUCT,
            `${product(left, inner)} * ${inner(right, ATOM)}`,
          );
        case "div":
          return bound(
            PRODUCT,
            dialect.divide(inner(left, ATOM), inner(right, ATOM)),
          );
        case "mod":
          return bound(
            PRODUCT,
            dialect.remainder(inner(left, ATOM), inner(right, ATOM)),
          );
      }
    }
  }
}

/** A product's left side: of products alone, no parentheses are needed. */
function product(
  left: Expression,
  inner: (e: Expression, level: number) => string,
): string {
  const isProduct = left.kind === "binary" && left.operator === "*";
  return inner(left, isProduct ? PRODUCT : ATOM);
}
