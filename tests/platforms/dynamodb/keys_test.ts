import assert from "node:assert/strict";
import { ServemarkError } from "../../../lib/core/errors.ts";
import type { DynamodbConnection } from "../../../lib/platforms/dynamodb/connection.ts";
import { KeySource } from "../../../lib/platforms/dynamodb/keys.ts";
import { RequestWriter } from "../../../lib/platforms/dynamodb/request_writer.ts";
import { endpointOf } from "../../../lib/platforms/dynamodb/http_connection.ts";

const CHAIN: DynamodbConnection = {
  endpoint: "https://dynamodb.eu-west-1.amazonaws.com",
  region: "eu-west-1",
  tablePrefix: "t_",
  keys: "chain",
  consistentRead: false,
};

/** Nothing of this machine's own AWS settings, and no metadata service. */
const BARE = {
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_SESSION_TOKEN: undefined,
  AWS_PROFILE: undefined,
  AWS_CONFIG_FILE: "/nonexistent/config",
  AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
  AWS_EC2_METADATA_DISABLED: "true",
};

async function withEnvironment(
  values: Readonly<Record<string, string | undefined>>,
  check: () => Promise<void>,
) {
  const put = (all: Readonly<Record<string, string | undefined>>) => {
    for (const [name, value] of Object.entries(all)) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  };
  const before = Object.fromEntries(
    Object.keys(values).map((name) => [name, Deno.env.get(name)]),
  );
  put(values);
  try {
    await check();
  } finally {
    put(before);
  }
}

Deno.test("KeySource takes keys from the environment, and renews those that end", async () => {
  const environment = {
    ...BARE,
    AWS_ACCESS_KEY_ID: "FROMENVIRONMENT",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_SESSION_TOKEN: "token",
  };
  await withEnvironment(environment, async () => {
    const given = (expires: number) =>
      new KeySource({
        ...CHAIN,
        accessKeyId: "GIVEN",
        secretAccessKey: "given",
        expires,
      });
    assert.equal(
      given(Date.now() + 3_600_000).current?.accessKeyId,
      "GIVEN",
    );
    const ending = given(Date.now() + 60_000);
    assert.equal(ending.current, undefined);
    const renewed = await ending.renew();
    assert.equal(renewed.accessKeyId, "FROMENVIRONMENT");
    assert.equal(renewed.sessionToken, "token");
    assert.equal(ending.current, renewed);
  });
});

Deno.test("KeySource says where keys may come from when there are none", async () => {
  await withEnvironment(BARE, async () => {
    await assert.rejects(
      new KeySource(CHAIN).renew(),
      (error) =>
        error instanceof ServemarkError &&
        /AWS_PROFILE/.test(error.message),
    );
  });
});

Deno.test("KeySource signs for an emulator with placeholders, never with an account's keys", async () => {
  const environment = {
    ...BARE,
    AWS_ACCESS_KEY_ID: "REALKEY",
    AWS_SECRET_ACCESS_KEY: "real",
  };
  await withEnvironment(environment, async () => {
    const source = new KeySource({ ...CHAIN, keys: "placeholder" });
    assert.notEqual(source.current?.accessKeyId, "REALKEY");
    assert.notEqual((await source.renew()).accessKeyId, "REALKEY");
  });
});

Deno.test("RequestWriter writes a whole message, however long its token", () => {
  const writer = new RequestWriter(endpointOf(CHAIN.endpoint), CHAIN.region);
  for (const token of [undefined, "t".repeat(1200), "t".repeat(9000)]) {
    const body = `{"name":"Zürich ${"y".repeat(100)}"}`;
    const message = new TextDecoder().decode(writer.write("GetItem", body, {
      accessKeyId: "A",
      secretAccessKey: "s",
      sessionToken: token,
    }));
    const [head, sent] = message.split("\r\n\r\n");
    assert.equal(sent, body);
    assert.match(head, /^POST \/ HTTP\/1\.1\r\n/);
    assert.match(head, /\r\nhost: dynamodb\.eu-west-1\.amazonaws\.com\r\n/);
    assert.match(head, /\r\nx-amz-target: DynamoDB_20120810\.GetItem\r\n/);
    const length = new TextEncoder().encode(body).length;
    assert.ok(head.endsWith(`content-length: ${length}`));
    assert.equal(head.includes("x-amz-security-token"), token !== undefined);
    assert.ok(token === undefined || head.includes(token));
  }
});
