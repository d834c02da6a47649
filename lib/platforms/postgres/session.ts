import type { Clock } from "../../core/clock.ts";
import type { Code, Completion } from "../driver.ts";
import { ReplyReader } from "./reply.ts";
import type { RequestPlan } from "./request_plan.ts";
import type { Bytes } from "./wire.ts";

/** What a session wants after it took some bytes. */
export const WAIT = 0, SEND = 1, DONE = 2;

/**
 * One client's operations over one connection: which bytes go next, and what
 * came back. It does no input or output of its own, so that every lean driver
 * shares it.
 */
export class Session {
  readonly reader = new ReplyReader();
  /** The request's bytes; send `request.subarray(from, to)`. */
  request = new Uint8Array(0);
  from = 0;
  to = 0;
  busy = false;
  /** The first error seen. */
  lastError: string | undefined;
  /** Where set, is told of an operation's end in place of the completion. */
  intercept: ((code: Code) => void) | undefined;

  #plan: RequestPlan | undefined;
  // A copy of each template's bytes, because a request may be sent in pieces
  // while other clients' keys are written.
  readonly #copies: Bytes[] = [];
  #part = 0;
  #opSent = 0;
  #opFirst = NaN;
  #opRows = 0;
  #opBytes = 0;
  #opCode: Code = 0;
  #sent = 0;
  #first = NaN;
  #bytes = 0;

  constructor(
    readonly slot: number,
    readonly completion: Completion,
    readonly clock: Clock,
  ) {}

  /** Starts an operation: its first bytes to send are then ready. */
  begin(
    plans: readonly RequestPlan[],
    template: number,
    rows: Float64Array,
    widen: (template: number, rows: Float64Array) => RequestPlan,
  ): void {
    let plan = plans[template];
    this.request = this.#copies[template] ??= plan.bytes.slice();
    if (!plan.patch(this.request, rows)) {
      plan = widen(template, rows);
      this.request = plan.bytes;
    }
    this.#plan = plan;
    this.#part = 0;
    this.#opFirst = NaN;
    this.#opRows = 0;
    this.#opBytes = 0;
    this.#opCode = 0;
    this.from = 0;
    this.to = plan.template.strategy === "sequential"
      ? plan.ends[0]
      : this.request.length;
    this.busy = true;
    this.reader.reset();
    this.#first = NaN;
    this.#bytes = 0;
    this.#opSent = this.#sent = this.clock();
  }

  /** Takes bytes that came; reports parts and the operation's end. */
  take(
    bytes: Uint8Array,
    length: number,
  ): typeof WAIT | typeof SEND | typeof DONE {
    const now = this.clock();
    let at = 0;
    while (at < length) {
      if (this.#first !== this.#first) this.#first = now;
      const end = this.reader.next(bytes, at, length);
      this.#bytes += (end < 0 ? length : end) - at;
      if (end < 0) return WAIT;
      at = end;
      if (!this.busy) continue;
      this.#endPart();
      const plan = this.#plan!;
      if (this.#part === plan.ends.length) {
        this.#end();
        return DONE;
      }
      if (plan.template.strategy === "sequential") {
        this.from = this.to;
        this.to = plan.ends[this.#part];
        this.#sent = this.clock();
        return SEND;
      }
    }
    return WAIT;
  }

  /** The connection is gone: ends what was under way. */
  lose(reason: string): void {
    this.lastError ??= this.reader.error?.message ?? reason;
    if (!this.busy) return;
    this.#opCode = 4;
    this.#opRows += this.reader.rows;
    this.#opBytes += this.#bytes;
    this.#end();
  }

  #endPart(): void {
    const { reader } = this;
    const plan = this.#plan!;
    const wanted = plan.template.strategy === "batched"
      ? plan.template.reads.length
      : 1;
    let code: Code = 0;
    if (reader.error) {
      code = 2;
      this.lastError ??= reader.error.message;
    } else if (reader.rows !== wanted) code = 1;
    if (code > this.#opCode) this.#opCode = code;
    this.#opRows += reader.rows;
    this.#opBytes += this.#bytes;
    if (this.#part === 0) this.#opFirst = this.#first;
    if (plan.ends.length > 1 && this.completion.part && !this.intercept) {
      this.completion.part(
        this.slot,
        this.#part,
        this.#sent,
        this.#first,
        this.clock(),
        reader.rows,
        this.#bytes,
        code,
      );
    }
    reader.reset();
    this.#first = NaN;
    this.#bytes = 0;
    this.#part++;
  }

  #end(): void {
    this.busy = false;
    if (this.intercept) return this.intercept(this.#opCode);
    this.completion.done(
      this.slot,
      this.#opSent,
      this.#opFirst,
      this.clock(),
      this.#opRows,
      this.#opBytes,
      this.#opCode,
    );
  }
}
