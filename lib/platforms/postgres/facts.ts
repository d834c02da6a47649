import type { PlatformFacts } from "../platform.ts";
import type { Control } from "./control.ts";
import { SESSION_SETTINGS } from "./session_settings.ts";

// What moves the speed or the durability of point lookups and loads.
const NAMES = [
  "shared_buffers",
  "fsync",
  "synchronous_commit",
  "full_page_writes",
  "wal_level",
  "max_wal_size",
  "max_connections",
  "work_mem",
  "jit",
  "ssl",
  "lc_collate",
  "server_encoding",
  "huge_pages_status",
  "io_method",
];

/** What the server says of itself. */
export async function readFacts(
  control: Control,
  place: string,
  embedded: boolean,
): Promise<PlatformFacts> {
  const rows = await control.query<{ name: string; value: string }>(
    `SELECT name, current_setting(name) AS value FROM pg_settings
     WHERE name = ANY ($1::text[]) OR name = 'server_version'
     UNION ALL
     SELECT 'lc_collate', datcollate FROM pg_database
     WHERE datname = current_database()`,
    [NAMES],
  );
  const found = new Map(rows.map(({ name, value }) => [name, value]));
  const settings = Object.fromEntries(
    NAMES.filter((name) => found.has(name))
      .map((name) => [name, found.get(name)!]),
  );
  const version = found.get("server_version")!.split(" ")[0];
  return {
    engine: `PostgreSQL ${version}`,
    nature: embedded ? "embedded" : "self-hosted",
    place,
    settings: { ...settings, ...SESSION_SETTINGS },
    caveats: embedded
      ? [
        "The server shares this machine's processors, memory and disk with the load.",
        "Requests cross no network but the loopback.",
      ]
      : [],
  };
}
