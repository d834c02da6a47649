import { messageOf, ServemarkError } from "../../core/errors.ts";
import type { Item } from "./items.ts";
import { readLines } from "./lines.ts";

/** Attributes that an item can have at most. */
export const MOST_ATTRIBUTES = 16_384;

/** Some items that follow one another. */
export interface Items {
  readonly items: readonly Item[];
  /** Each one's line, from 1. */
  readonly lines: readonly number[];
  /** Bytes of their lines. */
  readonly bytes: number;
  /** Deletions, which an incremental export holds among its changes. */
  readonly deleted: number;
}

/**
 * The items of a file: `{"Item":{…}}` a line, or the new images of an
 * incremental export's changes.
 *
 * @throws {ServemarkError} for a line that holds none, with its number
 */
export async function* readItems(
  content: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Items> {
  for await (const { texts, first, bytes } of readLines(content, name)) {
    const items: Item[] = [];
    const lines: number[] = [];
    let deleted = 0;
    for (let k = 0; k < texts.length; k++) {
      const text = texts[k];
      if (text === "" || text.trim() === "") continue;
      const line = first + k;
      const item = itemOf(text, name, line);
      if (item === null) deleted++;
      else {
        items.push(item);
        lines.push(line);
      }
    }
    if (items.length > 0 || deleted > 0) {
      yield { items, lines, bytes, deleted };
    }
  }
}

/** A line's item; `null` for a deletion. */
function itemOf(text: string, name: string, line: number): Item | null {
  const fail = (cause: string, error?: unknown) =>
    new ServemarkError(`Cannot read ${name} as DynamoDB JSON`, {
      cause,
      place: `${name}, line ${line}`,
      remedy:
        'Each line is to be {"Item":{"name":{"S":"value"}}}, as DynamoDB exports them',
      error,
    });
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    // The engine's message quotes the text, which may be long.
    throw fail(`it is not JSON (${messageOf(error).slice(0, 80)})`, error);
  }
  if (!isObject(found)) throw fail("it is not an object");
  const item = Object.hasOwn(found, "Item") ? found.Item : found.NewImage;
  if (item === undefined && Object.hasOwn(found, "Keys")) return null;
  if (item === undefined) {
    throw fail(`it has no "Item", but ${shortList(Object.keys(found))}`);
  }
  if (!isObject(item)) throw fail('its "Item" is not an object');
  return item as Item;
}

function shortList(names: readonly string[]): string {
  if (names.length === 0) return "nothing";
  return names.slice(0, 5).map((n) => `"${n.slice(0, 40)}"`).join(", ") +
    (names.length > 5 ? " …" : "");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
