/**
 * Settings of every session of a load. A prepared lookup is planned for its key
 * up to five times, then once for all keys; a long-lived pool is past that, so
 * a short measurement starts there.
 */
export const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  plan_cache_mode: "force_generic_plan",
};
