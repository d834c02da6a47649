/**
 * An S3 server for tests: versitygw over a temporary folder, on 127.0.0.1 only.
 * It ends with `close()`, and when the test dies.
 *
 * @module
 */
import { temporaryPath } from "../../lib/platforms/embedded/folders.ts";
import { superviseServer } from "../../lib/platforms/embedded/supervise.ts";
import { goTool } from "./go.ts";

export const VERSION = "v1.8.0";

/** A running S3 server, and its one user. */
export interface S3Server {
  /** `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  readonly region: string;
  /** For AWS's own settings: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder that its buckets are in. */
  readonly folder: string;
  close(): Promise<void>;
}

/** Starts the server, building it on first use (some minutes). */
export async function startS3(): Promise<S3Server | { missing: string }> {
  const tool = await goTool(
    `github.com/versity/versitygw/cmd/versitygw@${VERSION}`,
  );
  if ("missing" in tool) return tool;
  const keys = { id: "SERVEMARKTESTS", secret: crypto.randomUUID() };
  const region = "eu-west-1";
  const folder = temporaryPath("s3");
  const server = await superviseServer({
    title: "versitygw",
    folder,
    command: (port) => ({
      command: "/bin/sh",
      args: [
        "-c",
        'mkdir buckets && exec "$@"',
        "versitygw",
        tool.path,
        "--port",
        `127.0.0.1:${port}`,
        "--region",
        region,
        "--quiet",
        "--keep-alive",
        "--health",
        "/health",
        "posix",
        "buckets",
      ],
      env: { ROOT_ACCESS_KEY: keys.id, ROOT_SECRET_KEY: keys.secret },
    }),
    ready: async (port) => {
      const answer = await fetch(`http://127.0.0.1:${port}/health`);
      await answer.body?.cancel();
      return answer.ok;
    },
  });
  return {
    endpoint: `http://127.0.0.1:${server.port}`,
    region,
    env: {
      AWS_ACCESS_KEY_ID: keys.id,
      AWS_SECRET_ACCESS_KEY: keys.secret,
    },
    folder: `${folder}/buckets`,
    close: () => server.close(),
  };
}
