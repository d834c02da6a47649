import assert from "node:assert/strict";
import {
  messageOf,
  ServemarkError,
  throwProblems,
} from "../../lib/core/errors.ts";
import { nearest, pick, unknownName } from "../../lib/core/names.ts";

Deno.test("ServemarkError puts cause, place and remedy into its message", () => {
  const error = new ServemarkError("Cannot read the domain", {
    cause: "rows is negative",
    place: "fraud.yaml:12:7",
    remedy: "Write a positive number",
  });
  assert.equal(
    error.message,
    "Cannot read the domain: rows is negative\n  Where: fraud.yaml:12:7\n  What to do: Write a positive number",
  );
});

Deno.test("throwProblems() reports all problems at once, and nothing for none", () => {
  throwProblems("Cannot run", []);
  assert.throws(
    () =>
      throwProblems("Cannot run", [
        { message: "clients must be > 0", place: ".clients(0)" },
        { message: "no platform", remedy: "Add .on()" },
      ]),
    (e: Error) =>
      /2 problems[\s\S]*\.clients\(0\)[\s\S]*no platform[\s\S]*Add \.on/.test(
        e.message,
      ),
  );
});

Deno.test("pick() lists the known names, and suggests the nearest", () => {
  assert.equal(pick("platform", "postgres", { postgres: 1 }), 1);
  assert.throws(
    () => pick("platform", "postgers", { postgres: 1, dynamodb: 2 }),
    /Unknown platform "postgers"[\s\S]*Did you mean "postgres"\? Known: postgres, dynamodb/,
  );
  assert.throws(
    () => pick("platform", "toString", { postgres: 1 }),
    /Unknown platform/,
  );
  assert.match(
    unknownName("table", "x", ["abcdef"], "retail.yaml:3:1").message,
    /retail\.yaml:3:1/,
  );
  assert.equal(nearest("zzzzzz", ["postgres"]), undefined);
});

Deno.test("messageOf() gives a text for anything thrown", () => {
  assert.equal(messageOf(new Error("no")), "no");
  assert.equal(messageOf("plain"), "plain");
  assert.equal(messageOf(new RangeError()), "RangeError");
});
