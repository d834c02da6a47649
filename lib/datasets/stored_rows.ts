/**
 * Rows that no formula gives: for each table the canonical texts of the rows
 * whose keys requests ask for, in the order of the keys; `undefined` where the
 * table has no such row.
 */
export type StoredRows = Readonly<
  Record<string, readonly (string | undefined)[]>
>;
