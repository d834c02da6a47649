import { formatCount } from "../../core/sizes.ts";
import { typeText } from "../../datasets/value_text.ts";
import type { LoadedData } from "./load_data.ts";

/** What was made of someone's data, as text: each table with its columns, types and key. */
export function loadedText({ manifest, surveys, notes }: LoadedData): string {
  const lines: string[] = [];
  for (const { name, entity, columns, key, rows } of manifest.spec.tables) {
    const { keyFrom } = surveys[name];
    lines.push(
      `${name}: ${formatCount(rows)} rows of ${entity}, key ` +
        `${key.join(", ")} (${keyFrom})`,
    );
    const width = Math.max(...columns.map((c) => c.name.length));
    for (const column of columns) {
      const type = column.type.native && column.type.native !== column.type.kind
        ? `${typeText(column.type)} (${column.type.native})`
        : typeText(column.type);
      lines.push(
        `  ${column.name.padEnd(width)}  ${type}${
          column.nullable ? "" : " not null"
        }`,
      );
    }
  }
  for (const note of notes) lines.push(`note: ${note}`);
  return lines.join("\n");
}
