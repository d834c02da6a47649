import { type PythonTool, pythonTool } from "./python.ts";

const REQUIREMENTS =
  new URL("./arrow/requirements.txt", import.meta.url).pathname;

/** A Python that imports `pyarrow` and `polars`, installed on first use (about 250 MB). */
export async function arrowPython(): Promise<PythonTool> {
  return await pythonTool(
    "pyarrow-26.0.1-polars-2.1.0",
    REQUIREMENTS,
    [3, 11],
  );
}
