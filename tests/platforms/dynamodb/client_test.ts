import assert from "node:assert/strict";
import { ServemarkError } from "../../../lib/core/errors.ts";
import { Backoff } from "../../../lib/platforms/dynamodb/backoff.ts";
import { DynamodbClient } from "../../../lib/platforms/dynamodb/client.ts";
import { writeBatches } from "../../../lib/platforms/dynamodb/load.ts";
import {
  explain,
  ServiceError,
} from "../../../lib/platforms/dynamodb/service_error.ts";
import { batchesOf, idTable } from "../../fixtures/tables.ts";
import { refusal, type Scripted, type Seen, standIn } from "./stand_in.ts";

interface Put {
  readonly PutRequest: {
    readonly Item: Readonly<Record<string, { S: string }>>;
  };
}

const QUICK = { base: 1, cap: 4, attempts: 5 };
const CARDS = idTable("cards", 60);

async function withClient(
  answer: (seen: Seen, n: number) => Scripted,
  check: (client: DynamodbClient, seen: Seen[]) => Promise<void>,
) {
  const server = standIn(answer);
  const client = new DynamodbClient(server.connection, 2, { plan: QUICK });
  try {
    await check(client, server.seen);
  } finally {
    client.close();
    await server.close();
  }
}

const write = (client: DynamodbClient, signal?: AbortSignal) =>
  writeBatches(client, "t_cards", CARDS.table, batchesOf(CARDS), {
    signal,
    explained: (error) => error,
  });

Deno.test("DynamodbClient retries throttles, and counts them", async () => {
  await withClient(
    (_, n) =>
      n < 2
        ? refusal("ProvisionedThroughputExceededException")
        : n === 2
        ? refusal("InternalServerError", "", 500)
        : { body: { ok: true } },
    async (client, seen) => {
      const { text, refused } = await client.call("Scan", "{}");
      assert.deepEqual(JSON.parse(text), { ok: true });
      assert.equal(refused, 3);
      assert.equal(seen.length, 4);
    },
  );
});

Deno.test("DynamodbClient gives up throttles after its limit, and refusals at once", async () => {
  await withClient(
    () => refusal("ThrottlingException", "slow down"),
    async (client, seen) => {
      await assert.rejects(
        client.call("Scan", "{}"),
        (error) =>
          error instanceof ServiceError && error.type === "ThrottlingException",
      );
      assert.equal(seen.length, QUICK.attempts);
    },
  );
  await withClient(
    () => refusal("ValidationException", "no such thing"),
    async (client, seen) => {
      await assert.rejects(client.call("Scan", "{}"), /no such thing/);
      assert.equal(seen.length, 1);
    },
  );
});

Deno.test("writeBatches() sends unprocessed items again until none is left", async () => {
  const stored = new Set<string>();
  await withClient(({ body }) => {
    const requests = body.RequestItems.t_cards as readonly Put[];
    // Takes ten items a request, and gives the rest back.
    for (const { PutRequest } of requests.slice(0, 10)) {
      stored.add(PutRequest.Item[CARDS.table.key[0]].S);
    }
    const left = requests.slice(10);
    return {
      body: { UnprocessedItems: left.length > 0 ? { t_cards: left } : {} },
    };
  }, async (client) => {
    const stats = await write(client);
    assert.equal(stats.rows, 60);
    assert.equal(stored.size, 60);
    // 25 items leave 15, then 5; the last ten leave none.
    assert.equal(stats.retried, 2 * (15 + 5));
  });
});

Deno.test("writeBatches() gives up when nothing is ever processed", async () => {
  await withClient(({ body }) => ({
    body: { UnprocessedItems: body.RequestItems },
  }), async (client) => {
    await assert.rejects(
      write(client),
      /25 items stayed unprocessed after 5 attempts/,
    );
  });
});

Deno.test("writeBatches() stops while it waits to try again", async () => {
  const server = standIn(() => refusal("ThrottlingException"));
  const plan = { base: 60_000, cap: 60_000 };
  const client = new DynamodbClient(server.connection, 1, { plan });
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error("stopped here")), 30);
  await assert.rejects(write(client, stop.signal), /stopped here/);
  client.close();
  await server.close();
});

Deno.test("DynamodbClient tells of a server that is not there", async () => {
  const server = standIn(() => ({ body: {} }));
  await server.close();
  const client = new DynamodbClient(server.connection, 1, { plan: QUICK });
  await assert.rejects(
    client.call("Scan", "{}"),
    Deno.errors.ConnectionRefused,
  );
  client.close();
});

Deno.test("Backoff waits no longer than its plan, and counts", async () => {
  const backoff = new Backoff({ base: 1, cap: 2, attempts: 4 });
  const started = performance.now();
  assert.deepEqual(
    [await backoff.wait(), await backoff.wait(), await backoff.wait()],
    [true, true, true],
  );
  assert.equal(await backoff.wait(), false);
  assert.ok(performance.now() - started < 500);
  backoff.reset();
  assert.equal(backoff.failed, 0);
  assert.equal(await backoff.wait(), true);
});

Deno.test("explain() says what to do about a login, and shows no keys", () => {
  const refused = (type: string) =>
    explain(
      "Cannot open DynamoDB",
      new ServiceError(type, 400, "refused"),
      "dynamodb.eu-west-1.amazonaws.com",
    );
  for (
    const [type, remedy] of [
      ["UnrecognizedClientException", /AWS_ACCESS_KEY_ID/],
      ["ExpiredTokenException", /aws sso login/],
      ["InvalidSignatureException", /clock/],
      ["AccessDeniedException", /Allow these keys/],
      ["ResourceNotFoundException", /Load the dataset first/],
      ["ThrottlingException", /Wait and try again/],
    ] as const
  ) {
    const error = refused(type);
    assert.ok(error instanceof ServemarkError);
    assert.match(error.message, remedy);
    assert.ok(error.message.includes(type));
  }
});
