import { dirname, join } from "node:path";
import { pythonTool } from "./python.ts";

/** The program of PyPI's `tpchgen-cli`, which generates TPC-H's tables, or what to install to have it. */
export async function tpchgen(): Promise<
  { program: string } | { missing: string }
> {
  const tool = await pythonTool(
    "tpchgen-cli-4.0.0",
    new URL("tpchgen/requirements.txt", import.meta.url).pathname,
  );
  if ("missing" in tool) return tool;
  return { program: join(dirname(tool.python), "tpchgen-cli") };
}
