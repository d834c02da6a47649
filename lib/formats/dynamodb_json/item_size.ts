import type { AttributeValue, Item } from "./items.ts";

/** Bytes that an item can have at most in DynamoDB. */
export const MOST_ITEM_BYTES = 400 * 1024;

const encoder = new TextEncoder();

/**
 * The size of an item as DynamoDB counts it. Source: developer guide, "DynamoDB
 * item sizes and formats": names and texts in UTF-8, a byte for every two
 * significant digits of a number and one more, three a map or list and one a
 * member.
 */
export function itemSize(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + textSize(name) + valueSize(value),
    0,
  );
}

function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return textSize(value.S);
  if (value.N !== undefined) return numberSize(value.N);
  if (value.B !== undefined) return bytesSize(value.B);
  if (value.M) {
    return 3 + itemSize(value.M) + Object.keys(value.M).length;
  }
  if (value.L) return 3 + sum(value.L, (member) => 1 + valueSize(member));
  if (value.SS) return sum(value.SS, textSize);
  if (value.NS) return sum(value.NS, numberSize);
  if (value.BS) return sum(value.BS, bytesSize);
  return 1;
}

function sum<T>(values: readonly T[], size: (value: T) => number): number {
  return values.reduce((total, value) => total + size(value), 0);
}

function textSize(text: string): number {
  return encoder.encode(text).length;
}

function bytesSize(base64: string): number {
  return Math.floor(base64.replace(/=+$/, "").length * 3 / 4);
}

function numberSize(text: string): number {
  const digits = text.replace(/[eE].*$/, "").replace(/[^0-9]/g, "")
    .replace(/^0+|0+$/g, "").length;
  return Math.ceil(digits / 2) + 1 + (text.startsWith("-") ? 1 : 0);
}
