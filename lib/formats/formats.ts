import { pick } from "../core/names.ts";
import type { Format } from "./source.ts";

/** Every format by its name, imported when it is asked for. */
export const FORMATS: Readonly<Record<string, () => Promise<Format>>> = {
  csv: async () => (await import("./csv/csv.ts")).csv,
  dynamodb_json: async () =>
    (await import("./dynamodb_json/dynamodb_json.ts")).dynamodbJson,
  parquet: async () => (await import("./parquet/parquet.ts")).parquet,
  pg_dump: async () => (await import("./pg_dump/format.ts")).pgDump,
};

/** A format by its name; an unknown one lists the known. */
export async function openFormat(name: string): Promise<Format> {
  return await pick("format", name, FORMATS)();
}
