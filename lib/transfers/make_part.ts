import type { Catalog } from "../catalog/catalog.ts";
import type { Part, RowRange } from "../catalog/manifest.ts";
import { Fingerprinter } from "../datasets/fingerprint.ts";
import { type TableGenerator, tableGenerator } from "../datasets/generator.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import { tableDigest } from "../datasets/table_digest.ts";
import { ParquetBuilder, ROW_GROUP } from "../formats/parquet/write.ts";

/** Generates parts of one dataset into a catalog. */
export class PartMaker {
  readonly #spec: DatasetSpec;
  readonly #catalog: Catalog;
  readonly #generators = new Map<string, TableGenerator>();

  constructor(spec: DatasetSpec, catalog: Catalog) {
    this.#spec = spec;
    this.#catalog = catalog;
  }

  /** Generates, fingerprints and stores one range, a row group at a time; `onRows` is told of each. */
  async make(range: RowRange, onRows: (rows: number) => void): Promise<Part> {
    const generator = this.#generator(range.table);
    const file = new ParquetBuilder(generator.table);
    const sum = new Fingerprinter();
    for (let done = 0; done < range.rows; done += ROW_GROUP) {
      const rows = Math.min(ROW_GROUP, range.rows - done);
      const batch = generator.batch(range.from + done, rows);
      sum.add(batch);
      file.add(batch);
      onRows(rows);
    }
    const bytes = file.finish();
    return await this.#catalog.addPart(
      tableDigest(this.#spec, generator.table),
      range,
      sum.digest(),
      bytes,
    );
  }

  #generator(table: string): TableGenerator {
    let generator = this.#generators.get(table);
    if (!generator) {
      generator = tableGenerator(this.#spec, table);
      this.#generators.set(table, generator);
    }
    return generator;
  }
}
