import { specDigest } from "../datasets/digest.ts";
import { type TableGenerator, tableGenerator } from "../datasets/generator.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import type {
  PartedSource,
  PartRange,
  SourceOptions,
} from "./catalog_source.ts";
import { PART_ROWS } from "./materialize.ts";
import { chosenTables } from "./table_choice.ts";

/** Rows generated at a time. */
const BATCH_ROWS = 8192;

/** A dataset's rows, generated as they are read: nothing is stored. */
export function specSource(
  spec: DatasetSpec,
  options: SourceOptions = {},
): PartedSource {
  const tables = chosenTables(spec.tables, options.tables);
  const generators = new Map<string, TableGenerator>();
  const generatorOf = (table: string) => {
    let generator = generators.get(table);
    if (!generator) {
      generators.set(table, generator = tableGenerator(spec, table));
    }
    return generator;
  };
  return {
    name: `${spec.name}_v${spec.version}`,
    tables,
    spec,
    identity: {
      name: spec.name,
      version: spec.version,
      digest: specDigest(spec),
      spec,
    },
    notes: [],
    parts: (table) => {
      const { rows } = generatorOf(table).table;
      const ranges: PartRange[] = [];
      for (let from = 0; from < rows; from += PART_ROWS) {
        ranges.push({ table, from, rows: Math.min(PART_ROWS, rows - from) });
      }
      return ranges;
    },
    async *read(table, { signal } = {}) {
      const generator = generatorOf(table);
      const { rows } = generator.table;
      for (let from = 0; from < rows; from += BATCH_ROWS) {
        signal?.throwIfAborted();
        // Lets progress, signals and the other side have their turn.
        await new Promise((turn) => setTimeout(turn));
        yield generator.batch(from, Math.min(BATCH_ROWS, rows - from));
      }
    },
    close: () => Promise.resolve(),
  };
}
