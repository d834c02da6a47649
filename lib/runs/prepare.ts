import { type Catalog, openCatalog } from "../catalog/catalog.ts";
import type { Manifest } from "../catalog/manifest.ts";
import { ServemarkError } from "../core/errors.ts";
import type { Watch } from "../core/progress.ts";
import { openPlatform } from "../platforms/open.ts";
import type { Platform } from "../platforms/platform.ts";
import { dataset } from "../transfers/dataset.ts";
import { importDataset } from "../transfers/import_dataset.ts";
import type { LoadRecord } from "../transfers/load_record.ts";
import { inParallel } from "../transfers/parallel.ts";
import { type Servable, servable } from "../transfers/served_rows.ts";
import { openWorkload } from "../workloads/open.ts";
import { nameOf, type PlatformRequest, type RunSpec } from "./run_spec.ts";
import { type PlannedSystem, planSystems } from "./systems.ts";

/** Platforms that hold the dataset, and how to read them. */
export interface Prepared {
  readonly manifest: Manifest;
  /** The dataset as requests need it. */
  readonly served: Servable;
  readonly systems: readonly PlannedSystem[];
  readonly loads: readonly LoadRecord[];
}

/**
 * Opens the platforms and generates the dataset, all at the same time, then
 * loads it into each. Every opened platform is put into `open` at once, for the
 * caller to close, also when this fails.
 */
export async function prepare(
  spec: RunSpec,
  where: string | Catalog | undefined,
  open: Platform[],
  watch: Watch,
): Promise<Prepared> {
  const wanted = dataset.from(spec.dataset!);
  const catalog = where === undefined || typeof where === "string"
    ? await openCatalog(where)
    : where;
  const compiled = await wanted.spec({ catalog });
  // A workload that does not fit the dataset is told before anything starts.
  openWorkload(compiled, { ...spec.workload, strategy: "batched" });

  let manifest: Manifest | undefined;
  const opened = new Map<PlatformRequest, Platform>();
  const tasks: ((signal: AbortSignal) => Promise<void>)[] = [
    async (signal) => {
      manifest = await wanted.materialize({ ...watch, signal, catalog });
    },
    ...spec.platforms.map((request) => async (signal: AbortSignal) => {
      const platform = await openOne(request, { ...watch, signal });
      open.push(platform);
      opened.set(request, platform);
    }),
  ];
  await inParallel(
    tasks,
    tasks.length,
    (task, signal) => task(signal),
    watch.signal,
  );
  const platforms = spec.platforms.map((request) => ({
    request,
    platform: opened.get(request)!,
  }));
  const systems = await planSystems(spec, platforms);
  const served = await servable(manifest!, catalog);
  const loads = await inParallel(
    platforms,
    platforms.length,
    ({ request, platform }, signal) =>
      importDataset(served.manifest, catalog, platform, {
        ...watch,
        signal,
        reuse: request.uri !== undefined,
      }),
    watch.signal,
  );
  refuseDifferences(manifest!, loads);
  return { manifest: manifest!, served, systems, loads };
}

async function openOne(
  { kind, uri, settings, ...request }: PlatformRequest,
  watch: Watch,
): Promise<Platform> {
  const name = nameOf({ kind, ...request });
  return await openPlatform(kind, {
    ...settings,
    name,
    ...(uri === undefined ? {} : { uri }),
  }, watch);
}

/**
 * A comparison of platforms whose data differ is refused: every table's
 * fingerprint must be the generator's, and so the same everywhere.
 */
export function refuseDifferences(
  { fingerprints }: Pick<Manifest, "fingerprints">,
  loads: readonly LoadRecord[],
): void {
  const different = loads.flatMap((load) =>
    Object.keys(fingerprints).filter((table) =>
      load.fingerprints[table] !== fingerprints[table]
    ).map((table) =>
      `table ${table}: ${load.fingerprints[table] ?? "missing"} in ` +
      `${load.platform}, ${fingerprints[table]} in the dataset`
    )
  );
  if (different.length === 0) return;
  throw new ServemarkError("Cannot compare platforms that hold other data", {
    cause: different.length === 1
      ? "a fingerprint differs"
      : `${different.length} fingerprints differ`,
    place: different.join("\n         "),
    remedy: "Import the dataset again",
  });
}
