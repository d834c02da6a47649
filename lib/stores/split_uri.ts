import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf, ServemarkError } from "../core/errors.ts";
import { checkKey } from "./store.ts";

/** A single object: the store that holds it, and its key there. */
export interface ObjectPlace {
  /** What {@link openStore} takes. */
  readonly store: string;
  readonly key: string;
}

/**
 * Splits the URI or path of a single object, such as an archive's, into the
 * store of its folder and its key: `s3://bucket/a/b.dump` into `s3://bucket/a`
 * and `b.dump`; `./x.dump` into `.` and `x.dump`. A query (`?region=…`) stays
 * with the store.
 *
 * @throws {ServemarkError} where the text names no object
 */
export function splitUri(uri: string): ObjectPlace {
  try {
    const place = schemeOf(uri) ? splitScheme(uri) : splitPath(uri);
    checkKey(place.key);
    return place;
  } catch (error) {
    throw new ServemarkError(`Cannot read "${uri}" as a file's place`, {
      cause: messageOf(error),
      remedy: "Write a path, or as in s3://bucket/folder/name.dump",
      exitCode: 2,
      error,
    });
  }
}

/** A URI's scheme in small letters; `undefined` for a path. */
export function schemeOf(uri: string): string | undefined {
  // One letter before the colon is a drive, not a scheme.
  return /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1].toLowerCase();
}

function splitPath(path: string): ObjectPlace {
  if (/[/\\]$/.test(path)) throw new Error("it names a folder");
  return { store: dirname(path), key: basename(path) };
}

function splitScheme(uri: string): ObjectPlace {
  if (schemeOf(uri) === "file") return splitPath(fileURLToPath(uri));
  const [, path, query = ""] = /^([^?]*)(\?.*)?$/s.exec(uri)!;
  const cut = path.lastIndexOf("/");
  const store = path.slice(0, cut);
  if (cut < 0 || cut === path.length - 1 || /^[^/]*:\/*$/.test(store)) {
    throw new Error("it names no object");
  }
  return { store: store + query, key: path.slice(cut + 1) };
}
