import assert from "node:assert/strict";
import type { S3Client } from "@aws-sdk/client-s3";
import { openStore } from "../../lib/stores/open.ts";
import { S3Parts } from "../../lib/stores/s3_parts.ts";
import { S3Requests } from "../../lib/stores/s3_requests.ts";
import { readS3Uri } from "../../lib/stores/s3_settings.ts";
import type { StoreRequest } from "../../lib/stores/store.ts";
import { withEnv } from "../contracts/store.ts";
import { startS3 } from "../emulators/versitygw.ts";
import { cutAnswers } from "../fixtures/cut_answers.ts";

const MB = 1_000_000;

interface Server {
  readonly aws: typeof import("@aws-sdk/client-s3");
  readonly client: S3Client;
  readonly endpoint: string;
  /** The bucket's folder: `s3://bucket/NAME?…`. */
  uri(folder: string, endpoint?: string): string;
}

/** One server for all tests of this file, since it takes a moment to start. */
Deno.test("S3Store", async (t) => {
  const server = await startS3();
  if ("missing" in server) {
    await t.step({
      name: `skipped; what it needs: ${server.missing}`,
      ignore: true,
      fn: () => undefined,
    });
    return;
  }
  const { endpoint, region, env } = server;
  const aws = await import("@aws-sdk/client-s3");
  try {
    await withEnv(env, async () => {
      const client = new aws.S3Client({
        endpoint,
        region,
        forcePathStyle: true,
      });
      await client.send(new aws.CreateBucketCommand({ Bucket: "bucket" }));
      const uri = (folder: string, at = endpoint) =>
        `s3://bucket/${folder}?endpoint=${at}&region=${region}`;
      await checks(t, { aws, client, endpoint, uri });
      client.destroy();
    });
  } finally {
    await server.close();
  }
});

