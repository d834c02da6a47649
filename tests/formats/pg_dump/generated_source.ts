import { datasetSpec } from "../../../lib/datasets/compile.ts";
import { specDigest } from "../../../lib/datasets/digest.ts";
import { readDomain } from "../../../lib/datasets/domain_file.ts";
import { tableGenerator } from "../../../lib/datasets/generator.ts";
import type { TableSource } from "../../../lib/formats/source.ts";

const DOMAIN = new URL(
  "../../../datasets/fraud_detection.yaml",
  import.meta.url,
);
const BATCH = 4096;

/** The first feature tables of the fraud domain, and its events. */
export async function generatedSource(
  rows: number,
  tables: number,
): Promise<TableSource> {
  const domain = readDomain(await Deno.readTextFile(DOMAIN), DOMAIN.pathname);
  const spec = datasetSpec(domain, { rows, tables, events: true });
  return {
    name: `${spec.name} ${spec.version}`,
    tables: spec.tables,
    identity: {
      name: spec.name,
      version: spec.version,
      digest: specDigest(spec),
      spec,
    },
    notes: [],
    async *read(name) {
      const generator = tableGenerator(spec, name);
      const total = generator.table.rows;
      for (let from = 0; from < total; from += BATCH) {
        yield await Promise.resolve(
          generator.batch(from, Math.min(BATCH, total - from)),
        );
      }
    },
    close: () => Promise.resolve(),
  };
}
