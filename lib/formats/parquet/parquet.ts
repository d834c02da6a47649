import type { Format } from "../source.ts";
import { openParquet } from "./open.ts";
import { writeParquetFolder } from "./write_folder.ts";

/**
 * Apache Parquet, one file a table: zstd, row groups, statistics, checksums.
 * Anyone else's files are read too, as long as they are flat.
 */
export const parquet: Format = {
  name: "parquet",
  title: "Apache Parquet",
  layout: "folder",
  open: openParquet,
  write: writeParquetFolder,
};
