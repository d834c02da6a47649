import { exportFolder, type TableTask } from "../export_folder.ts";
import { fileName } from "../file_names.ts";
import type {
  FormatWriteOptions,
  Place,
  TableSource,
  WriteStats,
} from "../source.ts";
import { ParquetEncoder } from "./encoder.ts";

/**
 * Writes tables as a folder: `<table>.parquet`, and `servemark.json`. In memory
 * there is one row group: of 65,536 rows, or of texts of 64 MiB.
 */
export async function writeParquetFolder(
  source: TableSource,
  place: Place,
  options: FormatWriteOptions = {},
): Promise<WriteStats> {
  const { compression, level, signal } = options;
  // The spec is in servemark.json, once for all tables.
  const { spec: _, ...identity } = source.identity ?? { spec: undefined };
  return await exportFolder(source, place, options, {
    format: "parquet",
    step: "Write Parquet",
    settings: [compression ?? "zstd", level ?? ""],
    async table({ store, folder, table, batches, fingerprint }: TableTask) {
      const key = `${fileName(table.name)}.parquet`;
      const encoder = new ParquetEncoder(table, { compression, level });
      await using out = await store.create(folder + key, { signal });
      let rows = 0;
      for await (const batch of batches) {
        for (const bytes of encoder.add(batch)) await out.write(bytes);
        rows += batch.rows;
      }
      const closing = {
        fingerprint: fingerprint(),
        ...source.identity ? { identity } : {},
      };
      for (const bytes of encoder.finish(closing)) await out.write(bytes);
      const bytes = out.position;
      await out.finish();
      return { files: [{ key, rows, bytes }] };
    },
  });
}
