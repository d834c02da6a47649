import { ServemarkError } from "../../core/errors.ts";
import type { ColumnSchema } from "../schema.ts";

/** The error for a type whose canonical text an engine has no SQL for. */
export function noCanonicalText(
  engine: string,
  { name, type }: ColumnSchema,
): ServemarkError {
  return new ServemarkError(
    `Cannot fingerprint column "${name}" in ${engine}`,
    {
      cause: `it has no SQL for the bits of a ${type.kind}`,
      remedy: "Fingerprint the table outside of the engine",
    },
  );
}
