/**
 * Starts Chromium: the system's, else the one in npm, which needs no root.
 *
 * @module
 */
import { type Browser, chromium } from "playwright-core";

/** Names by which systems know it; `CHROMIUM` in the environment names another. */
const SYSTEM = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** No sandbox, since tests may run as root; no talk with its maker's hosts. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Says why no browser could be had, and what would help. */
export class NoBrowser extends Error {
  override readonly name = "NoBrowser";
}

/**
 * Launches a browser. `PACKAGED=1` passes the system's over.
 *
 * @param folder a private folder that the packaged one is unpacked into
 */
export async function launch(folder: string): Promise<Browser> {
  const own = Deno.env.get("CHROMIUM");
  const system = Deno.env.get("PACKAGED") === "1"
    ? undefined
    : [...(own ? [own] : []), ...SYSTEM].find(exists);
  if (system) {
    return await chromium.launch({ executablePath: system, args: FLAGS });
  }
  try {
    return await launchPackaged(folder);
  } catch (error) {
    throw new NoBrowser(
      "No browser could be started; install Chromium (Debian: apt-get " +
        "install chromium), or name one in CHROMIUM. The one in npm said: " +
        (error instanceof Error ? error.message.split("\n")[0] : String(error)),
    );
  }
}

/** The browser in npm, with the libraries that it carries for systems that lack them. */
async function launchPackaged(folder: string): Promise<Browser> {
  // It unpacks into the temporary folder, which others may share.
  Deno.env.set("TMPDIR", folder);
  // Named so that its 67 MB are fetched only when they are needed.
  const name = "@sparticuz/chromium";
  const packaged: typeof import("@sparticuz/chromium") = await import(name);
  const executablePath = await packaged.default.executablePath();
  await useOwnFonts(`${folder}/fonts`);
  const launchIt = () =>
    chromium.launch({
      executablePath,
      // Not the package's own flags: its single process ends with its first page.
      args: FLAGS,
      env: Deno.env.toObject(),
    });
  try {
    return await launchIt();
  } catch (error) {
    if (!String(error).includes("shared libraries")) throw error;
    const libraries = new URL(
      "../bin/al2023.tar.br",
      import.meta.resolve(name),
    );
    await packaged.inflate(libraries.pathname);
    packaged.setupLambdaEnvironment(`${folder}/al2023/lib`);
    return await launchIt();
  }
}

/** Its fonts, told to look in their private folder: a bare machine has no others. */
async function useOwnFonts(folder: string): Promise<void> {
  const file = `${folder}/fonts.conf`;
  const text = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, text.replaceAll("/tmp/fonts", folder));
  Deno.env.set("FONTCONFIG_PATH", folder);
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
