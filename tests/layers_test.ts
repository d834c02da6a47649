import assert from "node:assert/strict";
import { breaches } from "./layers.ts";

Deno.test("breaches() finds an import from a lower layer, with its line", () => {
  const text =
    'import { x } from "../core/x.ts";\nimport { y } from "../runs/y.ts";\n';
  assert.deepEqual(breaches("lib/metrics/a.ts", text), [
    "lib/metrics/a.ts:2: lib/metrics must not import from lib/runs",
  ]);
  assert.deepEqual(breaches("lib/reports/a.ts", text), []);
});

Deno.test("breaches() sees imports that span lines, types, and imports at run time", () => {
  const spread = 'import {\n  y,\n} from "../runs/y.ts";\n';
  assert.equal(breaches("lib/load/a.ts", spread).length, 1);
  assert.equal(
    breaches("lib/load/a.ts", 'import type { y } from "../runs/y.ts";\n')
      .length,
    1,
  );
  assert.equal(
    breaches("lib/load/a.ts", 'await import("../runs/y.ts");\n').length,
    1,
  );
  assert.equal(
    breaches("lib/load/a.ts", 'new URL("../runs/y.ts", import.meta.url);\n')
      .length,
    1,
  );
  assert.equal(
    breaches("lib/platforms/postgres/a.ts", 'import "../../load/y.ts";\n')
      .length,
    1,
  );
});

Deno.test("breaches() keeps Arrow and Polars in frames, and files short", () => {
  const arrow = 'import * as arrow from "apache-arrow";\n';
  assert.equal(breaches("lib/metrics/a.ts", arrow).length, 1);
  assert.equal(breaches("lib/frames/a.ts", arrow).length, 0);
  assert.equal(breaches("lib/metrics/a.ts", "x;\n".repeat(401)).length, 1);
  assert.equal(breaches("lib/elsewhere/a.ts", "").length, 1);
});
