import assert from "node:assert/strict";
import { join } from "node:path";
import { openStore } from "../../lib/stores/open.ts";
import { withEnv } from "../contracts/store.ts";
import { type FilesApi, startFilesApi } from "../emulators/files_api.ts";
import { cutAnswers } from "../fixtures/cut_answers.ts";

const URI = "volumes:/Volumes/main/bench/data/a";

const NOTHING = {
  DATABRICKS_HOST: "",
  DATABRICKS_TOKEN: "",
  DATABRICKS_CLIENT_ID: "",
  DATABRICKS_CLIENT_SECRET: "",
  DATABRICKS_CONFIG_PROFILE: "",
};

/** Runs with a stand-in of the Files API, and with a file of profiles. */
async function withApi(
  profiles: (api: FilesApi) => string,
  action: (api: FilesApi, env: Record<string, string>) => Promise<void>,
): Promise<void> {
  const api = startFilesApi({ volumes: ["main.bench.data"] });
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "profiles");
    await Deno.writeTextFile(path, profiles(api));
    const env = { ...NOTHING, DATABRICKS_CONFIG_FILE: path, TMPDIR: folder };
    await withEnv(env, () => action(api, env));
  } finally {
    await api.close();
    await Deno.remove(folder, { recursive: true });
  }
}

const PROFILES = ({ host, token, client }: FilesApi) => `
; of a test
[DEFAULT]
host = ${host}/
token = ${token}

[service]
host=${host}
client_id     = ${client.id}
client_secret = ${client.secret}

[browser]
host = ${host}
auth_type = databricks-cli

[refused]
host = ${host}
client_id = ${client.id}
client_secret = wrong-secret
`;

async function works(uri = URI): Promise<void> {
  const store = await openStore(uri);
  await store.put("x", new Uint8Array([1]));
  assert.deepEqual(await store.get("x"), new Uint8Array([1]));
}

Deno.test("databricksLogin() takes the DEFAULT profile, or another by name", () =>
  withApi(PROFILES, async (api) => {
    await works();
    await works(`${URI}?profile=service`);
    assert.equal(api.tokens, 1);
    await withEnv({ DATABRICKS_CONFIG_PROFILE: "service" }, () => works());
    assert.equal(api.tokens, 2);
    await assert.rejects(
      works(`${URI}?profile=servise`),
      /no Databricks profile "servise"[^]*Known: DEFAULT, service, browser/,
    );
    await assert.rejects(
      works(`${URI}?profile=browser`),
      /the login "databricks-cli" [^]*databricks auth token/,
    );
    await assert.rejects(works(`${URI}?profile=refused`), (error: Error) => {
      assert.match(
        error.message,
        /the workspace refused the client \(HTTP 401\)/,
      );
      assert.doesNotMatch(error.message, /wrong-secret/);
      return true;
    });
  }));

Deno.test("databricksLogin() takes a token or a client from the environment", () =>
  withApi(() => "", async ({ host, token, client }) => {
    await assert.rejects(works(), /no host is set[^]*Set DATABRICKS_HOST/);
    await withEnv({ DATABRICKS_HOST: host }, async () => {
      await assert.rejects(works(), /neither a token nor a client/);
      await withEnv({ DATABRICKS_TOKEN: token }, () => works());
      await withEnv({
        DATABRICKS_CLIENT_ID: client.id,
        DATABRICKS_CLIENT_SECRET: client.secret,
      }, () => works());
    });
    await withEnv({ DATABRICKS_HOST: "http://example.com" }, async () => {
      await assert.rejects(works(), /is no https address of a workspace/);
    });
  }));

Deno.test("databricksLogin() asks for one token, however many requests there are", () =>
  withApi(PROFILES, async (api) => {
    const store = await openStore(`${URI}?profile=service`);
    const keys = Array.from({ length: 30 }, (_, n) => `many/${n}`);
    await Promise.all(keys.map((key) => store.put(key, new Uint8Array(9))));
    assert.equal(api.tokens, 1);
    assert.equal((await Array.fromAsync(store.list())).length, 30);
  }));

Deno.test("VolumesStore waits for a busy workspace", () =>
  withApi(PROFILES, async (api) => {
    api.refuse(2, 429);
    await works();
  }));

Deno.test("VolumesStore.create() stops at the 5 GiB that the service takes", () =>
  withApi(PROFILES, async (api) => {
    const store = await openStore(URI);
    const head = 5 * 1024 ** 3;
    await using writer = await store.create("x", { head });
    await assert.rejects(
      writer.write(new Uint8Array(1)),
      /Cannot write a file of over 5 GiB[^]*What to do: Write several files/,
    );
    assert.equal(api.files.size, 0);
  }));

Deno.test("VolumesStore repeats a file whose sending broke off", () =>
  withApi(PROFILES, async (api) => {
    const proxy = cutAnswers(api.host);
    try {
      const env = {
        DATABRICKS_HOST: proxy.endpoint,
        DATABRICKS_TOKEN: api.token,
      };
      await withEnv(env, async () => {
        const store = await openStore(URI);
        proxy.cut(1);
        assert.equal(await store.putIfAbsent("a", new Uint8Array([1])), true);
        assert.equal(await store.putIfAbsent("a", new Uint8Array([2])), false);
        await using writer = await store.create("large", { head: 1 });
        await writer.write(new Uint8Array(3_000_000).fill(7));
        proxy.cut(2, (request) => request.startsWith("PUT"));
        await writer.finish(new Uint8Array([7]));
        const found = (await store.get("large"))!;
        assert.equal(found.length, 3_000_001);
        assert.ok(found.every((byte) => byte === 7));
        assert.equal(proxy.cuts, 3);
      });
    } finally {
      await proxy.close();
    }
  }));
