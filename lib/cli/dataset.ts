import type { Command } from "commander";
import { formatBytes, formatCount, parseCount } from "../core/sizes.ts";
import { show } from "../core/display.ts";
import { EXIT, runAction } from "./context.ts";
import { command, list, noun } from "./program.ts";

interface CreateOptions {
  rows?: string;
  tables?: string;
  seed?: string;
  distribution?: "power_law" | "uniform";
  events?: boolean;
  catalog?: string;
  workers?: string;
  plan?: boolean;
  verify?: boolean;
  json?: boolean;
}

/** `servemark dataset …` */
export function datasetNoun(): Command {
  return noun("dataset", "Datasets: make them, list them, look at them", [
    createCommand(),
    listCommand(),
    showCommand(),
  ]);
}

function createCommand(): Command {
  return command(
    "create",
    "Generate a dataset into the local catalog, in parallel",
    "servemark dataset create fraud_detection_v1.0 --rows 300k --tables 30",
  )
    .argument(
      "<name>",
      "domain and version: fraud_detection_v1.0, retail@1.0, a YAML file",
    )
    .option("--rows <count>", "rows over all feature tables, such as 300k")
    .option("--tables <list>", "the first N feature tables, or some by name")
    .option("--seed <number>", "the number that all rows follow from")
    .option("--distribution <name>", "power_law or uniform")
    .option("--events", "event tables too")
    .option(
      "--catalog <dir>",
      "where to keep it (default: the user's cache folder)",
    )
    .option("--workers <count>", "workers that generate (default: one a core)")
    .option(
      "--verify",
      "read every part that is there already, and make damaged ones anew",
    )
    .option("--plan", "show what would be made, and make nothing")
    .option("--json", "print the manifest's head as JSON")
    .action((name: string, options: CreateOptions) =>
      runAction(async ({ signal, progress }) => {
        const built = await builder(name, options);
        if (options.plan) {
          await built.explain();
          return EXIT.done;
        }
        const manifest = await built.materialize({
          signal,
          progress,
          catalog: options.catalog,
          verify: options.verify,
          ...(options.workers ? { workers: parseCount(options.workers) } : {}),
        });
        const head = manifestHead(manifest);
        if (options.json) console.log(JSON.stringify(head));
        else {
          console.log(
            `${head.name}: ${
              formatCount(head.rows)
            } rows in ${head.tables} tables, ` +
              `${formatBytes(head.bytes)}, digest ${head.digest.slice(0, 12)}`,
          );
        }
        return EXIT.done;
      })
    );
}

function listCommand(): Command {
  return command(
    "list",
    "List the domains, and what the local catalog holds",
    "servemark dataset list --json",
  )
    .option("--catalog <dir>", "the catalog (default: the user's cache folder)")
    .option("--json", "print as JSON")
    .action((options: { catalog?: string; json?: boolean }) =>
      runAction(async () => {
        const { listDomains } = await import("../datasets/domain.ts");
        const { openCatalog } = await import("../catalog/catalog.ts");
        const domains = await listDomains();
        const catalog = await openCatalog(options.catalog);
        const held = (await catalog.manifests()).map(manifestHead);
        if (options.json) console.log(JSON.stringify({ domains, held }));
        else {
          console.log(`Domains: ${domains.join(", ")}`);
          for (const h of held) {
            console.log(
              `${h.name}  ${h.digest.slice(0, 12)}  ${
                formatCount(h.rows)
              } rows, ` +
                `${h.tables} tables, ${formatBytes(h.bytes)}`,
            );
          }
          if (held.length === 0) {
            console.log(
              "The catalog is empty: servemark dataset create NAME fills it",
            );
          }
        }
        return EXIT.done;
      })
    );
}

function showCommand(): Command {
  return command(
    "show",
    "Show a dataset's tables, entities and size, and rows of one table",
    "servemark dataset show fraud_detection_v1.0 --table card_profile --row 17",
  )
    .argument("<name>", "domain and version")
    .option("--rows <count>", "rows over all feature tables, such as 300k")
    .option("--tables <list>", "the first N feature tables, or some by name")
    .option("--table <name>", "show a row of this table")
    .option("--row <number>", "which row", "0")
    .option("--json", "print as JSON")
    .action((
      name: string,
      options: CreateOptions & { table?: string; row: string },
    ) =>
      runAction(async () => {
        const built = await builder(name, options);
        if (options.table) {
          const row = await built.row(
            options.table,
            parseCount(options.row, "row number"),
          );
          await show(options.json ? JSON.stringify(row) : row);
        } else if (options.json) {
          console.log(JSON.stringify(await built.spec()));
        } else await built.explain();
        return EXIT.done;
      })
    );
}

async function builder(name: string, options: CreateOptions) {
  const { dataset } = await import("../transfers/dataset.ts");
  let built = dataset(name);
  if (options.rows) built = built.rows(options.rows);
  if (options.tables) {
    const given = list(options.tables);
    built = given.length === 1 && /^\d+$/.test(given[0])
      ? built.tables(Number(given[0]))
      : built.tables(given);
  }
  if (options.seed) built = built.seed(parseCount(options.seed, "seed"));
  if (options.distribution) built = built.distribution(options.distribution);
  if (options.events) built = built.events(true);
  return built;
}

function manifestHead(manifest: import("../catalog/manifest.ts").Manifest) {
  const parts = Object.values(manifest.parts).flat();
  return {
    name: `${manifest.name}_v${manifest.version}`,
    digest: manifest.digest,
    rows: parts.reduce((n, p) => n + p.rows, 0),
    tables: Object.keys(manifest.parts).length,
    bytes: parts.reduce((n, p) => n + p.bytes, 0),
    fingerprints: manifest.fingerprints,
  };
}
