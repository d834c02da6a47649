import assert from "node:assert/strict";
import {
  injectParameters,
  parametersOf,
} from "../../lib/notebook/parameters.ts";
import { code, notebookOf } from "./notebooks.ts";

const DECLARED = `
// What to run
let rows = "300k"; // a size
const clients: number[] = [1, 10];
var rate = 5_000;
let verify = true;
`;
const notebook = notebookOf(code(DECLARED, "parameters"), "rows");

Deno.test("parametersOf() reads names, keywords and types", () => {
  assert.deepEqual(parametersOf(notebook), [
    { name: "rows", keyword: "let", type: "string" },
    { name: "clients", keyword: "const", type: "json" },
    { name: "rate", keyword: "var", type: "number" },
    { name: "verify", keyword: "let", type: "boolean" },
  ]);
  assert.deepEqual(parametersOf(notebookOf("let rows = 1")), []);
});

Deno.test("injectParameters() declares again by the same keyword, typed as before", () => {
  const values = {
    rows: "10000",
    clients: "[1, 100]",
    rate: "1e3",
    verify: "false",
  };
  const { cells } = injectParameters(notebook, values, "a.ipynb");
  assert.equal(cells.length, 3);
  assert.deepEqual(cells[1].metadata.tags, ["injected-parameters"]);
  assert.equal(
    cells[1].source,
    '// Parameters\nlet rows = "10000";\nconst clients = [1,100];\n' +
      "var rate = 1000;\nlet verify = false;",
  );
});

Deno.test("injectParameters() replaces, or removes, what was injected before", () => {
  const once = injectParameters(notebook, { rows: "1k" }, "a.ipynb");
  const twice = injectParameters(once, { rows: "2k" }, "a.ipynb");
  assert.equal(twice.cells.length, 3);
  assert.match(twice.cells[1].source, /"2k"/);
  assert.deepEqual(injectParameters(twice, {}, "a.ipynb"), notebook);
});

Deno.test("injectParameters() refuses unknown names, listing the known ones", () => {
  assert.throws(
    () => injectParameters(notebook, { row: "1" }, "a.ipynb"),
    /Unknown parameter "row"[^]*"rows"\? Known: rows, clients, rate, verify/,
  );
  assert.throws(
    () => injectParameters(notebookOf("1"), { rows: 1 }, "a.ipynb"),
    /the notebook has no parameters/,
  );
});

Deno.test("injectParameters() lists all values of a wrong type", () => {
  const values = { rate: "fast", verify: "yes", clients: "[1", rows: 5 };
  assert.throws(
    () => injectParameters(notebook, values, "a.ipynb"),
    /4 problems[^]*"rate" must be a number: current value is "fast"[^]*true or false[^]*JSON[^]*a text/,
  );
});
