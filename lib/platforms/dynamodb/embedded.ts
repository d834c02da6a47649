/**
 * DynamoDB emulators of our own, in memory, on a free port of 127.0.0.1, that
 * end with this process.
 *
 * @module
 */
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf, ServemarkError } from "../../core/errors.ts";
import { pick } from "../../core/names.ts";
import type { Watch } from "../../core/progress.ts";
import { cacheFolder, fillOnce } from "../embedded/cache.ts";
import { temporaryPath } from "../embedded/folders.ts";
import {
  type ServerCommand,
  type SupervisedServer,
  superviseServer,
} from "../embedded/supervise.ts";

/** The emulators by name: `dynoxide` has a package for x64 Linux only. */
export type Emulator = "dynoxide" | "dynalite";

const EMULATORS: Readonly<Record<Emulator, () => Promise<Launcher>>> = {
  dynoxide: launchDynoxide,
  dynalite: () => Promise.resolve(launchDynalite()),
};

/** A running emulator. */
export interface StartedEmulator {
  readonly server: SupervisedServer;
  /** `dynoxide 1.2.1 (DynamoDB emulator)`. */
  readonly title: string;
}

interface Launcher {
  command(port: number): ServerCommand;
  ready(port: number): Promise<boolean>;
}

const VERSION = "1.2.1";

/** How reports name what was started. */
const TITLES: Readonly<Record<Emulator, string>> = {
  dynoxide: `dynoxide ${VERSION} (DynamoDB emulator)`,
  dynalite: "dynalite 4.0.0 (DynamoDB emulator)",
};

/** The emulator that this system can run: the native one where there is one. */
export function defaultEmulator(): Emulator {
  const { os, arch } = Deno.build;
  return os === "linux" && arch === "x86_64" ? "dynoxide" : "dynalite";
}

/**
 * Starts an emulator and waits until it answers.
 *
 * @throws {ServemarkError} for an unknown name, and when it does not start
 */
export async function startEmulator(
  name: string = defaultEmulator(),
  watch: Watch = {},
): Promise<StartedEmulator> {
  const { command, ready } = await pick("DynamoDB emulator", name, EMULATORS)();
  const server = await superviseServer({
    title: `the DynamoDB emulator (${name})`,
    folder: temporaryPath(name),
    grace: 2,
    command,
    ready,
  }, watch);
  return { server, title: TITLES[name as Emulator] };
}

async function launchDynoxide(): Promise<Launcher> {
  const command = await dynoxideBinary();
  return {
    command: (port) => ({
      command,
      args: ["serve", "--host", "127.0.0.1", "--port", String(port)],
      // Its work is done behind one lock: a second thread reads requests and
      // writes answers meanwhile (1.7 times the reads); more only contend.
      env: { TOKIO_WORKER_THREADS: "2" },
    }),
    ready: async (port) => {
      const answer = await fetch(`http://127.0.0.1:${port}/`);
      await answer.body?.cancel();
      return answer.status === 200;
    },
  };
}

/**
 * The emulator's binary, executable by this user. Its package is named in a
 * computed specifier, because it installs on x64 Linux only: a static import
 * would break the installation everywhere else. The lock file learns of it when
 * the tests run.
 */
async function dynoxideBinary(): Promise<string> {
  const name = `npm:@dynoxide/linux-x64@${VERSION}`;
  try {
    // Importing anything of a package installs all of it.
    await import(`${name}/package.json`, { with: { type: "json" } });
  } catch (error) {
    throw new ServemarkError("Cannot install the DynamoDB emulator", {
      cause: messageOf(error),
      place: name,
      remedy:
        'Check the network and the npm registry; or set emulator: "dynalite", or an endpoint of your own',
      error,
    });
  }
  const installed = fileURLToPath(import.meta.resolve(`${name}/dynoxide`));
  return await executable(installed, `dynoxide-${VERSION}`);
}

/** A program that this user may execute: where it lies, else a copy of it in the cache. */
export async function executable(
  installed: string,
  release: string,
): Promise<string> {
  if (await runs(installed)) return installed;
  const folder = join(await cacheFolder("dynamodb"), release);
  const copy = join(folder, basename(installed));
  await fillOnce(folder, async (into) => {
    const path = join(into, basename(installed));
    await Deno.copyFile(installed, path);
    await Deno.chmod(path, 0o755);
  });
  return copy;
}

/** Whether this user may execute it where it lies: its mode or the mount may forbid that. */
async function runs(path: string): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(path, {
      args: ["--version"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}

/** The JavaScript emulator, in a Deno of its own so that it shares no thread with us. */
function launchDynalite(): Launcher {
  const script = import.meta.resolve("./dynalite_server.ts");
  return {
    command: (port) => ({
      command: Deno.execPath(),
      args: ["run", "-q", "-A", script, String(port)],
      env: { NO_COLOR: "1" },
    }),
    // It answers GET with its own kind of 404; any answer will do.
    ready: async (port) => {
      const answer = await fetch(`http://127.0.0.1:${port}/`);
      await answer.body?.cancel();
      return true;
    },
  };
}
