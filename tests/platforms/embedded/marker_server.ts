import { join } from "node:path";
import { temporaryPath } from "../../../lib/platforms/embedded/folders.ts";
import {
  type ServerPlan,
  type SupervisedServer,
  superviseServer,
} from "../../../lib/platforms/embedded/supervise.ts";

/** A plan for the smallest of servers: a shell script that makes a file and waits. */
export function markerPlan(
  script: string,
  changes: Partial<ServerPlan> = {},
): ServerPlan {
  const folder = temporaryPath("test");
  return {
    title: "the test's server",
    folder,
    command: () => ({ command: "/bin/sh", args: ["-c", script] }),
    ready: async () => (await Deno.stat(join(folder, "ready"))).isFile,
    ...changes,
  };
}

/** Starts it. */
export function markerServer(
  script = ": > ready; exec sleep 100",
  changes: Partial<ServerPlan> = {},
): Promise<SupervisedServer> {
  return superviseServer(markerPlan(script, changes));
}
