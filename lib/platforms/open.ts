import type { Watch } from "../core/progress.ts";
import { pick } from "../core/names.ts";
import type { Platform, PlatformSettings } from "./platform.ts";

type Opener = (settings: PlatformSettings, watch: Watch) => Promise<Platform>;

/** Every platform, imported when it is asked for. */
export const PLATFORMS: Readonly<Record<string, () => Promise<Opener>>> = {
  memory: async () => (await import("./memory/platform.ts")).openMemory,
  postgres: async () => (await import("./postgres/platform.ts")).openPostgres,
  dynamodb: async () => (await import("./dynamodb/platform.ts")).openDynamodb,
};

/**
 * Opens a platform by its kind. Without a `uri` it starts an embedded engine of
 * its own, which ends with `close()`, and also when this process dies.
 */
export async function openPlatform(
  kind: string,
  settings: PlatformSettings = {},
  watch: Watch = {},
): Promise<Platform> {
  const open = await pick("platform", kind, PLATFORMS)();
  return await open(settings, watch);
}
