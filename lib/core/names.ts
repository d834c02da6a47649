import { ServemarkError } from "./errors.ts";

/**
 * Looks a name up in a literal map; an unknown name is an error that lists the
 * known ones, and the nearest of them.
 */
export function pick<T>(
  what: string,
  name: string,
  known: Readonly<Record<string, T>>,
): T {
  if (Object.hasOwn(known, name)) return known[name];
  throw unknownName(what, name, Object.keys(known));
}

/** The error for a name that is not among the known ones. */
export function unknownName(
  what: string,
  name: string,
  known: readonly string[],
  place?: string,
): ServemarkError {
  const near = nearest(name, known);
  return new ServemarkError(`Unknown ${what} "${name}"`, {
    place,
    remedy: (near ? `Did you mean "${near}"? ` : "") +
      (known.length > 0 ? `Known: ${known.join(", ")}` : "There is none yet"),
    exitCode: 2,
  });
}

/** The known name within two edits of a name, if there is one. */
export function nearest(
  name: string,
  known: readonly string[],
): string | undefined {
  let best: string | undefined;
  let least = 3;
  for (const candidate of known) {
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(previous[j] + 1, row[j - 1] + 1, change);
    }
    previous = row;
  }
  return previous[b.length];
}
