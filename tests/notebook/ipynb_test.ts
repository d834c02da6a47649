import assert from "node:assert/strict";
import { join } from "node:path";
import {
  formatNotebook,
  parseNotebook,
  readNotebook,
  writeNotebook,
} from "../../lib/notebook/ipynb.ts";
import { code, notebookOf, withNotebook } from "./notebooks.ts";

// As Jupyter's own nbformat 5.10 writes this notebook.
const FILE = `{
 "cells": [
  {
   "cell_type": "markdown",
   "id": "intro",
   "metadata": {},
   "source": [
    "# A title\\n",
    "with “quotes”"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 1,
   "id": "first",
   "metadata": {
    "tags": [
     "parameters"
    ]
   },
   "outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "a\\n",
      "b\\n"
     ]
    },
    {
     "data": {
      "application/json": {
       "x": 1
      },
      "image/png": "iVBORw0K\\n",
      "image/svg+xml": [
       "<svg>\\n",
       "</svg>"
      ],
      "text/plain": []
     },
     "metadata": {},
     "output_type": "display_data"
    }
   ],
   "source": [
    "let a = 1;"
   ]
  }
 ],
 "metadata": {},
 "nbformat": 4,
 "nbformat_minor": 5
}
`;

Deno.test("formatNotebook() writes what Jupyter would, byte for byte", () => {
  const notebook = parseNotebook(FILE, "a.ipynb");
  assert.equal(notebook.cells[0].source, "# A title\nwith “quotes”");
  assert.equal(formatNotebook(notebook), FILE);
});

Deno.test("parseNotebook() gives the cells of older formats ids", () => {
  const text = JSON.stringify({
    nbformat: 4,
    nbformat_minor: 2,
    metadata: {},
    cells: [{ cell_type: "code", source: "1", metadata: {}, outputs: [] }],
  });
  const { cells, nbformat_minor } = parseNotebook(text, "a.ipynb");
  assert.equal(cells[0].id, "cell-1");
  assert.equal(nbformat_minor, 5);
});

Deno.test("parseNotebook() refuses what is no notebook of format 4", () => {
  assert.throws(
    () => parseNotebook("{", "x.ipynb"),
    /x\.ipynb: it is not JSON/,
  );
  assert.throws(
    () => parseNotebook('{"nbformat": 3, "worksheets": []}', "x.ipynb"),
    /its format is 3, and 4 is what can be read/,
  );
});

Deno.test("readNotebook() names a file that is not there", async () => {
  await assert.rejects(
    readNotebook("nowhere/x.ipynb"),
    /Cannot read the notebook nowhere\/x\.ipynb/,
  );
});

Deno.test("writeNotebook() leaves the old file, and nothing else, when it fails", async () => {
  await withNotebook(notebookOf("1"), async (path, folder) => {
    await assert.rejects(
      writeNotebook(join(folder, "no", "x.ipynb"), notebookOf(code("2"))),
      /Cannot write the notebook/,
    );
    const names = [...Deno.readDirSync(folder)].map((entry) => entry.name);
    assert.deepEqual(names, ["notebook.ipynb"]);
    assert.equal((await readNotebook(path)).cells[0].source, "1");
  });
});
