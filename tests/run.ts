/**
 * Runs the checks and the tests: `deno run -A tests/run.ts [test|soak] [filter]`.
 *
 * `test` runs format, lint, types, layers, docs and all tests but the long
 * ones; `soak` runs `tests/soak`. Ends with one line such as
 * `tests: 212 passed, 0 failed, 3 skipped`, and exits with 1 on any failure.
 *
 * @module
 */
const root = new URL("..", import.meta.url).pathname;
const BROWSER = "tests/browser";

interface Step {
  title: string;
  args: string[];
}

/** What must hold before any test runs. */
const CHECKS: Step[] = [
  { title: "format", args: ["fmt", "--check"] },
  { title: "lint", args: ["lint"] },
  { title: "types", args: ["check", "mod.ts", "lib", "tests"] },
  {
    title: "types of the examples",
    args: ["check", "--doc", "README.md", "CONTRIBUTING.md", "mod.ts", "lib"],
  },
  { title: "layers", args: ["run", "--allow-read", "tests/layers.ts"] },
  ...["fmt --check", "lint", "check --frozen"].map((command) => ({
    title: `${command.split(" ")[0]} of the browser's driver`,
    args: [...command.split(" "), "--config", `${BROWSER}/deno.json`, BROWSER],
  })),
];

async function main(which: string, filter?: string): Promise<number> {
  if (which === "test" && filter === undefined) {
    for (const { title, args } of CHECKS) {
      if (await deno(args) !== 0) {
        console.error(`${title}: failed; run: deno ${args.join(" ")}`);
        console.log("tests: 0 passed, 1 failed, 0 skipped");
        return 1;
      }
      console.log(`${title}: ok`);
    }
  }
  const what = which === "soak" ? ["tests/soak"] : [
    "--doc",
    "README.md",
    "CONTRIBUTING.md",
    "mod.ts",
    "lib",
    ...testFolders(),
  ];
  const args = [
    "test",
    "-A",
    "--no-check",
    ...(filter ? [`--filter=${filter}`] : []),
    ...what,
  ];
  const { code, output } = await tee(args);
  const totals = countTests(output);
  if (!totals) {
    console.log("tests: 0 passed, 1 failed, 0 skipped");
    return 1;
  }
  const failed = totals.failed + (code !== 0 && totals.failed === 0 ? 1 : 0);
  console.log(
    `tests: ${totals.passed} passed, ${failed} failed, ${totals.skipped} skipped`,
  );
  return failed > 0 || totals.passed === 0 ? 1 : 0;
}

/** What `test` runs of `tests/`: everything but what is run otherwise. */
function testFolders(): string[] {
  return [...Deno.readDirSync(`${root}tests`)]
    .filter(({ name }) => !["soak", "bench", "browser"].includes(name))
    .map(({ name }) => `tests/${name}`);
}

/** Reads the totals from the last line of the test runner's. */
export function countTests(
  output: string,
): { passed: number; failed: number; skipped: number } | undefined {
  // deno-lint-ignore no-control-regex
  const plain = output.replace(/\x1b\[[0-9;]*m/g, "");
  const line = plain.split("\n").findLast((l) =>
    /^(ok|FAILED) \| \d+ passed.*\| \d+ failed/.test(l)
  );
  if (!line) return undefined;
  const read = (word: string) =>
    Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  return {
    passed: read("passed"),
    failed: read("failed"),
    skipped: read("ignored"),
  };
}

async function deno(args: string[]): Promise<number> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [args[0], "-q", ...args.slice(1)],
    cwd: root,
    stdin: "null",
  }).output().then((o) => {
    if (o.code !== 0) {
      Deno.stderr.writeSync(o.stdout);
      Deno.stderr.writeSync(o.stderr);
    }
    return o;
  });
  return code;
}

async function tee(args: string[]): Promise<{ code: number; output: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const decoder = new TextDecoder();
  let output = "";
  for await (const chunk of child.stdout) {
    Deno.stdout.writeSync(chunk);
    output = (output + decoder.decode(chunk, { stream: true })).slice(-20_000);
  }
  return { code: (await child.status).code, output };
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args[0] ?? "test", Deno.args[1]));
}
