import type { Format } from "../source.ts";
import { openCsv } from "./open.ts";
import { writeCsvFolder } from "./write_folder.ts";

/**
 * CSV as RFC 4180 has it, one file a table, with `servemark.json` beside them:
 * NULL is an empty field, the empty text `""`. Anyone else's files are read
 * too, with what they look like found out from their beginning.
 */
export const csv: Format = {
  name: "csv",
  title: "CSV (RFC 4180)",
  layout: "folder",
  open: openCsv,
  write: writeCsvFolder,
};
