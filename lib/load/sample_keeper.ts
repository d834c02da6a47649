import type { SampleColumns } from "../frames/sample_columns.ts";
import type { RecorderOptions } from "./recorder.ts";
import { SampleRows } from "./sample_rows.ts";

/** The parts of operations get at most this share of the sample budget. */
export const PART_SHARE = 0.5;

/**
 * Keeps raw samples within a budget, in memory taken beforehand.
 *
 * Whole operations come first: as long as they fit, each is kept with weight 1;
 * beyond that every operation has the same chance to be among those kept, and
 * each stands for operations ÷ kept (Vitter's algorithm R, 1985). The parts of
 * operations that make several requests get the room that whole operations
 * leave, at most {@link PART_SHARE} of the budget: where they do not all fit,
 * all parts of every n-th request are kept.
 */
export class SampleKeeper {
  /** Where rows are written. */
  readonly rows: SampleRows;
  readonly #point: number;
  readonly #wholeRoom: number;
  readonly #partRoom: number;
  /** Parts are kept where the request's number is a multiple of this. */
  readonly #stride: number;
  #wholeSeen = 0;
  #wholeKept = 0;
  #partSeen = 0;
  #partKept = 0;
  #random: number;

  constructor(options: RecorderOptions) {
    const { operations, parts, point, seed } = options;
    const budget = Math.max(1, Math.floor(options.sampleBudget));
    this.#wholeRoom = Math.min(operations, budget);
    const left = Math.min(
      budget - this.#wholeRoom,
      Math.floor(budget * PART_SHARE),
    );
    const fitting = parts === 0 ? 0 : Math.floor(left / parts);
    this.#partRoom = Math.min(fitting, operations) * parts;
    // A prime one, so that it does not fall in step with the iterations.
    this.#stride = fitting === 0 ? 0 : nextPrime(operations / fitting);
    this.#point = point;
    this.#random = (seed * 2654435761 + point * 40503 + 1) | 1;
    this.rows = new SampleRows(this.#wholeRoom + this.#partRoom);
  }

  /** Where the next whole operation's row goes, or −1 when it is not kept. */
  operationRow(): number {
    const seen = this.#wholeSeen++;
    if (this.#wholeKept < this.#wholeRoom) return this.#wholeKept++;
    const at = Math.floor(this.#uniform() * (seen + 1));
    return at < this.#wholeRoom ? at : -1;
  }

  /** Where a part's row goes, or −1 when it is not kept. */
  partRow(request: number): number {
    this.#partSeen++;
    if (this.#partKept >= this.#partRoom) return -1;
    if (request % this.#stride !== 0) return -1;
    return this.#wholeRoom + this.#partKept++;
  }

  /** The rows kept, by done instant, with their weights. */
  finish(): SampleColumns {
    const { rows } = this;
    const order = new Uint32Array(this.#wholeKept + this.#partKept);
    for (let k = 0; k < order.length; k++) {
      order[k] = k < this.#wholeKept
        ? k
        : this.#wholeRoom + k - this.#wholeKept;
    }
    order.sort((a, b) =>
      rows.done(a) - rows.done(b) || rows.part(b) - rows.part(a)
    );
    const columns = rows.columns(order);
    columns.point.fill(this.#point);
    const whole = this.#wholeSeen / this.#wholeKept;
    const single = this.#partSeen / this.#partKept;
    for (let k = 0; k < order.length; k++) {
      columns.weight[k] = columns.part[k] < 0 ? whole : single;
    }
    return columns;
  }

  /** xorshift32: a number in [0, 1). */
  #uniform(): number {
    let x = this.#random;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#random = x;
    return (x >>> 0) / 4294967296;
  }
}

/** The smallest prime that is not below n; 1 up to 1. */
function nextPrime(n: number): number {
  let prime = Math.ceil(n);
  while (prime > 1 && !isPrime(prime)) prime++;
  return Math.max(1, prime);
}

function isPrime(n: number): boolean {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return true;
}
