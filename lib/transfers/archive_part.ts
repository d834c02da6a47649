import { type Catalog, openCatalog } from "../catalog/catalog.ts";
import { Fingerprinter } from "../datasets/fingerprint.ts";
import type { Fingerprint } from "../datasets/fingerprint.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import {
  type Segment,
  SegmentEncoder,
  type SegmentOptions,
} from "../formats/pg_dump/segments.ts";
import type { PartRange } from "./catalog_source.ts";
import { readRanges } from "./read_ranges.ts";

/** What encoding parts needs to know once. */
export interface ArchivePartSetup extends SegmentOptions {
  readonly spec: DatasetSpec;
  /** The catalog that holds the parts; rows are generated where there is none. */
  readonly catalog?: string;
}

/** A part as a segment of an archive. */
export interface EncodedPart {
  readonly segment: Segment;
  readonly fingerprint: Fingerprint;
}

/** Encodes parts of one dataset as segments of an archive. */
export class ArchivePartEncoder {
  readonly #setup: ArchivePartSetup;
  readonly #encoders = new Map<string, SegmentEncoder>();
  #catalog: Promise<Catalog> | undefined;

  constructor(setup: ArchivePartSetup) {
    this.#setup = setup;
  }

  /** Reads or generates a part's rows, and encodes them. */
  async encode(range: PartRange): Promise<EncodedPart> {
    const { spec } = this.#setup;
    const table = spec.tables.find((t) => t.name === range.table)!;
    let encoder = this.#encoders.get(table.name);
    if (!encoder) {
      encoder = new SegmentEncoder(table, this.#setup);
      this.#encoders.set(table.name, encoder);
    }
    const { part } = range;
    const catalog = this.#setup.catalog === undefined || !part
      ? undefined
      : await (this.#catalog ??= openCatalog(this.#setup.catalog));
    const source = { catalog, spec, tables: spec.tables };
    const sum = part ? undefined : new Fingerprinter();
    for await (const batch of readRanges(source, [range])) {
      sum?.add(batch);
      encoder.add(batch);
    }
    return {
      segment: encoder.take(),
      fingerprint: part?.fingerprint ?? sum!.digest(),
    };
  }
}
