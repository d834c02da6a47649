/**
 * An engine that a Python child runs: statements go in and rows come out, a line
 * of JSON each.
 *
 * @module
 */
import { TextLineStream } from "./text_line_stream.ts";

/** An engine that answers statements, one after the other. */
export interface Engine {
  /** Runs one statement, and returns its rows. */
  query(sql: string): Promise<(string | number | null)[][]>;
  close(): Promise<void>;
}

/** What every program ends with: `run(sql)` gives a statement's rows. */
const LOOP = `
import json, sys
for line in sys.stdin:
    try:
        reply = {"rows": run(json.loads(line))}
    except Exception as error:
        reply = {"error": str(error)}
    print(json.dumps(reply), flush=True)
`;

/**
 * Starts a Python program that defines \`run(sql)\`.
 *
 * @param env variables for it
 */
export function startEngine(
  python: string,
  program: string,
  env: Readonly<Record<string, string>> = {},
): Engine {
  const child = new Deno.Command(python, {
    args: ["-c", program + LOOP],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    env: { ...env },
  }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())
    .getReader();
  return {
    async query(sql) {
      await writer.write(new TextEncoder().encode(JSON.stringify(sql) + "\n"));
      const { value } = await reader.read();
      if (value === undefined) {
        const { code } = await child.status;
        throw new Error(`The engine ended with code ${code}`);
      }
      const reply = JSON.parse(value);
      if (reply.error !== undefined) throw new Error(reply.error);
      return reply.rows;
    },
    async close() {
      await writer.close();
      await reader.cancel();
      await child.status;
    },
  };
}
