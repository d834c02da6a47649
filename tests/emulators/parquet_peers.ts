import { type PythonTool, pythonTool } from "./python.ts";

const REQUIREMENTS =
  new URL("./parquet_peers/requirements.txt", import.meta.url).pathname;

/** A Python that imports pyarrow, Polars and DuckDB, installed on first use (about 330 MB). */
export async function parquetPeers(): Promise<PythonTool> {
  return await pythonTool(
    "parquet-pyarrow-26.0.1-polars-2.1.0-duckdb-2.0.0",
    REQUIREMENTS,
    [3, 11],
  );
}
