/**
 * Polars, imported when it is first asked for: it is a native library, which
 * load workers must never carry.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { DataFrame } from "nodejs-polars";
import { ServemarkError } from "../core/errors.ts";

export type { DataFrame };

/** Rows of one shape, for a frame. */
export type Rows = readonly Readonly<Record<string, unknown>>[];

/** Opens an Arrow IPC file as a Polars frame. */
export async function toPolars(ipc: Uint8Array): Promise<DataFrame> {
  const pl = await polars();
  return pl.readIPC(Buffer.from(ipc));
}

/** Makes a Polars frame of rows; columns are in the first row's order. */
export async function rowsToPolars(rows: Rows): Promise<DataFrame> {
  const pl = await polars();
  const names = Object.keys(rows[0] ?? {});
  return pl.DataFrame(
    Object.fromEntries(names.map((name) => [name, rows.map((r) => r[name])])),
  );
}

async function polars() {
  try {
    return (await import("nodejs-polars")).default;
  } catch (error) {
    throw new ServemarkError("Cannot load Polars", {
      cause: "its native library is not available on this system",
      remedy: "Use the rows of the table, or the Arrow file, instead",
      error,
    });
  }
}
