import assert from "node:assert/strict";
import {
  amzDate,
  type AwsKeys,
  Signer,
} from "../../../lib/platforms/dynamodb/sign.ts";

// The keys and date of AWS's published Signature Version 4 test suite.
const KEYS: AwsKeys = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};
const VANILLA = {
  path: "/",
  query: "",
  headers: [
    ["host", "example.amazonaws.com"],
    ["x-amz-date", "20150830T123600Z"],
  ],
  body: "",
  date: "20150830T123600Z",
} as const;

Deno.test("Signer signs the suite's get-vanilla and post-vanilla as published", () => {
  const signer = new Signer("us-east-1", "service");
  const signature = (method: string) =>
    signer.authorization(KEYS, { method, ...VANILLA });
  assert.equal(
    signature("GET"),
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, " +
      "SignedHeaders=host;x-amz-date, " +
      "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
  );
  assert.match(
    signature("POST"),
    /Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b$/,
  );
});

Deno.test("Signer agrees with the SDK's own signer, session token included", async () => {
  const { DynamoDBClient, BatchGetItemCommand } = await import(
    "@aws-sdk/client-dynamodb"
  );
  const keys = { ...KEYS, sessionToken: "a/session+token==" };
  const client = new DynamoDBClient({ region: "eu-west-1", credentials: keys });
  let compared = 0;
  client.middlewareStack.add(
    () => (args) => {
      const { method, path, headers, body } = args.request as {
        method: string;
        path: string;
        headers: Record<string, string>;
        body: string;
      };
      const names = /SignedHeaders=([^,]+)/.exec(headers.authorization)![1]
        .split(";");
      const lower = new Map(
        Object.entries(headers).map(([name, value]) => [
          name.toLowerCase(),
          value,
        ]),
      );
      const ours = new Signer("eu-west-1", "dynamodb").authorization(keys, {
        method,
        path,
        query: "",
        headers: names.map((name) => [name, lower.get(name)!]),
        body,
        date: lower.get("x-amz-date")!,
      });
      assert.equal(ours, headers.authorization);
      compared++;
      throw new Error("not sent");
    },
    { step: "finalizeRequest", priority: "low" },
  );
  const command = new BatchGetItemCommand({
    RequestItems: { t: { Keys: [{ id: { S: "Zürich|\\ 7" } }] } },
  });
  await assert.rejects(client.send(command), /not sent/);
  assert.equal(compared, 1);
  client.destroy();
});

Deno.test("Signer takes a new key for a new day, region or secret", () => {
  const signer = new Signer("us-east-1", "service");
  const sign = (keys: AwsKeys, date: string) =>
    signer.authorization(keys, { method: "GET", ...VANILLA, date });
  const first = sign(KEYS, "20150830T123600Z");
  const nextDay = sign(KEYS, "20150831T123600Z");
  const other = sign({ ...KEYS, secretAccessKey: "x" }, "20150830T123600Z");
  assert.equal(new Set([first, nextDay, other]).size, 3);
  assert.equal(sign(KEYS, "20150830T123600Z"), first);
});

Deno.test("amzDate() writes UTC without punctuation", () => {
  assert.equal(
    amzDate(Date.UTC(2026, 0, 31, 23, 59, 59, 999)),
    "20260131T235959Z",
  );
  assert.equal(amzDate(Date.UTC(2026, 1, 1)), "20260201T000000Z");
});
