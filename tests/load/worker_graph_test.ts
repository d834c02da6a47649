import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

interface Module {
  specifier: string;
  npmPackage?: string;
  dependencies?: {
    code?: { specifier?: string };
    type?: { specifier?: string };
    isDynamic?: boolean;
  }[];
}

/** The modules that the load worker can come to import, dynamic ones included. */
async function workerGraph(): Promise<Module[]> {
  const { success, stdout, stderr } = await new Deno.Command(
    Deno.execPath(),
    {
      args: ["info", "--json", "lib/load/worker.ts"],
      cwd: ROOT.pathname,
      env: { NO_COLOR: "1" },
    },
  ).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const { modules, roots, redirects } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  const byName = new Map<string, Module>(
    modules.map((m: Module) => [m.specifier, m]),
  );
  const reached = new Map<string, Module>();
  const visit = (specifier: string) => {
    const name = redirects?.[specifier] ?? specifier;
    if (reached.has(name)) return;
    const module: Module = byName.get(name) ?? { specifier: name };
    reached.set(name, module);
    for (const { code } of module.dependencies ?? []) {
      if (code?.specifier) visit(code.specifier);
    }
  };
  roots.forEach(visit);
  return [...reached.values()];
}

Deno.test("the load worker's modules hold no Arrow, Polars, Plot or DOM", async () => {
  const graph = await workerGraph();
  const names = graph.map((m) => m.npmPackage ?? m.specifier);
  for (const wanted of ["point_runner.ts", "polled_driver.ts"]) {
    assert.ok(names.some((n) => n.endsWith(wanted)), `${wanted} is not there`);
  }
  const heavy =
    /apache-arrow|polars|@observablehq|linkedom|resvg|typst|frames\/(?!sample_columns)/;
  assert.deepEqual(names.filter((name) => heavy.test(name)), []);
});
