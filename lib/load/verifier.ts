import { own } from "../core/records.ts";
import { ServemarkError } from "../core/errors.ts";
import { tableGenerator } from "../datasets/generator.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import type { StoredRows } from "../datasets/stored_rows.ts";
import type { Driver } from "../platforms/driver.ts";
import type { Workload } from "../workloads/workload.ts";

/** How many rows were compared, and how many differed. */
export interface Verified {
  rows: number;
  mismatched: number;
  /** The first difference seen. */
  mismatch?: string;
}

/** Longest text of a row shown in a difference. */
const SHOWN = 160;

/** Compares what a platform returns with what the generator, or the catalog, says it must. */
export class Verifier {
  readonly #dataset: DatasetSpec;
  readonly #workload: Workload;
  readonly #stored: StoredRows;
  readonly #texts = new Map<string, (i: number) => string | undefined>();

  /** @param stored rows of the tables that no generator makes */
  constructor(
    dataset: DatasetSpec,
    workload: Workload,
    stored: StoredRows = {},
  ) {
    this.#dataset = dataset;
    this.#workload = workload;
    this.#stored = stored;
  }

  /**
   * Runs these requests one after the other, and adds what was seen to `into`.
   * A request not answered within `timeout` µs is an error.
   */
  async check(
    driver: Driver,
    requests: readonly number[],
    timeout: number,
    into: Verified,
  ): Promise<void> {
    const keys = new Float64Array(this.#workload.width);
    const cursor = this.#workload.cursor();
    for (const request of requests) {
      const template = cursor.fill(request, keys);
      const { reads } = this.#workload.templates[template];
      const rows = await within(timeout, driver.read(template, keys));
      for (let k = 0; k < reads.length; k++) {
        const wanted = this.#text(reads[k].name)(keys[k]);
        into.rows++;
        if (rows[k] === wanted) continue;
        into.mismatched++;
        into.mismatch ??= `table ${reads[k].name}, key number ${keys[k]}: ` +
          `expected ${shown(wanted)}, got ${shown(rows[k])}`;
      }
    }
  }

  #text(table: string): (i: number) => string | undefined {
    const rows = own(this.#stored, table);
    if (rows) return (i) => rows[i];
    let text = this.#texts.get(table);
    if (!text) {
      const generator = tableGenerator(this.#dataset, table);
      text = (i) => generator.canonicalText(i);
      this.#texts.set(table, text);
    }
    return text;
  }
}

/**
 * Which requests to compare: `count` of `total` consecutive ones, spread evenly;
 * phases 0 and 1 give different ones.
 */
export function spread(
  first: number,
  total: number,
  count: number,
  phase: 0 | 1,
): number[] {
  const n = Math.min(count, total);
  return Array.from(
    { length: n },
    (_, k) => first + Math.floor(((2 * k + phase) * total) / (2 * n)),
  );
}

function shown(text: string | undefined): string {
  if (text === undefined) return "no row";
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

async function within<T>(micros: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() =>
      reject(
        new ServemarkError("Cannot compare rows with the generator's", {
          cause: `a request got no answer within ${micros / 1e6} s`,
        }),
      ), micros / 1e3);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
