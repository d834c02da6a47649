/** A step's progress, told to whoever shows it. */
export interface ProgressEvent {
  /** What is being done: `Load PostgreSQL`. Events of one step share it. */
  readonly step: string;
  readonly done: number;
  /** How much there is; `undefined` where it is not known. */
  readonly total?: number;
  /** `rows`, `operations`, `bytes` … */
  readonly unit?: string;
  /** A word more: the table, the client count. */
  readonly detail?: string;
  /** True on the last event of a step. */
  readonly finished?: boolean;
}

/** Takes progress events. Must be quick, and must not throw. */
export type ProgressSink = (event: ProgressEvent) => void;

/** Drops every event. */
export const silent: ProgressSink = () => {};

/** What every long-running verb takes. */
export interface Watch {
  /** Aborts the work; the verb rejects with the signal's reason. */
  signal?: AbortSignal;
  /** @default silent */
  progress?: ProgressSink;
}
