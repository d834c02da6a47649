import { ServemarkError } from "../core/errors.ts";
import { own } from "../core/records.ts";
import { type Fingerprint, Fingerprinter } from "../datasets/fingerprint.ts";
import type { TableSource } from "../formats/source.ts";
import { isParted } from "./catalog_source.ts";

/**
 * A source whose tables end in an error where their rows are not what its
 * fingerprints say: a file's own words about itself are a claim, until somebody
 * has read it. Parts of a catalog are checked against their digests already.
 */
export function checkedSource(source: TableSource): TableSource {
  const { name, tables, identity, fingerprints, notes } = source;
  if (fingerprints === undefined || isParted(source)) return source;
  return {
    name,
    tables,
    identity,
    fingerprints,
    notes,
    async *read(table, options) {
      const said = own(fingerprints, table);
      const sum = said === undefined ? undefined : new Fingerprinter();
      for await (const batch of source.read(table, options)) {
        sum?.add(batch);
        yield batch;
      }
      const found = sum?.digest();
      if (found !== said) throw untrue(source, [{ table, found, said }]);
    },
    close: () => source.close(),
  };
}

/** What a table's rows are, and what the source says they are. */
export interface Untruth {
  readonly table: string;
  readonly found?: Fingerprint;
  readonly said?: Fingerprint;
}

/** The error for a source that says what its rows are not. */
export function untrue(
  source: TableSource,
  tables: readonly Untruth[],
): ServemarkError {
  return new ServemarkError(
    `The rows of ${source.name} are not those that it says it has`,
    {
      cause: "a fingerprint differs: it was changed, or damaged",
      place: tables.map(({ table, found, said }) =>
        `table ${table}: ${found} read, ${said} stated`
      ).join("\n         "),
      remedy:
        "Fetch or export it again; or take its rows as data of your own: " +
        "servemark dataset load",
    },
  );
}
