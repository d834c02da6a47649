/**
 * Answers that no S3 server gives on demand, from a stand-in that gives them as
 * the service documents them
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
 */
import assert from "node:assert/strict";
import { openStore } from "../../lib/stores/open.ts";
import type { Store } from "../../lib/stores/store.ts";
import { withEnv } from "../contracts/store.ts";

const KEYS = {
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  AWS_SECRET_ACCESS_KEY: "secret-of-tests",
  AWS_SESSION_TOKEN: "token-of-tests",
};

interface Canned {
  /** Only for requests whose query has this; others find an empty bucket. */
  readonly only?: string;
  readonly status: number;
  readonly code: string;
  readonly message?: string;
  readonly extra?: string;
  readonly headers?: Record<string, string>;
}

/** Runs with a stand-in that answers everything alike. */
async function withAnswer(
  canned: Canned,
  action: (store: Store, requests: () => number) => Promise<void>,
): Promise<void> {
  let requests = 0;
  const { only, status, code, message = "Words.", extra = "", headers } =
    canned;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
    async (request) => {
      requests++;
      await request.body?.cancel();
      if (only && !new URL(request.url).searchParams.has(only)) {
        return new Response(
          "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>",
          { headers: { "content-type": "application/xml" } },
        );
      }
      const body = request.method === "HEAD"
        ? null
        : `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code>` +
          `<Message>${message}</Message>${extra}</Error>`;
      return new Response(body, {
        status,
        headers: { "content-type": "application/xml", ...headers },
      });
    },
  );
  const endpoint = `http://127.0.0.1:${server.addr.port}`;
  try {
    await withEnv(KEYS, async () => {
      const uri = `s3://bucket/team?endpoint=${endpoint}&region=us-east-1`;
      await action(await openStore(uri), () => requests);
    });
  } finally {
    await server.shutdown();
  }
}

function says(pattern: RegExp): (error: Error) => boolean {
  return (error) => {
    assert.match(error.message, pattern);
    for (const secret of Object.values(KEYS)) {
      assert.ok(!error.message.includes(secret), error.message);
    }
    return true;
  };
}

for (
  const [canned, pattern] of [
    [
      { status: 403, code: "AccessDenied" },
      /lack the permission s3:GetObject[^]*"Action":\["s3:GetObject"\],"Resource":"arn:aws:s3:::bucket\/team\/\*"/,
    ],
    [
      { status: 400, code: "ExpiredToken", message: "The token has expired." },
      /Cannot read a: the session's keys have expired[^]*aws sso login/,
    ],
    [
      {
        status: 403,
        code: "InvalidAccessKeyId",
        extra: `<AWSAccessKeyId>${KEYS.AWS_ACCESS_KEY_ID}</AWSAccessKeyId>`,
      },
      /the service does not accept these keys/,
    ],
    [
      { status: 403, code: "RequestTimeTooSkewed" },
      /clock is off by more than 15 minutes[^]*Set the clock/,
    ],
    [
      {
        status: 400,
        code: "OddThing",
        message:
          `What ${KEYS.AWS_ACCESS_KEY_ID} asked\nx-amz-security-token:${KEYS.AWS_SESSION_TOKEN}`,
      },
      /Cannot read a: OddThing: What \(key\) asked\n/,
    ],
    [
      { status: 403, code: "OddRefusal", message: "No." },
      /OddRefusal: No\.[^]*Check AWS_ACCESS_KEY_ID/,
    ],
  ] as const
) {
  Deno.test(
    `S3Store explains ${canned.code}`,
    () =>
      withAnswer(canned, async (store, requests) => {
        await assert.rejects(store.get("a"), says(pattern));
        assert.equal(requests(), 1);
      }),
  );
}

Deno.test(
  "S3Store names the permission for each thing that is done",
  () =>
    withAnswer({ status: 403, code: "AccessDenied" }, async (store) => {
      const listed = Array.fromAsync(store.list());
      await assert.rejects(
        listed,
        says(
          /Cannot list the store: .* s3:ListBucket\n[^]*"Resource":"arn:aws:s3:::bucket"\}/,
        ),
      );
      await assert.rejects(
        store.put("a", new Uint8Array(1)),
        says(/s3:PutObject/),
      );
      await assert.rejects(
        store.stat("a"),
        says(/Cannot look up a: .* s3:GetObject/),
      );
      const writer = await store.create("b");
      const write = async () => {
        await writer.write(new Uint8Array(20_000_000));
        await writer.finish();
      };
      await assert.rejects(
        write,
        says(/s3:PutObject or s3:AbortMultipartUpload/),
      );
      await writer.close();
    }),
);

Deno.test(
  "S3Store waits for a busy service, and says when that did not help",
  () =>
    withAnswer({ status: 503, code: "SlowDown" }, async (store, requests) => {
      await assert.rejects(
        store.get("a"),
        says(/S3 is busy, also after repeated attempts[^]*Wait a minute/),
      );
      assert.equal(requests(), 5);
    }),
);

Deno.test(
  "S3Store asks in the region that a bucket says it is in",
  () =>
    withAnswer({
      status: 301,
      code: "PermanentRedirect",
      headers: { "x-amz-bucket-region": "eu-central-1" },
    }, async (store, requests) => {
      await assert.rejects(
        store.get("a"),
        says(/the bucket "bucket" is in [^]*What to do: Add \?region=/),
      );
      assert.equal(requests(), 2);
    }),
);

for (
  const canned of [
    { only: "uploads", status: 403, code: "AccessDenied" },
    { only: "uploads", status: 501, code: "NotImplemented" },
  ]
) {
  Deno.test(
    `S3Store.tidy() leaves uploads alone that it may not list: ${canned.code}`,
    () =>
      withAnswer(canned, async (store, requests) => {
        await store.tidy();
        assert.equal(requests(), 2);
      }),
  );
}
