import type { Manifest } from "../../catalog/manifest.ts";

/** What there is to say of a materialised dataset in a line. */
export function manifestHead(manifest: Manifest) {
  const parts = Object.values(manifest.parts).flat();
  return {
    name: `${manifest.name}_v${manifest.version}`,
    digest: manifest.digest,
    rows: parts.reduce((n, p) => n + p.rows, 0),
    tables: Object.keys(manifest.parts).length,
    bytes: parts.reduce((n, p) => n + p.bytes, 0),
    fingerprints: manifest.fingerprints,
  };
}
