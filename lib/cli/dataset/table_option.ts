import type { TableChoice } from "../../transfers/table_choice.ts";
import { list } from "../program.ts";

/** Reads `--tables`: a number of tables, or names. */
export function tableOption(
  text: string | undefined,
): TableChoice | undefined {
  if (text === undefined) return undefined;
  return /^\d+$/.test(text.trim()) ? Number(text) : list(text);
}
