import type { Command } from "commander";
import { EXIT, runAction } from "./context.ts";
import { command, noun } from "./program.ts";

/** `servemark platform …` */
export function platformNoun(): Command {
  return noun("platform", "Platforms: list them, try a connection", [
    listCommand(),
    checkCommand(),
  ]);
}

function listCommand(): Command {
  return command("list", "List the platforms", "servemark platform list")
    .option("--json", "print as JSON")
    .action((options: { json?: boolean }) =>
      runAction(async () => {
        const { PLATFORMS } = await import("../platforms/open.ts");
        const names = Object.keys(PLATFORMS);
        console.log(options.json ? JSON.stringify(names) : names.join("\n"));
        return await Promise.resolve(EXIT.done);
      })
    );
}

function checkCommand(): Command {
  return command(
    "check",
    "Open a platform, say what it is, and close it",
    "servemark platform check postgres=postgres://user@host/db",
  )
    .argument("<platform>", "a platform's name, or NAME=URI")
    .option("--json", "print as JSON")
    .action((text: string, options: { json?: boolean }) =>
      runAction(async ({ signal, progress }) => {
        const { openPlatform } = await import("../platforms/open.ts");
        const { platformRequest } = await import("../runs/run_calls.ts");
        const { kind, name, uri } = platformRequest(text);
        const platform = await openPlatform(kind, { name, uri }, {
          signal,
          progress,
        });
        try {
          const facts = await platform.facts();
          if (options.json) {
            console.log(JSON.stringify({ title: platform.title, ...facts }));
            return EXIT.done;
          }
          console.log(
            `${platform.title}: ${facts.engine}, ${facts.nature}, at ${facts.place}`,
          );
          console.log(`Strategies: ${platform.strategies.join(", ")}`);
          console.log(`Drivers: ${platform.drivers.join(", ")}`);
          for (const [key, value] of Object.entries(facts.settings)) {
            console.log(`  ${key} = ${value}`);
          }
          for (const caveat of facts.caveats) console.log(`Note: ${caveat}`);
          return EXIT.done;
        } finally {
          await platform.close();
        }
      })
    );
}
