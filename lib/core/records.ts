/**
 * What a record holds under a name that others chose, and only what it holds
 * itself: a table called `constructor` is not there before someone adds it.
 * Such records are made with `Object.fromEntries`, since assigning to
 * `__proto__` is lost.
 */
export function own<T>(
  record: Readonly<Record<string, T>> | undefined,
  name: string,
): T | undefined {
  return record !== undefined && Object.hasOwn(record, name)
    ? record[name]
    : undefined;
}
