import assert from "node:assert/strict";
import { join } from "node:path";
import { openCatalog } from "../../lib/catalog/catalog.ts";
import type { Manifest } from "../../lib/catalog/manifest.ts";
import { openPostgres } from "../../lib/platforms/postgres/platform.ts";
import { openStore, splitUri } from "../../lib/stores/open.ts";
import { materialize } from "../../lib/transfers/materialize.ts";
import { openSource } from "../../lib/transfers/open_source.ts";
import { fingerprintSource } from "../../lib/transfers/watched_rows.ts";
import { withEnv } from "../contracts/store.ts";
import { startS3 } from "../emulators/versitygw.ts";
import { someFraud } from "../fixtures/some_fraud.ts";
import type { Told } from "../fixtures/transfer_child.ts";
import { uriOf, withServer } from "../platforms/postgres/with_server.ts";

const CHILD = new URL("../fixtures/transfer_child.ts", import.meta.url);
const KILLS = 10;
const MOST_ROUNDS = 40;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Round {
  readonly killed: boolean;
  readonly told: readonly Told[];
}

/**
 * Runs the child, and kills it a while after it told what is waited for;
 * without a time it may finish.
 */
async function round(
  args: readonly string[],
  kill?: { until: (told: Told) => boolean; pause: number },
): Promise<Round> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", CHILD.pathname, ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let ended = false;
  const status = child.status.finally(() => ended = true);
  const told: Told[] = [];
  const reached = Promise.withResolvers<void>();
  const reading = (async () => {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const bytes of child.stdout) {
      const lines = (rest + decoder.decode(bytes)).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        const one: Told = JSON.parse(line);
        told.push(one);
        if (kill?.until(one)) reached.resolve();
      }
    }
    reached.resolve();
  })();
  if (kill !== undefined) {
    await reached.promise;
    await pause(kill.pause);
    if (!ended) child.kill("SIGKILL");
  }
  const { success } = await status;
  await reading;
  if (kill === undefined) assert.ok(success, JSON.stringify(told));
  return { killed: !success, told };
}

/**
 * Kills at points that spread over the span: every other time as soon as more
 * has been reached than before, so that each gets a little further. Then lets
 * the same command finish.
 *
 * @param further whether what was told is more than what was reached before
 */
async function killsThenEnd(
  args: readonly string[],
  span: number,
  further: (told: Told) => boolean,
  between: (round: Round, k: number) => Promise<void>,
): Promise<Round> {
  let kills = 0;
  for (let k = 0; k < MOST_ROUNDS && kills < KILLS; k++) {
    const until = k % 2 === 0
      ? further
      : (told: Told) => told.start !== undefined;
    const done = await round(args, { until, pause: (k * 0.618 % 1) * span });
    if (done.killed) kills++;
    else assert.ok(done.told.at(-1)?.done, JSON.stringify(done.told));
    await between(done, k);
  }
  assert.equal(kills, KILLS);
  return await round(args);
}

