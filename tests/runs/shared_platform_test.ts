import assert from "node:assert/strict";
import { startEmbeddedPostgres } from "../../lib/platforms/postgres/embedded.ts";
import { run } from "../../lib/runs/run.ts";
import { dataset } from "../../lib/transfers/dataset.ts";

Deno.test("execute() asks a server of others for one system's connections at a time", async () => {
  const catalog = await Deno.makeTempDir();
  // Enough for one system of eight clients and what loads it, not for two.
  const { connection, server } = await startEmbeddedPostgres({
    max_connections: "14",
    superuser_reserved_connections: "0",
    reserved_connections: "0",
  });
  try {
    const { host, port, user, password, database } = connection;
    const uri = `postgres://${user}:${password}@${host}:${port}/${database}`;
    const { result } = await run("shared")
      .dataset(
        dataset("fraud_detection").version("1.0").tables(3).rows("3k"),
      )
      .workload("fanout", { tables: 3, strategy: ["batched", "sequential"] })
      .clients(8).iterations(10).minimum(80).workers(1)
      .on({ kind: "postgres", uri })
      .execute({ catalog, progress: () => {} });
    assert.doesNotMatch(result.warnings.join(), /could not be measured/);
    assert.deepEqual(
      result.points.map((p) => [p.system, p.operations, p.codes[0]]),
      [["postgres batched", 80, 80], ["postgres sequential", 80, 80]],
    );
  } finally {
    await server.close();
    await Deno.remove(catalog, { recursive: true });
  }
});
