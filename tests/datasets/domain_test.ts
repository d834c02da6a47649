import assert from "node:assert/strict";
import { datasetSpec } from "../../lib/datasets/compile.ts";
import {
  type Domain,
  listDomains,
  loadDomain,
} from "../../lib/datasets/domain.ts";
import { readDomain } from "../../lib/datasets/domain_file.ts";

const GOOD = `name: tiny
version: 1.10
seed: 5
description: A domain for tests
as_of: 2026-01-01
rows: 16_600_000_000
entities:
  card:
    key: { column: card_id, as: integer }
tables:
  card_stats:
    entity: card
    description: Numbers
    columns:
      amount: { type: "decimal(12,2)", uniform: { min: 0.5, max: 20 } }
      seen: { type: timestamp, time: { last: 24h }, nulls: 0.1 }
`;

/** The problems of a text, one a line, without the file's name and the remedies. */
function problems(text: string): string[] {
  let message = "";
  assert.throws(() => readDomain(text, "t.yaml"), (error: Error) => {
    message = error.message;
    return true;
  });
  return message.split("\n").filter((line) => line.startsWith("  t.yaml:"))
    .map((line) => line.slice("  t.yaml:".length));
}

Deno.test("listDomains() names the domains of the project", async () => {
  const names = await listDomains();
  assert(names.includes("fraud_detection") && names.includes("retail"));
});

Deno.test("loadDomain() works from any working directory", async () => {
  const before = Deno.cwd();
  const folder = await Deno.makeTempDir();
  try {
    Deno.chdir(folder);
    assert.equal((await loadDomain("retail")).name, "retail");
  } finally {
    Deno.chdir(before);
    await Deno.remove(folder);
  }
});