async function withDataset(
  rows: number,
  body: (folder: string, manifest: Manifest) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const catalog = await openCatalog(join(folder, "catalog"));
    const spec = await someFraud(rows);
    await body(folder, await materialize(spec, catalog, { workers: 2 }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Kills exports to a place; what is durable is never written again. */
async function killExports(
  catalog: string,
  manifest: Manifest,
  output: string,
): Promise<void> {
  const { store: where, key } = splitUri(output);
  const store = await openStore(where);
  let durable = 0;
  let takenUp = 0;
  await killsThenEnd(
    ["export", catalog, "-", output],
    800,
    (told) => (told.durable ?? 0) > durable,
    async ({ killed, told }, k) => {
      const start = told.find((t) => t.start !== undefined)?.start;
      if (start !== undefined) {
        assert.ok(
          start >= durable,
          `round ${k} began at row ${start}, and ${durable} were durable`,
        );
        if (start > 0) takenUp++;
        durable = start;
      }
      for (const t of told) durable = Math.max(durable, t.durable ?? 0);
      if (killed) assert.equal(await store.exists(key), false, `round ${k}`);
      else {
        // Finished before its time: begin another one.
        await store.delete(key);
        durable = 0;
      }
    },
  );
  assert.ok(takenUp > 0, "an export was taken up");
  const source = await openSource(output);
  assert.deepEqual(source.fingerprints, manifest.fingerprints);
  for (const table of source.tables) {
    assert.equal(
      await fingerprintSource(source, table),
      manifest.fingerprints[table.name],
    );
  }
  await source.close();
}

Deno.test(`an export to a file that is killed ${KILLS} times is whole, and redoes no finished part`, () =>
  withDataset(2_000_000, async (folder, manifest) => {
    const output = join(folder, "out", "fraud.dump");
    await killExports(join(folder, "catalog"), manifest, output);
  }));

Deno.test(`an export to S3 that is killed ${KILLS} times is whole, and redoes no finished part`, async () => {
  const server = await startS3();
  if ("missing" in server) {
    console.warn(`S3 is not tested: ${server.missing}`);
    return;
  }
  try {
    await Deno.mkdir(join(server.folder, "bucket"));
    await withEnv(
      server.env,
      () =>
        withDataset(2_000_000, async (folder, manifest) => {
          const output = "s3://bucket/out/fraud.dump" +
            `?endpoint=${server.endpoint}&region=${server.region}`;
          await killExports(join(folder, "catalog"), manifest, output);
        }),
    );
  } finally {
    await server.close();
  }
});

Deno.test(`an import that is killed ${KILLS} times is finished by the same command, whole tables kept`, () =>
  withDataset(
    400_000,
    (folder, manifest) =>
      withServer(async ({ connection }) => {
        const uri = uriOf(connection);
        const platform = await openPostgres({ uri });
        const { tables } = manifest.spec;
        const whole = async () => {
          const there = await platform.existing(tables);
          let rows = 0;
          for (const table of tables.filter((t) => there.includes(t.name))) {
            const found = await platform.fingerprint(table);
            if (found === manifest.fingerprints[table.name]) rows += table.rows;
          }
          return rows;
        };
        let held = 0;
        let kept = 0;
        try {
          await killsThenEnd(
            ["import", join(folder, "catalog"), "-", uri],
            1200,
            (told) => told.start !== undefined,
            async ({ killed, told }, k) => {
              const start = told.find((t) => t.start !== undefined)?.start;
              if (start !== undefined) {
                assert.ok(
                  start >= held,
                  `round ${k}: ${start} of ${held} kept`,
                );
                if (start > 0) kept++;
              }
              if (killed) {
                held = await whole();
                return;
              }
              // Finished before its time: begin another one.
              await platform.drop(tables);
              held = 0;
            },
          );
          assert.ok(kept > 0, "whole tables were kept");
          for (const table of tables) {
            assert.equal(
              await platform.fingerprint(table),
              manifest.fingerprints[table.name],
            );
          }
        } finally {
          await platform.close();
        }
      }),
  ));

Deno.test(`a restore that is killed ${KILLS} times is finished by the same command, nothing done twice`, () =>
  withDataset(400_000, async (folder, manifest) => {
    const output = join(folder, "fraud.dump");
    await round(["export", join(folder, "catalog"), "-", output]);
    await withServer(async ({ connection, control }) => {
      const uri = uriOf(connection);
      const args = ["restore", "-", output, uri];
      const noted = async () => {
        const [{ there }] = await control.query<{ there: boolean }>(
          "SELECT to_regclass('servemark_restore.done') IS NOT NULL AS there",
        );
        if (!there) return 0;
        const [{ n }] = await control.query<{ n: string }>(
          "SELECT count(*) AS n FROM servemark_restore.done",
        );
        return Number(n);
      };
      let before = 0;
      let most = 0;
      const begun = (told: Told) => told.start !== undefined;
      const between = async ({ killed }: Round, k: number) => {
        const now = await noted();
        if (killed) assert.ok(now >= before, `round ${k}: ${now} < ${before}`);
        else await control.query("DROP SCHEMA servemark CASCADE");
        before = killed ? now : 0;
        most = Math.max(most, before);
      };
      const last = await killsThenEnd(args, 250, begun, between);
      assert.ok(most > 10, `at most ${most} entries were there after a kill`);
      assert.deepEqual(last.told.at(-1), { done: true });
      assert.ok(last.told.at(-2)!.start! >= before);
      const platform = await openPostgres({ uri });
      for (const table of manifest.spec.tables) {
        assert.equal(
          await platform.fingerprint(table),
          manifest.fingerprints[table.name],
        );
      }
      await platform.close();
    });
  }));
