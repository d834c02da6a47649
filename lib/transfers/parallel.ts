/**
 * Does a job for every item, at most `limit` at a time, in the items' order.
 * After the first error, or an abort, no further item is begun; those under way
 * get an aborted signal, are waited for, and the first error is thrown.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, signal: AbortSignal) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  if (items.length === 0) return [];
  if (!(limit >= 1)) throw new RangeError(`Cannot work ${limit} at a time`);
  signal?.throwIfAborted();
  const stop = new AbortController();
  const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const results = new Array<R>(items.length);
  let next = 0;
  let failure: { error: unknown } | undefined;
  const lane = async () => {
    while (next < items.length && !both.aborted) {
      const i = next++;
      try {
        results[i] = await work(items[i], both);
      } catch (error) {
        failure ??= { error };
        stop.abort(error);
      }
    }
  };
  const lanes = Math.min(limit, items.length);
  await Promise.all(Array.from({ length: lanes }, lane));
  signal?.throwIfAborted();
  if (failure) throw failure.error;
  return results;
}
