import assert from "node:assert/strict";
import { openPlatform } from "../../lib/platforms/open.ts";
import { run } from "../../lib/runs/run.ts";
import { dataset } from "../../lib/transfers/dataset.ts";

Deno.test("execute() keeps what it measured when a real server goes away in the middle", async () => {
  const catalog = await Deno.makeTempDir();
  const server = await openPlatform("postgres");
  try {
    const { host, port, user, password, database } = server.driver().connection;
    const uri = `postgres://${user}:${password}@${host}:${port}/${database}`;
    let closing: Promise<void> | undefined;
    const { result } = await run("vanishing")
      .dataset(
        dataset("fraud_detection").version("1.0").tables(3).rows("3k"),
      )
      .workload("fanout", { tables: 3, strategy: "batched" })
      .clients(1, 4).iterations(50).minimum(100).workers(1)
      .on({ kind: "postgres", uri }, "memory")
      .execute({
        catalog,
        progress: ({ step, done }) => {
          // Both systems have their first level behind them.
          if (step.startsWith("Run") && done >= 200) closing ??= server.close();
        },
      });
    await closing;
    const postgres = result.points.filter((p) =>
      p.system === "postgres batched"
    );
    assert.equal(postgres.length, 2);
    assert.equal(postgres[0].operations, 100);
    assert.equal(
      postgres[0].reasons.some((r) => r.code === "vanished"),
      false,
    );
    assert.ok(postgres[1].invalid.length > 0);
    const memory = result.points.filter((p) => p.system === "memory batched");
    assert.deepEqual(memory.map((p) => p.operations), [100, 200]);
    const text = JSON.stringify([result.warnings, postgres[1].invalid]);
    assert.match(
      text,
      /could not be measured from 4 clients on|operations failed/,
    );
    assert.ok(!text.includes(String(password)));
  } finally {
    await server.close();
    await Deno.remove(catalog, { recursive: true });
  }
});
