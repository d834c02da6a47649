/**
 * Runs Servemark's commands as a user would, in a temporary folder of their
 * own, so that a test can see what they leave behind.
 *
 * @module
 */
const root = new URL("../..", import.meta.url).pathname;

/** A started command. */
export interface Started extends AsyncDisposable {
  /** The folder for the command's output, under the test's own. */
  readonly out: string;
  readonly pid: number;
  kill(signal: Deno.Signal): void;
  /** Waits until standard error holds this. Fails when the command ends first. */
  says(pattern: RegExp): Promise<void>;
  /** Waits for the end. */
  ended(): Promise<Ended>;
  /** What the command's temporary folder holds now. */
  leftovers(): string[];
  /** Processes, of any parent, whose command line names the temporary folder. */
  processes(): string[];
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `deno run -A lib/cli/<entry>.ts ...args`. `OUT` among the arguments stands for the output folder. */
export function start(entry: string, args: readonly string[]): Started {
  const folder = Deno.makeTempDirSync({ prefix: "servemark-e2e-" });
  // A server run as another user must be able to reach its folder.
  Deno.chmodSync(folder, 0o755);
  const temporary = `${folder}/tmp`;
  Deno.mkdirSync(temporary);
  Deno.chmodSync(temporary, 0o1777);
  const out = `${folder}/out`;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-q",
      "-A",
      "--no-check",
      `${root}lib/cli/${entry}.ts`,
      ...args.map((arg) => arg === "OUT" ? out : arg),
    ],
    cwd: root,
    env: {
      TMPDIR: temporary,
      SERVEMARK_CATALOG: `${folder}/catalog`,
      INIT_CWD: folder,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let stderr = "";
  let over = false;
  const errors = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stderr) {
      stderr += decoder.decode(chunk, { stream: true });
    }
  })();
  const output = new Response(child.stdout).text();
  const status = child.status.then((s) => {
    over = true;
    return s;
  });
  return {
    out,
    pid: child.pid,
    kill: (signal) => child.kill(signal),
    async says(pattern) {
      while (!pattern.test(stderr)) {
        if (over) {
          throw new Error(
            `the command ended without saying ${pattern}:\n${stderr}`,
          );
        }
        await new Promise((wake) => setTimeout(wake, 20));
      }
    },
    async ended() {
      const { code } = await status;
      await errors;
      return { code, stdout: await output, stderr };
    },
    leftovers: () =>
      [...Deno.readDirSync(temporary)].map((entry) => entry.name),
    processes: () => processesNaming(temporary),
    async [Symbol.asyncDispose]() {
      if (!over) child.kill("SIGKILL");
      await status;
      await errors;
      await output;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Runs a command to its end. */
export async function finish(
  entry: string,
  args: readonly string[],
): Promise<Ended> {
  await using started = start(entry, args);
  return await started.ended();
}

function processesNaming(text: string): string[] {
  const found: string[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const line = Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll(
        "\0",
        " ",
      );
      if (line.includes(text)) found.push(line);
    } catch (error) {
      // The process ended between the listing and the reading.
      if (
        !(error instanceof Deno.errors.NotFound) &&
        !/ESRCH|No such process/.test(String(error))
      ) {
        throw error;
      }
    }
  }
  return found;
}

/** Waits until a condition holds, or fails with what it last gave. */
export async function eventually<T>(
  what: string,
  look: () => T,
  holds: (value: T) => boolean,
  seconds = 15,
): Promise<void> {
  const deadline = performance.now() + 1000 * seconds;
  let value = look();
  while (!holds(value)) {
    if (performance.now() > deadline) {
      throw new Error(
        `${what}: not within ${seconds} s; last seen: ${Deno.inspect(value)}`,
      );
    }
    await new Promise((wake) => setTimeout(wake, 100));
    value = look();
  }
}
