import { Command, CommanderError } from "commander";
import { resolve } from "node:path";
import { EXIT } from "./context.ts";

/** A command with help that ends in an example, and errors that exit with 2. */
export function command(
  name: string,
  description: string,
  example?: string,
): Command {
  const made = new Command(name)
    .description(description)
    .exitOverride()
    .showHelpAfterError("What to do: see the options with --help")
    .configureHelp({ showGlobalOptions: false });
  if (example) {
    made.addHelpText(
      "after",
      `\nExample:\n  ${example.split("\n").join("\n  ")}`,
    );
  }
  return made;
}

/** A group of commands; an unknown one lists those that exist. */
export function noun(
  name: string,
  description: string,
  verbs: readonly Command[],
): Command {
  const group = command(name, description).showHelpAfterError(true);
  for (const verb of verbs) group.addCommand(verb);
  return group;
}

/** Parses the command line and runs the command it names. Never returns. */
export async function runProgram(
  program: Command,
  args: readonly string[],
): Promise<never> {
  // Tasks run in the project's folder: paths are meant from the user's own.
  const from = Deno.env.get("INIT_CWD");
  if (from !== undefined) Deno.chdir(from);
  try {
    await program.parseAsync([...args], { from: "user" });
    Deno.exit(EXIT.done);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed its message, or the help that was asked for.
    Deno.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage);
  }
}

/** Collects an option given several times or as a comma list. */
export function list(value: string, before: string[] = []): string[] {
  return [
    ...before,
    ...value.split(",").map((item) => item.trim()).filter((item) =>
      item !== ""
    ),
  ];
}

/** A user's path in full. */
export function userPath(path: string): string {
  return resolve(path);
}
