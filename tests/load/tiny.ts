import { tableGenerator } from "../../lib/datasets/generator.ts";
import type { Batch } from "../../lib/datasets/batch.ts";
import type { DatasetSpec, TableSpec } from "../../lib/datasets/spec.ts";
import { openMemory } from "../../lib/platforms/memory/platform.ts";
import type {
  Platform,
  PlatformSettings,
} from "../../lib/platforms/platform.ts";

const FORMS = {
  card: { as: "id", prefix: "card_", digits: 6 },
  device: { as: "integer", first: 1000 },
} as const;

/** A dataset of two entities and as many small feature tables as asked for. */
export function tinyDataset(tables = 3, keys = 50): DatasetSpec {
  return {
    name: "tiny",
    version: "1.0",
    seed: 7,
    description: "For tests of the load engine",
    entities: [
      { name: "card", keys, keyForm: FORMS.card, popularity: 0.8 },
      { name: "device", keys, keyForm: FORMS.device, popularity: 0 },
    ],
    tables: Array.from({ length: tables }, (_, k) => tinyTable(k, keys)),
  };
}

function tinyTable(k: number, keys: number): TableSpec {
  const entity = k % 2 === 0 ? "card" : "device";
  const key = `${entity}_id`;
  return {
    name: `${entity}_features_${k}`,
    entity,
    key: [key],
    keyForm: FORMS[entity],
    rows: keys,
    events: false,
    description: "",
    columns: [
      {
        name: key,
        type: { kind: entity === "card" ? "text" : "bigint" },
        nullable: false,
        nulls: 0,
        distribution: { kind: "key" },
      },
      {
        name: "count_1h",
        type: { kind: "integer" },
        nullable: true,
        nulls: 0.1,
        distribution: { kind: "uniform", min: 0, max: 1000 },
      },
      {
        name: "category",
        type: { kind: "text" },
        nullable: false,
        nulls: 0,
        distribution: {
          kind: "categorical",
          words: ["grün", "a|b", "c\\d"],
          weights: [5, 3, 2],
        },
      },
    ],
  };
}

/** All rows of a table, in batches. */
export async function* batches(
  dataset: DatasetSpec,
  table: TableSpec,
  size = 20,
): AsyncGenerator<Batch> {
  const generator = tableGenerator(dataset, table.name);
  for (let from = 0; from < table.rows; from += size) {
    yield await Promise.resolve(
      generator.batch(from, Math.min(size, table.rows - from)),
    );
  }
}

/** The in-process platform, with the dataset loaded. */
export async function loadedMemory(
  dataset: DatasetSpec,
  settings: PlatformSettings = {},
): Promise<Platform> {
  const platform = await openMemory(settings);
  await platform.create(dataset.tables);
  for (const table of dataset.tables) {
    await platform.load(table, batches(dataset, table));
  }
  await platform.finish(dataset.tables);
  return platform;
}
