/**
 * Checks that `lib/` keeps its one-way layers: a folder imports only from
 * folders above it in the list, and from itself. Also: only `frames/` imports
 * Arrow and Polars, and no file is over 400 lines.
 *
 * Run as `deno run -R tests/layers.ts`; exits with 1 when something is wrong.
 *
 * @module
 */

export const LAYERS = [
  "core",
  "frames",
  "stores",
  "datasets",
  "formats",
  "catalog",
  "config",
  "platforms",
  "transfers",
  "workloads",
  "load",
  "metrics",
  "runs",
  "charts",
  "reports",
  "migrations",
  "notebook",
  "cli",
];

const OUTSIDE = ["links"];
const MAX_LINES = 400;
const ONLY_IN: Readonly<Record<string, string>> = {
  "apache-arrow": "frames",
  "nodejs-polars": "frames",
};

/** Finds every breach of the layers in one file's text. */
export function breaches(path: string, text: string): string[] {
  const parts = path.split("/");
  const folder = parts.indexOf("lib") >= 0
    ? parts[parts.indexOf("lib") + 1]
    : "";
  if (OUTSIDE.includes(folder)) return [];
  const level = LAYERS.indexOf(folder);
  if (level < 0) return [`${path}: "${folder}" is not a layer`];
  const found: string[] = [];
  const lines = text.split("\n");
  if (lines.length > MAX_LINES + 1) {
    found.push(`${path}: ${lines.length - 1} lines, over ${MAX_LINES}`);
  }
  lines.forEach((line, n) => {
    if (/^\s*(\*|\/\/)/.test(line)) return;
    const match =
      /(?:from\s+|import\s*\(\s*|new URL\(\s*|^\s*import\s+)"([^"]+)"/.exec(
        line,
      );
    if (!match) return;
    const place = `${path}:${n + 1}`;
    const target = match[1];
    const owner = ONLY_IN[target.replace(/^npm:/, "").replace(/(.)@.*$/, "$1")];
    if (owner && owner !== folder) {
      found.push(`${place}: only lib/${owner} may import ${target}`);
    }
    if (
      target === "servemark" ||
      target.endsWith("/mod.ts") && !target.includes("links")
    ) {
      found.push(`${place}: lib/ must not import the public module`);
    }
    const up = /^\.\.\/([a-z]+)\//.exec(target) ??
      /^\.\.\/\.\.\/([a-z]+)\//.exec(target);
    if (!up || !target.endsWith(".ts")) return;
    const other = LAYERS.indexOf(up[1]);
    if (other > level) {
      found.push(`${place}: lib/${folder} must not import from lib/${up[1]}`);
    }
  });
  return found;
}

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sources(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

if (import.meta.main) {
  const all: string[] = [];
  let files = 0;
  for await (const path of sources("lib")) {
    files++;
    all.push(...breaches(path, await Deno.readTextFile(path)));
  }
  for (const line of all) console.error(line);
  if (all.length > 0) Deno.exit(1);
  console.log(`layers: ${files} files keep to them`);
}