Deno.test("loadDomain() takes a path", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/mine.yaml`, GOOD);
    const domain = await loadDomain(`${folder}/mine.yaml`);
    assert.equal(domain.name, "tiny");
    await assert.rejects(
      loadDomain(`${folder}/other.yaml`),
      /Cannot read the domain: .*\n.*other\.yaml\n.*fraud_detection, retail/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("loadDomain() lists the known domains for an unknown one", async () => {
  await assert.rejects(
    loadDomain("fraud_detecton"),
    /Unknown domain "fraud_detecton"\n.*Did you mean "fraud_detection"\? Known: fraud_detection, retail/,
  );
});

const fraud = await loadDomain("fraud_detection");
const retail = await loadDomain("retail");

for (const domain of [fraud, retail]) {
  Deno.test(`${domain.name}: tables read as features do`, () => {
    const tables = [...domain.tables, ...domain.events];
    assert.equal(new Set(tables.map((t) => t.name)).size, tables.length);
    for (const table of domain.tables) {
      assert(table.description.length > 10, table.name);
      assert(
        table.columns.length >= 5 && table.columns.length <= 12,
        `${table.name} has ${table.columns.length} columns`,
      );
      assert(table.name.startsWith(table.entity), table.name);
    }
    assert(domain.entities.every((e) => e.popularity !== 0));
    assert(Object.isFrozen(domain.tables[0].columns[0].distribution));
  });
}

Deno.test("fraud_detection: 30 feature tables over 8 entities, with windows, NULLs and events", () => {
  assert.equal(fraud.version, "1.0");
  assert.equal(fraud.tables.length, 30);
  assert.equal(fraud.entities.length, 8);
  for (const window of ["1h", "24h", "7d", "30d"]) {
    assert(fraud.tables.filter((t) => t.name.endsWith(window)).length >= 3);
  }
  const columns = fraud.tables.flatMap((t) => t.columns);
  const kinds = new Set(columns.map((c) => c.type.kind));
  for (const kind of ["boolean", "integer", "decimal", "text", "timestamp"]) {
    assert(kinds.has(kind as "text"), kind);
  }
  assert(columns.filter((c) => c.nullable).length > 30);
  assert(fraud.events.length >= 2);
});

Deno.test("retail: at least 12 feature tables", () => {
  assert(retail.tables.length >= 12);
  const spec = datasetSpec(retail, { rows: 100_000 });
  assert.equal(spec.tables.reduce((n, t) => n + t.rows, 0), 100_000);
});

Deno.test("readDomain() keeps versions as text, and reads 16_600_000_000", () => {
  const domain: Domain = readDomain(GOOD, "t.yaml");
  assert.equal(domain.version, "1.10");
  assert.equal(domain.rows, 16_600_000_000);
  const version = (text: string) =>
    readDomain(GOOD.replace("1.10", text), "t.yaml").version;
  assert.equal(version("1.0"), "1.0");
  assert.equal(version('"1.0"'), "1.0");
  assert.equal(version("2"), "2");
  assert.equal(version("v2-beta.1"), "v2-beta.1");
});

Deno.test("readDomain() scales decimals, and places windows before as_of", () => {
  const [amount, seen] = readDomain(GOOD, "t.yaml").tables[0].columns;
  assert.deepEqual(amount.distribution, {
    kind: "uniform",
    min: 50,
    max: 2000,
  });
  const end = Date.UTC(2026, 0, 1) * 1000;
  assert.deepEqual(seen.distribution, {
    kind: "time",
    from: end - 86_400e6,
    to: end,
  });
  assert.deepEqual([seen.nullable, seen.nulls], [true, 0.1]);
});

Deno.test("readDomain() reports every problem at once, each with line and column", () => {
  const bad = GOOD
    .replace("seed: 5", "seed: five")
    .replace("rows: 16_600_000_000", "rowz: 10")
    .replace("entity: card\n", "entity: crad\n")
    .replace("min: 0.5, max: 20", "min: 30, max: 20")
    .replace("nulls: 0.1", "nulls: 10%");
  assert.deepEqual(problems(bad), [
    '1:1: the domain lacks "rows"',
    "3:7: seed must be a whole number of at least 0: current value is five",
    '6:1: unknown key "rowz" in the domain',
    '8:3: entity "card" has no feature table',
    '12:13: unknown entity "crad"',
    "15:40: min must be at most max: they are 30 and 20",
    "16:60: nulls must be a number from 0 to 1: current value is 10%",
  ]);
});

/** One change to the good file, and the problem that it makes. */
const WRONG: [string, string, string][] = [
  ["type: timestamp", "type: datetime", '16:21: unknown type "datetime"'],
  [
    '"decimal(12,2)"',
    '"decimal(22,2)"',
    '15:23: type "decimal(22,2)" must have a precision from 1 to 15, and a scale of at most that',
  ],
  [
    "uniform:",
    "flag:",
    '15:7: a column of type decimal cannot follow "flag"',
  ],
  [
    "uniform: { min: 0.5, max: 20 }",
    "nulls: 0",
    '15:7: column "amount" does not say how its values are drawn',
  ],
  [
    "uniform: { min: 0.5, max: 20 }",
    "normal: { mean: 5, deviation: 0, min: 0, max: 9 }",
    "15:70: deviation must be above 0",
  ],
  [
    "uniform: { min: 0.5, max: 20 }",
    "power_law: { min: 0, max: 9, exponent: -1 }",
    "15:79: exponent must be a number from 0 to 10: current value is -1",
  ],
  [
    "uniform: { min: 0.5, max: 20 }",
    "uniform: { min: 0.5, maxi: 20 }",
    '15:61: unknown key "maxi" in uniform',
  ],
  [
    "max: 20 }",
    "max: 99999999999 }",
    "15:66: max must be a number from -9999999999.99 to 9999999999.99: current value is 99999999999",
  ],
  [
    "last: 24h",
    "last: 24 parsecs",
    '16:46: Cannot read "24 parsecs" as a window',
  ],
  [
    "as_of: 2026-01-01",
    "as_of: soon",
    "5:8: as_of must be a date or an instant",
  ],
  ["name: tiny", "name: Tiny Domain", "1:7: name must be lower-case"],
  ["card_stats:", "card-stats:", '11:3: table "card-stats" must be lower-case'],
  ["amount:", "card_id:", '15:7: column "card_id" is the entity\'s key'],
  [
    "time: { last: 24h }, nulls: 0.1",
    "event_time: { last: 24h }",
    '11:3: table "card_stats" has a column with event_time, which only event tables have',
  ],
  ["as: integer", "as: uuid", '9:33: unknown key form "uuid"'],
  ["as: integer", "as: id", '9:5: the key lacks "prefix"'],
  [
    "nulls: 0.1",
    "idle: null",
    "16:59: idle has no meaning, as the table has no idle rows",
  ],
  [
    "    columns:\n      amount: {",
    "    idle: 0.5\n    columns:\n      amount: { idle: 1,",
    "16:23: idle must be 0 or null",
  ],
  ["version: 1.10", "version: [1, 10]", "2:1: version must be letters"],
  [
    "uniform: { min: 0.5, max: 20 }",
    "fraction: { of: seen, min: 0, max: 1 }",
    '15:56: there is no column "seen" before this one',
  ],
  [
    "nulls: 0.1",
    "nulls: 0.1 }\n      part: { type: integer, fraction: { of: seen, min: 0, max: 1 }",
    '17:46: column "seen" must be one of numbers from 0, not of time below 0, times or texts',
  ],
  [
    "nulls: 0.1",
    "nulls: 0.1 }\n      part: { type: integer, fraction: { of: amount, min: 0, max: 1 }",
    '17:46: a part of column "amount" has 2 decimals',
  ],
  [
    "nulls: 0.1",
    "nulls: 0.1 }\n      part: { type: integer, product: { of: [amount, amount] }, idle: 0",
    "17:71: idle has no meaning",
  ],
  [
    "nulls: 0.1",
    'nulls: 0.1 }\n      part: { type: "decimal(4,2)", product: { of: [amount, amount] }',
    "17:37: amount times amount can be 400, over what the column's type holds",
  ],
  [
    "nulls: 0.1",
    "nulls: 0.1 }\n      part: { type: integer, product: { of: amount }",
    "17:45: of must be two columns",
  ],
  [
    "uniform: { min: 0.5, max: 20 }",
    'uniform: { min: 0.5, max: 20 }, nulls: 0.2 }\n      part: { type: "decimal(12,2)", fraction: { of: amount, min: 0, max: 1 }',
    '16:7: column "part" follows from "amount", which is NULL in some rows',
  ],
  [
    "nulls: 0.1",
    "correlated: { with: amont, share: 0.5 }",
    '16:73: there is no column "amont" before this one that could be followed',
  ],
  [
    "nulls: 0.1",
    "correlated: { with: amount, share: 1.5 }",
    "16:88: share must be a number from -1 to 1: current value is 1.5",
  ],
  [
    "uniform: { min: 0.5, max: 20 }",
    "hot_set: { min: 0, max: 20, hot: 2, traffic: 0.5 }",
    "15:73: hot must be a number from 0 to 1: current value is 2",
  ],
  [
    "uniform: { min: 0.5, max: 20 }",
    "sequential: { start: 0.001 }",
    "15:61: start must be a whole number of 0.01",
  ],
  [
    "nulls: 0.1",
    "nulls: 0.1 }\n      other: { type: text, foreign_key: card",
    '17:41: keys of "card" are of type bigint: the column\'s is text',
  ],
  [
    "nulls: 0.1",
    "nulls: 0.1 }\n      other: { type: bigint, foreign_key: crad",
    '17:43: unknown entity "crad"',
  ],
  [
    "last: 24h",
    "last: 24h, cycle: [1, 2, 3]",
    "16:51: cycle must be a list of 24 weights",
  ],
  [
    "last: 24h",
    "last: 25h, cycle: [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]",
    "16:51: a daily cycle needs a window of whole days",
  ],
  [
    "type: timestamp, time: { last: 24h }",
    "type: date, time: { last: 36h }",
    "16:27: the window of a date must begin and end at midnight",
  ],
  [
    '"decimal(12,2)"',
    "double",
    '15:23: type "double" is for data that was loaded: no law draws it',
  ],
  [
    "as: integer }",
    "as: integer }\n    popularity: { hot: 0.1 }",
    '10:5: popularity lacks "traffic"',
  ],
];

for (const [good, wrong, problem] of WRONG) {
  Deno.test(`readDomain() on "${wrong}" says where and what`, () => {
    const found = problems(GOOD.replace(good, wrong));
    assert(
      found.some((line) => line.startsWith(problem)),
      `not among:\n${found.join("\n")}`,
    );
  });
}

Deno.test("readDomain() reports a syntax error with its place, and files that are no mapping", () => {
  assert.match(problems(GOOD + "  : [\n")[0], /^1[78]:\d+: not valid YAML/);
  assert.match(problems("- 1\n")[0], /^1:1: the domain must be a mapping/);
  assert.match(problems("")[0], /^1:1: the domain must be a mapping/);
  assert.match(problems(GOOD + "seed: 6\n")[0], /^17:1: not valid YAML/);
});
