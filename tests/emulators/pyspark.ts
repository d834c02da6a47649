import { type Engine, startEngine } from "./python_queries.ts";
import { pythonTool } from "./python.ts";

const VERSION = "4.3.0";
const REQUIREMENTS =
  new URL("./pyspark/requirements.txt", import.meta.url).pathname;
/** The oldest Java that this Spark runs on. */
const JAVA = 17;

/** PySpark's Python, installed on first use (about 500 MB), or what to install to have it. */
export async function sparkPython(): Promise<
  { python: string } | { missing: string }
> {
  if (await javaVersion() < JAVA) {
    return {
      missing: `Java ${JAVA} or later (Debian: apt-get install ` +
        "openjdk-17-jre-headless)",
    };
  }
  return await pythonTool(`pyspark-${VERSION}`, REQUIREMENTS, [3, 11]);
}

/**
 * Runs a script as a user would, on two threads of this machine.
 *
 * @param settings of Spark, `name=value`
 */
export async function submit(
  { python }: { python: string },
  script: string,
  args: readonly string[] = [],
  settings: readonly string[] = [],
): Promise<{ code: number; out: string; err: string }> {
  const all = [
    "spark.ui.enabled=false",
    "spark.ui.showConsoleProgress=false",
    "spark.log.level=ERROR",
    "spark.driver.host=127.0.0.1",
    "spark.driver.bindAddress=127.0.0.1",
    ...settings,
  ];
  const { code, stdout, stderr } = await new Deno.Command(python, {
    args: [script, ...args],
    env: {
      SPARK_LOCAL_IP: "127.0.0.1",
      PYSPARK_SUBMIT_ARGS: `--master local[2] --driver-memory 512m ${
        all.map((setting) => `--conf ${setting}`).join(" ")
      } pyspark-shell`,
    },
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

const PROGRAM = `
from pyspark.sql import SparkSession
spark = (SparkSession.builder.master("local[2]")
    .config("spark.driver.memory", "512m")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.codegen.wholeStage", "false")
    .getOrCreate())
spark.sparkContext.setLogLevel("OFF")
def run(sql):
    return [list(row) for row in spark.sql(sql).collect()]
`;

/** A Spark session that answers statements. */
export function openSpark({ python }: { python: string }): Engine {
  return startEngine(python, PROGRAM);
}

/** The major version of the Java on the PATH; 0 where there is none. */
async function javaVersion(): Promise<number> {
  try {
    const { stderr } = await new Deno.Command("java", { args: ["-version"] })
      .output();
    const text = new TextDecoder().decode(stderr);
    return Number(/version "(?:1\.)?(\d+)/.exec(text)?.[1] ?? 0);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
