import assert from "node:assert/strict";
import { ServemarkError } from "../../../lib/core/errors.ts";
import { connectionOf } from "../../../lib/platforms/dynamodb/connection.ts";
import { describe, priceOf } from "../../../lib/platforms/dynamodb/facts.ts";
import { openDynamodb } from "../../../lib/platforms/dynamodb/platform.ts";
import { idTable } from "../../fixtures/tables.ts";
import { refusal, standIn } from "./stand_in.ts";

Deno.test("openDynamodb() names what is wrong with a setting", async () => {
  for (
    const [settings, message] of [
      [{ uri: "mysql://here" }, /neither an http\(s\) URL nor dynamodb:/],
      [{ endpoint: "http://me:secret@127.0.0.1" }, /carries no login/],
      [{ tablePrefix: "a b" }, /tablePrefix/],
      [{ endpoint: "http://127.0.0.1:1", loadConnections: 0 }, /whole number/],
      [{ profile: 7 }, /Write profile as text/],
      [{ emulator: "dynamo" }, /Known: dynoxide, dynalite/],
      [{ tabelPrefix: "x" }, /Did you mean "tablePrefix"/],
      [{ consistentRead: "yes" }, /Write true or false/],
      [{ usdPerMillionRru: "cheap" }, /such as 0\.125/],
    ] as const
  ) {
    await assert.rejects(
      openDynamodb(settings),
      (error) =>
        error instanceof ServemarkError && message.test(error.message) &&
        !error.message.includes("secret"),
      JSON.stringify(settings),
    );
  }
});

Deno.test("openDynamodb() says that nothing listens at an endpoint", async () => {
  const server = standIn(() => ({ body: {} }));
  await server.close();
  await assert.rejects(
    openDynamodb({ endpoint: server.endpoint }),
    (error) =>
      error instanceof ServemarkError &&
      error.details.place === new URL(server.endpoint).host &&
      /something listens/.test(error.message),
  );
});

Deno.test("openDynamodb() says that a login was refused", async () => {
  const server = standIn(() =>
    refusal(
      "UnrecognizedClientException",
      "The security token included in the request is invalid.\nAKIAIOSFODNN7EXAMPLE",
    )
  );
  await assert.rejects(
    openDynamodb({ endpoint: server.endpoint }),
    (error) =>
      error instanceof ServemarkError &&
      /UnrecognizedClientException/.test(error.message) &&
      /AWS_PROFILE/.test(error.message) && !/AKIA/.test(error.message),
  );
  await server.close();
});

Deno.test("a platform names tables by its prefix, and says when they are missing", async () => {
  const server = standIn(({ target, body }) => {
    assert.equal(target === "Scan" || target === "DescribeTable", true);
    assert.ok(body.TableName.startsWith("mine."));
    return refusal("ResourceNotFoundException", "not found");
  });
  const platform = await openDynamodb({
    endpoint: server.endpoint,
    tablePrefix: "mine.",
  });
  const { table } = idTable("cards", 10);
  assert.deepEqual(await platform.existing([table]), []);
  await assert.rejects(
    platform.fingerprint(table),
    /Cannot verify table mine\.cards.*[^]*Load the dataset first/,
  );
  const { connection } = platform.driver();
  assert.equal(connectionOf(connection).tablePrefix, "mine.");
  await platform.close();
  await server.close();
});

Deno.test("priceOf() assumes the service's price for anything else", async () => {
  const at = (endpoint: string, region: string) => ({
    endpoint,
    region,
    tablePrefix: "",
    keys: "chain" as const,
    consistentRead: false,
  });
  const home = at("https://dynamodb.us-east-1.amazonaws.com", "us-east-1");
  const away = at("https://dynamodb.eu-west-1.amazonaws.com", "eu-west-1");
  const local = at("http://127.0.0.1:8000", "us-east-1");
  const assumed = [home, away, local].map((connection) => {
    const cost = priceOf(connection);
    assert.ok(cost.kind === "metered");
    assert.equal(cost.usdPerUnit.rru, 0.125e-6);
    return cost.assumed;
  });
  assert.deepEqual(assumed, [false, true, true]);
  const stated = { usdPerMillionRru: 0.25, priceItem: "ours" };
  const own = priceOf(local, stated);
  assert.ok(own.kind === "metered" && !own.assumed);
  assert.deepEqual([own.usdPerUnit.rru, own.item], [0.25e-6, "ours"]);
  assert.equal((await describe(home)).nature, "service");
  assert.deepEqual((await describe(home)).caveats, []);
});
