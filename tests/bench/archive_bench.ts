/**
 * Archives against PostgreSQL's own tools: exporting a materialised dataset and
 * dumping the same data from a server; restoring with ours and with theirs into
 * the same server, of the tools' own version.
 *
 * @module
 */
import { join } from "node:path";
import { type Catalog, openCatalog } from "../../lib/catalog/catalog.ts";
import type { Manifest } from "../../lib/catalog/manifest.ts";
import { datasetSpec } from "../../lib/datasets/compile.ts";
import { loadDomain } from "../../lib/datasets/domain.ts";
import { restoreArchive } from "../../lib/platforms/postgres/restore/restore.ts";
import { openStore } from "../../lib/stores/open.ts";
import { catalogSource } from "../../lib/transfers/catalog_source.ts";
import { exportArchive } from "../../lib/transfers/export_archive.ts";
import { materialize } from "../../lib/transfers/materialize.ts";
import {
  type PostgresServer,
  startPostgres,
} from "../emulators/postgres_tools.ts";
import { uriOf } from "../platforms/postgres/with_server.ts";
import {
  type Bench,
  type Measurement,
  median,
  seconds,
} from "./measurement.ts";

const ROWS = 3_000_000;
const PAIRS = 5;
const WORKERS = 2;
const VERSION = 18;

const NAMES = {
  none: "export a materialised dataset as .dump, no compression",
  gzip: "export a materialised dataset as .dump, gzip 6",
  restore: "restore a .dump, 2 connections",
} as const;

interface Setting {
  readonly server: PostgresServer;
  readonly folder: string;
  readonly catalog: Catalog;
  readonly manifest: Manifest;
}

async function withSetting<T>(body: (s: Setting) => Promise<T>): Promise<T> {
  const server = await startPostgres(VERSION);
  if ("missing" in server) throw new Error(server.missing);
  const folder = await Deno.makeTempDir();
  // The tools of the server may run as another user.
  await Deno.chmod(folder, 0o755);
  try {
    const catalog = await openCatalog(join(folder, "catalog"));
    const spec = datasetSpec(await loadDomain("fraud_detection"), {
      rows: ROWS,
    });
    const manifest = await materialize(spec, catalog, { workers: WORKERS });
    return await body({ server, folder, catalog, manifest });
  } finally {
    await server.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Ours and theirs in turn, after one round that is not counted. */
async function pairs(
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
): Promise<{ ours: number; theirs: number }> {
  const mine: number[] = [];
  const others: number[] = [];
  for (let k = -1; k < PAIRS; k++) {
    const both = k % 2 === 0
      ? [await ours(), await theirs()]
      : [await theirs(), await ours()].reverse();
    if (k < 0) continue;
    mine.push(both[0]);
    others.push(both[1]);
  }
  return { ours: median(mine), theirs: median(others) };
}

async function exported(
  { catalog, manifest, folder }: Setting,
  level: number,
): Promise<void> {
  await exportArchive(
    catalogSource(catalog, manifest),
    { store: await openStore(folder), key: "ours.dump" },
    {
      workers: WORKERS,
      ...level === 0
        ? { compression: "none" } as const
        : { compression: "gzip", level } as const,
    },
  );
}

async function ran(
  server: PostgresServer,
  program: string,
  ...args: readonly string[]
): Promise<void> {
  const { code, stderr } = await server.run(program, ...args);
  if (code !== 0) throw new Error(`${program}: ${stderr}`);
}

const measurement = (
  name: string,
  must: number,
  against: string,
  { ours, theirs }: { ours: number; theirs: number },
): Measurement => ({
  name,
  unit: "rows/s",
  ours: ROWS / ours,
  peer: ROWS / theirs,
  against,
  ratio: theirs / ours,
  must,
  better: "more",
});

async function measure(
  wanted: (name: string) => boolean,
): Promise<Measurement[]> {
  return await withSetting(async (setting) => {
    const { server, folder } = setting;
    const measured: Measurement[] = [];
    const place = { store: await openStore(folder), key: "ours.dump" };
    const fresh = async (name: string) => {
      await ran(server, "psql", "-qc", `DROP DATABASE IF EXISTS ${name}`);
      await ran(server, "psql", "-qc", `CREATE DATABASE ${name}`);
      await ran(server, "psql", "-qc", "CHECKPOINT");
    };
    // The same data in the server that pg_dump reads.
    await exported(setting, 0);
    await fresh("held");
    await restoreArchive(place, uriOf(server.connection, { database: "held" }));
    for (const level of [0, 6]) {
      const name = level === 0 ? NAMES.none : NAMES.gzip;
      if (!wanted(name)) continue;
      const theirs = () =>
        seconds(() =>
          ran(
            server,
            "pg_dump",
            ...["-Fc", `-Z${level}`, "-d", "held"],
            ...["-f", join(folder, "theirs.dump")],
          )
        );
      const both = await pairs(
        () => seconds(() => exported(setting, level)),
        theirs,
      );
      const peer = level === 0 ? "pg_dump -Fc -Z0" : "pg_dump -Fc -Z6";
      measured.push(measurement(name, 1.5, peer, both));
    }
    if (wanted(NAMES.restore)) {
      await exported(setting, 6);
      const ours = async () => {
        await fresh("ours");
        return await seconds(() =>
          restoreArchive(
            place,
            uriOf(server.connection, { database: "ours" }),
            { parallel: 2 },
          )
        );
      };
      const theirs = async () => {
        await fresh("theirs");
        return await seconds(() =>
          ran(
            server,
            "pg_restore",
            ...["-j2", "-d", "theirs", join(folder, "ours.dump")],
          )
        );
      };
      const both = await pairs(ours, theirs);
      measured.push(measurement(NAMES.restore, 1, "pg_restore -j2", both));
    }
    return measured;
  });
}

export const benches: readonly Bench[] = [
  { names: Object.values(NAMES), run: measure },
];
