import assert from "node:assert/strict";
import type { Code } from "../../../lib/platforms/driver.ts";
import { createDriver } from "../../../lib/platforms/drivers.ts";
import { idTable } from "../../fixtures/tables.ts";
import { refusal, type Scripted, type Seen, standIn } from "./stand_in.ts";

const { table } = idTable("cards", 10);
const KEY = table.key[0];
const other = { ...table, name: "others" };

interface Ended {
  rows: number;
  code: Code;
  sent: number;
  firstByte: number;
  done: number;
}

/** Runs one operation after another against a script, with one client. */
async function against(
  name: string,
  answer: (seen: Seen, n: number) => Scripted,
  operations: number,
  strategy: "batched" | "sequential" = "batched",
) {
  const server = standIn(answer);
  const driver = await createDriver({
    driver: `dynamodb/${name}`,
    connection: { ...server.connection },
  });
  let next: (ended: Ended) => void = () => {};
  await driver.open(1, [{ strategy, reads: [table, other] }], {
    done: (_slot, sent, firstByte, done, rows, _bytes, code) =>
      next({ rows, code, sent, firstByte, done }),
  });
  const ended: Ended[] = [];
  for (let n = 0; n < operations; n++) {
    ended.push(
      await new Promise<Ended>((resolve) => {
        next = resolve;
        driver.submit(0, 0, Float64Array.of(n, n));
      }),
    );
  }
  await driver.close();
  await server.close();
  return { ended, driver, seen: server.seen };
}

/** Answers a BatchGetItem, all but the tables named. */
function batch({ body }: Seen, without: readonly string[] = []): Scripted {
  const Responses: Record<string, unknown> = {};
  const UnprocessedKeys: Record<string, unknown> = {};
  for (const [name, asked] of Object.entries(body.RequestItems)) {
    if (without.includes(name)) UnprocessedKeys[name] = asked;
    else Responses[name] = (asked as { Keys: unknown[] }).Keys;
  }
  return {
    body: {
      Responses,
      UnprocessedKeys,
      ConsumedCapacity: [{ TableName: "t", CapacityUnits: 0.5 }],
    },
  };
}

for (const name of ["http", "sdk"]) {
  Deno.test(`dynamodb/${name} asks again for unprocessed keys within the operation`, async () => {
    const { ended, driver, seen } = await against(
      name,
      (one, n) => batch(one, n === 0 ? ["t_others"] : []),
      2,
    );
    assert.deepEqual(ended.map(({ rows, code }) => [rows, code]), [
      [2, 0],
      [2, 0],
    ]);
    assert.equal(seen.length, 3);
    assert.deepEqual(Object.keys(seen[1].body.RequestItems), ["t_others"]);
    assert.deepEqual(driver.consumed, { rru: 1.5 });
  });

  Deno.test(`dynamodb/${name} tells a refusal from a loss, and hides neither`, async () => {
    const { ended, driver, seen } = await against(
      name,
      (one, n) =>
        n === 0 ? refusal("ThrottlingException", "slow down") : batch(one),
      2,
    );
    assert.deepEqual(ended.map(({ code }) => code), [2, 0]);
    assert.equal(seen.length, 2);
    assert.equal(driver.lastError, "ThrottlingException: slow down");
  });

  Deno.test(`dynamodb/${name} asks for nothing more in a sequence that failed`, async () => {
    const { ended, seen } = await against(
      name,
      () => refusal("ResourceNotFoundException"),
      1,
      "sequential",
    );
    assert.equal(ended[0].code, 2);
    assert.equal(seen.length, 1);
  });

  Deno.test(`dynamodb/${name} ends an operation as lost, and connects again for the next`, async () => {
    const server = standIn((one) => batch(one));
    const driver = await createDriver({
      driver: `dynamodb/${name}`,
      connection: { ...server.connection },
    });
    const codes: Code[] = [];
    let next = () => {};
    await driver.open(1, [{ strategy: "batched", reads: [table] }], {
      done: (_slot, sent, firstByte, done, _rows, _bytes, code) => {
        assert.ok(sent <= done);
        // The SDK does not show the first byte.
        assert.equal(Number.isNaN(firstByte), code === 4 || name === "sdk");
        codes.push(code);
        next();
      },
    });
    const once = () =>
      new Promise<void>((resolve) => {
        next = resolve;
        driver.submit(0, 0, Float64Array.of(1));
      });
    await once();
    await server.close();
    await once();
    const { port } = new URL(server.endpoint);
    const again = Deno.serve(
      { hostname: "127.0.0.1", port: Number(port), onListen: () => {} },
      () =>
        Response.json({
          Responses: { t_cards: [{ [KEY]: { S: "x" } }] },
          UnprocessedKeys: {},
        }),
    );
    await once();
    await driver.close();
    await again.shutdown();
    assert.deepEqual(codes, [0, 4, 0]);
    assert.match(driver.lastError ?? "", /refused|closed|broke|hang up/i);
  });
}

Deno.test("a driver refuses tables whose keys have two columns", async () => {
  const events = { ...table, key: [KEY, "happened_at"] };
  const driver = await createDriver({
    driver: "dynamodb/http",
    connection: {
      endpoint: "http://127.0.0.1:9",
      region: "eu-west-1",
      tablePrefix: "",
      keys: "placeholder",
      consistentRead: false,
    },
  });
  await assert.rejects(
    driver.open(1, [{ strategy: "batched", reads: [events] }], {
      done: () => {},
    }),
    /its key has 2 columns/,
  );
});