async function checks(t: Deno.TestContext, server: Server): Promise<void> {
  const { aws, client, uri } = server;

  await t.step(
    "reads a public bucket without credentials, and no other",
    async () => {
      const Bucket = "public-catalog";
      await client.send(new aws.CreateBucketCommand({ Bucket }));
      const owned = await openStore(uri("x").replace("bucket/x", Bucket));
      await owned.put("datasets/a", new Uint8Array([1, 2, 3]));
      await client.send(
        new aws.PutBucketPolicyCommand({
          Bucket,
          Policy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [{
              Effect: "Allow",
              Principal: "*",
              Action: ["s3:GetObject", "s3:ListBucket"],
              Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
            }],
          }),
        }),
      );
      const read = async (at: string) => {
        const store = await openStore(at);
        assert.deepEqual(
          await store.get("datasets/a", { from: 1, to: 3 }),
          new Uint8Array([2, 3]),
        );
        assert.equal((await Array.fromAsync(store.list("datasets"))).length, 1);
        await assert.rejects(
          store.put("datasets/b", new Uint8Array(1)),
          /Cannot write datasets\/b: no AWS credentials were found/,
        );
      };
      const none = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
      await withEnv(none, () => read(owned.uri));
      // Also when this machine's own keys are none of the bucket's.
      await read(`${owned.uri}&anonymous=true`);
      await withEnv({ ...none, AWS_PROFILE: "nowhere" }, async () => {
        await assert.rejects(
          (await openStore(owned.uri)).get("datasets/a"),
          /Cannot find AWS credentials for S3[^]*profile nowhere/,
        );
      });
    },
  );

  await t.step("takes the endpoint from AWS's own variables", async () => {
    const at = { AWS_REGION: "eu-west-1", AWS_ENDPOINT_URL: server.endpoint };
    await withEnv(at, async () => {
      const store = await openStore("s3://bucket/from-environment");
      await store.put("a", new Uint8Array(3));
      assert.deepEqual(await store.stat("a"), { key: "a", bytes: 3 });
    });
  });

  await t.step(
    "onRequest tells the ranges and the bytes of every request",
    async () => {
      const told: StoreRequest[] = [];
      const store = await openStore(uri("told"), {
        onRequest: (request) => told.push(request),
      });
      await store.put("a", new Uint8Array(5_000));
      await store.get("a", { from: 1_000, to: 1_100 });
      await store.get("a", { from: 9_000, to: 9_100 });
      await store.stat("a");
      assert.deepEqual(
        told.map((
          { method, range, status, sent },
        ) => [method, range, status, sent]),
        [
          ["PUT", undefined, 200, 5_000],
          ["GET", "bytes=1000-1099", 206, 0],
          ["GET", "bytes=9000-9099", 416, 0],
          ["HEAD", undefined, 200, 0],
        ],
      );
      assert.equal(told[1].received, 100);
      assert.equal(told[3].received, 0);
      assert.match(told[0].path, /^\/bucket\/told\/a/);
    },
  );

  await t.step(
    "create() puts what is small at once, and sends the part with the head last",
    async () => {
      const told: StoreRequest[] = [];
      const store = await openStore(uri("parts"), {
        onRequest: (request) => told.push(request),
      });
      const small = await store.create("small", { head: 10 });
      await small.write(new Uint8Array(5 * MB));
      await small.finish(new Uint8Array(10));
      assert.deepEqual(told.map(({ method, sent }) => [method, sent]), [
        ["PUT", 5 * MB + 10],
      ]);
      told.length = 0;
      const writer = await store.create("large", { head: 10 });
      for (let n = 0; n < 30; n++) {
        await writer.write(new Uint8Array(MB).fill(n));
      }
      await writer.finish(new Uint8Array(10));
      const numbers = told.map(({ path }) => /partNumber=(\d+)/.exec(path)?.[1])
        .filter((number) => number !== undefined).map(Number);
      assert.equal(numbers.at(-1), 1);
      assert.deepEqual(numbers.toSorted((a, b) => a - b), [1, 2, 3, 4]);
      const first = told.find(({ path }) => path.includes("partNumber=1"))!;
      assert.equal(first.sent, 5 * 1024 * 1024);
      assert.match(told.at(-1)!.path, /uploadId=/);
      assert.equal(told.at(-1)!.method, "POST");
      assert.equal((await store.stat("large"))?.bytes, 30 * MB + 10);
    },
  );

  await t.step(
    "create() sends no part again that a checkpoint kept",
    async () => {
      const numbers: number[][] = [];
      for (const stop of [true, false]) {
        const sent: number[] = [];
        numbers.push(sent);
        const store = await openStore(uri("resumed"), {
          onRequest: ({ path }) => {
            const number = /partNumber=(\d+)/.exec(path)?.[1];
            if (number) sent.push(Number(number));
          },
        });
        const writer = await store.create("x", { head: 10, resume: "job" });
        let n = (writer.resumed as number | undefined) ?? 0;
        assert.equal(writer.resumed === undefined, stop);
        for (; n < 40; n++) {
          await writer.write(new Uint8Array(MB).fill(n));
          if (await writer.checkpoint(n + 1) && stop) break;
        }
        if (stop) await writer.close();
        else await writer.finish(new Uint8Array(10));
      }
      const [before, after] = numbers;
      assert.deepEqual(before, [2]);
      assert.ok(!after.includes(2));
      assert.equal(after.at(-1), 1);
      const store = await openStore(uri("resumed"));
      const found = (await store.get("x"))!;
      assert.equal(found.length, 40 * MB + 10);
      for (let n = 0; n < 40; n++) assert.equal(found[10 + n * MB], n);
    },
  );

  await t.step(
    "create() takes up a write that broke off after the part with the head",
    async () => {
      let breaking = true;
      const store = await openStore(uri("late"), {
        onRequest: ({ path }) => {
          if (breaking && path.includes("partNumber=1")) {
            throw new Error("broken");
          }
        },
      });
      const options = { head: 10, resume: "job" };
      const writer = await store.create("x", options);
      let n = 0;
      while (!await writer.checkpoint(n)) {
        await writer.write(new Uint8Array(MB).fill(++n));
      }
      await assert.rejects(writer.finish(new Uint8Array(10)), /broken/);
      await writer.close();
      breaking = false;
      const again = await store.create("x", options);
      assert.equal(again.resumed, n);
      await again.finish(new Uint8Array(10));
      assert.equal((await store.stat("x"))?.bytes, 10 + n * MB);
    },
  );

  await t.step("S3Parts.sent() lists parts page after page", async () => {
    let pages = 0;
    const requests = new S3Requests(
      readS3Uri(uri("pages")),
      ({ method }) => pages += method === "GET" ? 1 : 0,
    );
    const parts = new S3Parts(requests, "x", ".unfinished/x/job/");
    const upload = await parts.begin();
    const numbers = Array.from({ length: 1_005 }, (_, k) => k + 1);
    const waiting = numbers.values();
    await Promise.all(Array.from({ length: 24 }, async () => {
      for (const n of waiting) await parts.send(upload, n, new Uint8Array(n));
    }));
    const sent = (await parts.sent(upload))!;
    assert.equal(pages, 2);
    assert.deepEqual(sent.map(({ number }) => number), numbers);
    assert.ok(sent.every(({ number, bytes }) => number === bytes));
    await parts.cancel(upload);
    assert.equal(await parts.sent(upload), undefined);
  });

  await t.step(
    "create() starts anew where its upload was removed",
    async () => {
      const store = await openStore(uri("removed"));
      const options = { head: 10, resume: "job" };
      const writer = await store.create("x", options);
      for (let n = 0; !await writer.checkpoint(n); n++) {
        await writer.write(new Uint8Array(MB));
      }
      await writer.close();
      const { Uploads = [] } = await client.send(
        new aws.ListMultipartUploadsCommand({ Bucket: "bucket" }),
      );
      for (const { Key, UploadId } of Uploads) {
        const upload = { Bucket: "bucket", Key, UploadId };
        await client.send(new aws.AbortMultipartUploadCommand(upload));
      }
      const again = await store.create("x", options);
      assert.equal(again.resumed, undefined);
      await again.write(new Uint8Array([1]));
      await again.finish(new Uint8Array(10));
      assert.equal((await store.stat("x"))?.bytes, 11);
    },
  );

  await t.step(
    "finish() of an upload that somebody else cancelled says so",
    async () => {
      const store = await openStore(uri("cancelled"));
      const writer = await store.create("x", { resume: "job" });
      for (let n = 0; !await writer.checkpoint(n); n++) {
        await writer.write(new Uint8Array(MB));
      }
      const { Uploads = [] } = await client.send(
        new aws.ListMultipartUploadsCommand({ Bucket: "bucket" }),
      );
      assert.equal(Uploads.length, 1);
      const [{ Key, UploadId }] = Uploads;
      await client.send(
        new aws.AbortMultipartUploadCommand({
          Bucket: "bucket",
          Key,
          UploadId,
        }),
      );
      await assert.rejects(
        writer.finish(),
        /Cannot write x: its upload was completed, cancelled or written to/,
      );
      await writer.abort();
      assert.equal(await store.exists("x"), false);
    },
  );

  await t.step(
    "a request whose answer is lost is neither lost nor done twice",
    async () => {
      const proxy = cutAnswers(server.endpoint);
      try {
        const store = await openStore(uri("cut", proxy.endpoint));
        await store.put("warm", new Uint8Array(1));
        proxy.cut(1);
        assert.equal(await store.putIfAbsent("a", new Uint8Array([1])), true);
        proxy.cut(1);
        assert.equal(await store.putIfAbsent("a", new Uint8Array([1])), false);
        const writer = await store.create("large", { head: 1 });
        await writer.write(new Uint8Array(20 * MB));
        // The last answer is that of the upload's completion.
        proxy.cut(1, (request) => request.startsWith("POST"));
        await writer.finish(new Uint8Array(1));
        assert.equal((await store.stat("large"))?.bytes, 20 * MB + 1);
        proxy.cut(2, (request) => request.startsWith("GET"), 100_000);
        assert.equal((await store.get("large"))?.length, 20 * MB + 1);
        assert.equal(proxy.cuts, 5);
      } finally {
        await proxy.close();
      }
    },
  );

  await t.step(
    "a writer that cannot even be taken back shows the first error",
    async () => {
      const proxy = cutAnswers(server.endpoint);
      const store = await openStore(uri("gone", proxy.endpoint));
      const write = async () => {
        await using writer = await store.create("x");
        await writer.write(new Uint8Array(20 * MB));
        await proxy.close();
        await writer.finish();
      };
      await assert.rejects(write, (error: Error) => {
        assert.match(
          error.message,
          /^Cannot write x: the service cannot be reached/,
        );
        return true;
      });
      const left = await openStore(uri("gone"));
      await left.tidy({ abandonedMs: -60_000 });
      const { Uploads = [] } = await client.send(
        new aws.ListMultipartUploadsCommand({
          Bucket: "bucket",
          Prefix: "gone",
        }),
      );
      assert.deepEqual(Uploads, []);
    },
  );
}
