import { ServemarkError } from "../../core/errors.ts";
import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";
import { AttributeGuess } from "./guess.ts";
import { MOST_ATTRIBUTES, readItems } from "./records.ts";

/** A file that is looked at. */
export interface SampleFile {
  /** What the file is called in errors. */
  readonly name: string;
  /** The bytes stored, for the number of rows. */
  readonly bytes: number;
  /** The content, and how many stored bytes it took so far. */
  open(): { content: AsyncIterable<Uint8Array>; taken(): number };
}

/** What items look like. */
export interface ItemInference {
  /** Columns with their types; `rows` is an estimate unless `complete`, and no key is named. */
  readonly table: TableSchema;
  /** Items that were looked at. */
  readonly items: number;
  /** Whether that was all of them. */
  readonly complete: boolean;
  /** For people: what was decided, and why. */
  readonly notes: readonly string[];
}

/**
 * Finds out which columns hold a table's items, from the beginnings of its
 * files: the union of their attributes, in the order in which they come. What it says is an assumption about the rest, which
 * `readItemRows` checks item by item.
 *
 * @param stored stored bytes of each file that are looked at, about
 */
export async function inferItems(
  table: string,
  files: readonly SampleFile[],
  stored: number,
): Promise<ItemInference> {
  const guesses = new Map<string, AttributeGuess>();
  let items = 0;
  let deleted = 0;
  let looked = 0;
  let complete = true;
  for (const file of files) {
    const { content, taken } = file.open();
    for await (const found of readItems(content, file.name)) {
      deleted += found.deleted;
      items += found.items.length;
      for (let k = 0; k < found.items.length; k++) {
        for (const [name, value] of Object.entries(found.items[k])) {
          let guess = guesses.get(name);
          if (!guess) {
            if (guesses.size === MOST_ATTRIBUTES) {
              throw tooMany(file.name, found.lines[k]);
            }
            guesses.set(name, guess = new AttributeGuess());
          }
          guess.add(value);
        }
      }
      if (taken() >= stored && taken() < file.bytes) {
        complete = false;
        break;
      }
    }
    looked += taken();
  }
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  const columns = [...guesses].map(([name, guess]): ColumnSchema => ({
    name,
    type: guess.type(complete),
    nullable: !complete || guess.values < items,
  }));
  if (columns.length === 0) {
    throw new ServemarkError(`Cannot tell the columns of table ${table}`, {
      cause: "it has no items",
      place: files[0]?.name,
      remedy: "Declare its columns, or leave it out",
    });
  }
  return {
    table: {
      name: table,
      entity: table,
      columns,
      key: [],
      keyForm: { as: "listed" },
      rows: complete || looked === 0
        ? items
        : Math.round(items * Math.max(1, total / looked)),
    },
    items,
    complete,
    notes: notesOf(table, guesses, deleted),
  };
}

function tooMany(name: string, line: number): ServemarkError {
  return new ServemarkError(`Cannot read ${name}`, {
    cause: `its items have more than ${MOST_ATTRIBUTES} different attributes`,
    place: `${name}, line ${line}`,
    remedy: "Put what has no fixed names into a map",
  });
}

function notesOf(
  table: string,
  guesses: ReadonlyMap<string, AttributeGuess>,
  deleted: number,
): string[] {
  const notes: string[] = [];
  for (const [name, { kinds }] of guesses) {
    const found = [...kinds.keys()];
    if (found.length > 1) {
      notes.push(
        `${table}: attribute "${name}" is of types ${
          found.join(", ")
        }, so it is read as text`,
      );
    } else if (["M", "L", "SS", "NS", "BS"].includes(found[0])) {
      notes.push(`${table}: attribute "${name}" (${found[0]}) is read as JSON`);
    }
  }
  if (deleted > 0) {
    notes.push(`${table}: ${deleted} deletions among the changes are left out`);
  }
  return notes;
}
