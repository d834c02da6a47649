import { EXTENSIONS, fileCompression } from "../compressed.ts";
import { exportFolder, type TableTask } from "../export_folder.ts";
import { fileName } from "../file_names.ts";
import { FileWriter } from "../file_writer.ts";
import type {
  FormatWriteOptions,
  Place,
  TableSource,
  WriteStats,
} from "../source.ts";
import { CsvWriter } from "./write_rows.ts";

/**
 * Writes tables as a folder: `<table>.csv`, `.csv.gz` or `.csv.zst`, and
 * `servemark.json`.
 */
export async function writeCsvFolder(
  source: TableSource,
  place: Place,
  options: FormatWriteOptions = {},
): Promise<WriteStats> {
  const compression = fileCompression(options.compression ?? "none");
  return await exportFolder(source, place, options, {
    format: "csv",
    step: "Write CSV",
    settings: [compression, options.level ?? ""],
    async table({ store, folder, table, batches }: TableTask) {
      const key = `${fileName(table.name)}.csv${EXTENSIONS[compression]}`;
      await using out = await store.create(folder + key, {
        signal: options.signal,
      });
      const file = new FileWriter(out, compression, options.level);
      const writer = new CsvWriter(table);
      await file.write(writer.header());
      let rows = 0;
      for await (const batch of batches) {
        for (const chunk of writer.add(batch)) await file.write(chunk);
        rows += batch.rows;
      }
      await file.finish();
      return { files: [{ key, rows, bytes: file.bytes }] };
    },
  });
}
