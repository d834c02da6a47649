/**
 * A stand-in of Google Cloud Storage for tests: fake-gcs-server in memory, on
 * 127.0.0.1 only. It ends with `close()`, and when the test dies.
 *
 * @module
 */
import { temporaryPath } from "../../lib/platforms/embedded/folders.ts";
import { superviseServer } from "../../lib/platforms/embedded/supervise.ts";
import { goTool } from "./go.ts";

export const VERSION = "v1.56.1";

/** A running server. */
export interface GcsServer {
  /** `http://127.0.0.1:PORT`: for STORAGE_EMULATOR_HOST. */
  readonly endpoint: string;
  /** Makes an empty bucket. */
  makeBucket(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts the server, building it on first use (some minutes). */
export async function startGcs(): Promise<GcsServer | { missing: string }> {
  const tool = await goTool(`github.com/fsouza/fake-gcs-server@${VERSION}`);
  if ("missing" in tool) return tool;
  const server = await superviseServer({
    title: "fake-gcs-server",
    folder: temporaryPath("gcs"),
    command: (port) => ({
      command: tool.path,
      args: [
        "-scheme",
        "http",
        "-host",
        "127.0.0.1",
        "-port",
        String(port),
        "-backend",
        "memory",
        "-log-level",
        "warn",
        "-external-url",
        `http://127.0.0.1:${port}`,
        "-public-host",
        `127.0.0.1:${port}`,
      ],
    }),
    ready: async (port) => {
      const answer = await fetch(
        `http://127.0.0.1:${port}/_internal/healthcheck`,
      );
      await answer.body?.cancel();
      return answer.ok;
    },
  });
  const endpoint = `http://127.0.0.1:${server.port}`;
  return {
    endpoint,
    makeBucket: async (name) => {
      const answer = await fetch(`${endpoint}/storage/v1/b?project=tests`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name }),
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`No bucket "${name}": ${answer.status}`);
    },
    close: () => server.close(),
  };
}
