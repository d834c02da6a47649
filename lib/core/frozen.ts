/** A value whose every depth is read-only. */
export type Frozen<T> = T extends (infer U)[] ? readonly Frozen<U>[]
  : T extends object ? { readonly [K in keyof T]: Frozen<T[K]> }
  : T;

/** Freezes plain objects and arrays at every depth, in place, and returns the value. */
export function freeze<T>(value: T): T {
  if (
    value && typeof value === "object" && !Object.isFrozen(value) &&
    !ArrayBuffer.isView(value)
  ) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}
