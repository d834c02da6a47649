import assert from "node:assert/strict";
import { GcsParts } from "../../lib/stores/gcs_parts.ts";
import { GcsRequests } from "../../lib/stores/gcs_requests.ts";
import { openStore } from "../../lib/stores/open.ts";
import type { SentPart } from "../../lib/stores/part_target.ts";
import { withEnv } from "../contracts/store.ts";
import { startGcs } from "../emulators/fake_gcs.ts";
import { cutAnswers } from "../fixtures/cut_answers.ts";

const MB = 1_000_000;

Deno.test("GcsStore", async (t) => {
  const server = await startGcs();
  if ("missing" in server) {
    await t.step({
      name: `skipped; what it needs: ${server.missing}`,
      ignore: true,
      fn: () => undefined,
    });
    return;
  }
  const proxy = cutAnswers(server.endpoint);
  try {
    await server.makeBucket("bucket");
    await withEnv({ STORAGE_EMULATOR_HOST: proxy.endpoint }, async () => {
      await t.step(
        "composes an object of more parts than two rounds take",
        async () => {
          const requests = new GcsRequests("gs://bucket/composed");
          const parts = new GcsParts(requests, "x", ".unfinished/x/job/");
          const upload = await parts.begin();
          const numbers = Array.from({ length: 32 * 32 + 2 }, (_, n) => n + 1);
          const sent: SentPart[] = [];
          const waiting = numbers.values();
          await Promise.all(Array.from({ length: 24 }, async () => {
            for (const n of waiting) {
              const bytes = new TextEncoder().encode(`${n},`);
              sent.push(await parts.send(upload, n, bytes));
            }
          }));
          sent.sort((a, b) => a.number - b.number);
          const listed = await parts.sent(upload);
          assert.deepEqual(
            listed.toSorted((a, b) => a.number - b.number),
            sent,
          );
          await parts.complete(upload, sent);
          const found = new TextDecoder().decode(await requests.get("x"));
          assert.equal(found, `${numbers.join(",")},`);
          const answer = await fetch(
            `${server.endpoint}/storage/v1/b/bucket/o`,
          );
          assert.equal((await answer.json()).items.length, 1);
        },
      );
      await t.step(
        "a request whose answer is lost is neither lost nor done twice",
        async () => {
          const store = await openStore("gs://bucket/cut");
          proxy.cut(1);
          assert.equal(await store.putIfAbsent("a", new Uint8Array([1])), true);
          proxy.cut(1);
          assert.equal(
            await store.putIfAbsent("a", new Uint8Array([1])),
            false,
          );
          await store.put("large", new Uint8Array(5 * MB).fill(9));
          proxy.cut(2, (request) => request.startsWith("GET"), 100_000);
          const found = (await store.get("large"))!;
          assert.equal(found.length, 5 * MB);
          assert.ok(found.every((byte) => byte === 9));
          assert.equal(proxy.cuts, 4);
        },
      );
    });
  } finally {
    await proxy.close();
    await server.close();
  }
});
