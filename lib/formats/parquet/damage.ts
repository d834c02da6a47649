import { messageOf, ServemarkError } from "../../core/errors.ts";

/** What makes a file unreadable, before it is known which file it is. */
export class Damage extends Error {
  /** Byte offset in the file, where one is known. */
  offset?: number;

  constructor(message: string, offset?: number) {
    super(message);
    this.offset = offset;
  }
}

/** Where in a file something is wrong. */
export interface DamagePlace {
  readonly rowGroup?: number;
  readonly column?: string;
  readonly offset?: number;
}

/** The error that users meet for a file that cannot be read. */
export function damageError(
  name: string,
  error: unknown,
  place: DamagePlace = {},
): ServemarkError {
  if (error instanceof ServemarkError) return error;
  const offset = error instanceof Damage && error.offset !== undefined
    ? error.offset
    : place.offset;
  const where = [
    name,
    ...place.rowGroup === undefined ? [] : [`row group ${place.rowGroup}`],
    ...place.column === undefined ? [] : [`column ${place.column}`],
    ...offset === undefined ? [] : [`byte offset ${offset}`],
  ];
  return new ServemarkError(`Cannot read ${name} as Parquet`, {
    cause: `it is cut short or damaged (${messageOf(error)})`,
    place: where.join(", "),
    remedy: "Make the file again, or fetch it again from its source",
    error,
  });
}
