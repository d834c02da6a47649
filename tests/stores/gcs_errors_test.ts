/**
 * Answers that the emulator does not give, from a stand-in that gives them as
 * the service documents them
 * (https://cloud.google.com/storage/docs/json_api/v1/status-codes).
 */
import assert from "node:assert/strict";
import { explainGcs } from "../../lib/stores/gcs_errors.ts";
import { openStore } from "../../lib/stores/open.ts";
import type { Store } from "../../lib/stores/store.ts";
import { withEnv } from "../contracts/store.ts";

/** Runs with a stand-in that gives these statuses in turn, then 200. */
async function withAnswers(
  statuses: readonly number[],
  action: (store: Store, requests: () => number) => Promise<void>,
): Promise<void> {
  let requests = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
    async (request) => {
      await request.body?.cancel();
      const status = statuses[requests++] ?? 200;
      const body = status === 200
        ? { name: "team/a", size: "3" }
        : { error: { code: status, message: `Reason ${status}.\nmore` } };
      return Response.json(body, { status });
    },
  );
  const host = { STORAGE_EMULATOR_HOST: `127.0.0.1:${server.addr.port}` };
  try {
    await withEnv(host, async () => {
      await action(await openStore("gs://bucket/team"), () => requests);
    });
  } finally {
    await server.shutdown();
  }
}

Deno.test("GcsStore waits for a busy service", () =>
  withAnswers([429, 503], async (store, requests) => {
    assert.deepEqual(await store.stat("a"), { key: "a", bytes: 3 });
    assert.equal(requests(), 3);
  }));

Deno.test("GcsStore says when waiting did not help", () =>
  withAnswers(Array(9).fill(503), async (store, requests) => {
    await assert.rejects(store.stat("a"), /the service is busy, also after/);
    assert.equal(requests(), 5);
  }));

Deno.test("GcsStore says that nobody is logged in", () =>
  withAnswers([401, 403], async (store) => {
    for (const read of [store.get("a"), store.get("a")]) {
      await assert.rejects(
        read,
        /no Google credentials were found[^]*gcloud auth application-default login/,
      );
    }
  }));

Deno.test("GcsStore stops at its signal while it waits", () =>
  withAnswers(Array(9).fill(503), async (store) => {
    const stop = new AbortController();
    const writer = await store.create("a", { signal: stop.signal });
    await writer.write(new Uint8Array(3));
    const finished = writer.finish();
    setTimeout(() => stop.abort(new Error("stopped by hand")), 100);
    await assert.rejects(finished, /stopped by hand/);
    await writer.close();
  }));

for (
  const [status, permission, pattern] of [
    [401, "objects.get", /does not accept these credentials/],
    [
      403,
      "objects.get",
      /lacks the permission storage\.objects\.get[^]*--role=roles\/storage\.objectViewer/,
    ],
    [
      403,
      "objects.create",
      /storage\.objects\.create[^]*--role=roles\/storage\.objectUser/,
    ],
    [404, "objects.list", /there is no bucket "bucket"/],
    [412, "objects.create", /Cannot write a: HTTP 412: Reason/],
  ] as const
) {
  Deno.test(`explainGcs() explains ${status} for ${permission}`, () => {
    const error = explainGcs({
      what: "Cannot write a",
      place: "gs://bucket/a",
      bucket: "bucket",
      permission,
      anonymous: false,
    }, { status, text: "Reason\nx-goog-auth: secret" });
    assert.match(error.message, pattern);
    assert.match(error.message, /Where: gs:\/\/bucket\/a\n {2}What to do: /);
    assert.doesNotMatch(error.message, /secret/);
  });
}

Deno.test("GcsStore says which credentials cannot be read", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(
      path,
      '{"type":"nonsense","private_key":"hunter2"}',
    );
    await withEnv({ GOOGLE_APPLICATION_CREDENTIALS: path }, async () => {
      const store = await openStore("gs://bucket/team");
      await assert.rejects(store.get("a"), (error: Error) => {
        assert.match(error.message, /Cannot log in to Google Cloud Storage: /);
        assert.ok(error.message.includes(`Where: ${path}`));
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      });
    });
  } finally {
    await Deno.remove(path);
  }
});
