import assert from "node:assert/strict";
import { startEmbeddedPostgres } from "../../../lib/platforms/postgres/embedded.ts";
import { openPostgres } from "../../../lib/platforms/postgres/platform.ts";
import { exists, isAlive } from "../embedded/processes.ts";
import { withServer } from "./with_server.ts";

Deno.test("startEmbeddedPostgres() runs two servers that do not disturb each other", async () => {
  const [a, b] = await Promise.all([
    startEmbeddedPostgres(),
    startEmbeddedPostgres(),
  ]);
  assert.notEqual(a.server.port, b.server.port);
  assert.notEqual(a.connection.password, b.connection.password);
  await a.server.close();
  assert.ok(await isAlive(b.server.pid));
  await b.server.close();
  for (const { server } of [a, b]) {
    assert.ok(!await isAlive(server.pid));
    assert.ok(!await exists(server.folder));
  }
});

Deno.test("the embedded PostgreSQL keeps its durability, and says what it is", async () => {
  const platform = await openPostgres({ name: "mine" });
  try {
    assert.equal(platform.name, "mine");
    const facts = await platform.facts();
    assert.match(facts.engine, /^PostgreSQL 18\./);
    assert.equal(facts.nature, "embedded");
    assert.match(facts.place, /^127\.0\.0\.1:\d+\/postgres$/);
    assert.equal(facts.settings.fsync, "on");
    assert.equal(facts.settings.synchronous_commit, "on");
    assert.equal(facts.settings.shared_buffers, "256MB");
    assert.ok(facts.caveats.length > 0);
  } finally {
    await platform.close();
  }
});

Deno.test("the embedded PostgreSQL listens to this machine only, and to nobody without the password", async () => {
  await withServer(async ({ control, connection }) => {
    const [{ listen_addresses }] = await control.query<
      { listen_addresses: string }
    >("SHOW listen_addresses");
    assert.equal(listen_addresses, "127.0.0.1");
    const rules = await control.query<{ type: string; method: string }>(
      "SELECT type, auth_method AS method FROM pg_hba_file_rules",
    );
    for (const { type, method } of rules) {
      assert.equal(method, type === "local" ? "trust" : "scram-sha-256");
    }
    assert.ok(connection.password.length >= 32);
  });
});
