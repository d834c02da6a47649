import { type Engine, startEngine } from "./python_queries.ts";
import { pythonTool } from "./python.ts";

const VERSION = "2.0.0";
const REQUIREMENTS =
  new URL("./duckdb/requirements.txt", import.meta.url).pathname;

const PROGRAM = `
import duckdb
db = duckdb.connect()
db.execute("SET threads = 2; SET TimeZone = 'UTC'; SET enable_progress_bar = false")
def run(sql):
    return db.execute(sql).fetchall()
`;

/** A DuckDB in memory, installed on first use (about 70 MB), or what to install to have one. */
export async function openDuckdb(): Promise<Engine | { missing: string }> {
  const tool = await pythonTool(`duckdb-${VERSION}`, REQUIREMENTS, [3, 11]);
  return "missing" in tool ? tool : startEngine(tool.python, PROGRAM);
}
