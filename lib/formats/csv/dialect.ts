/** How a CSV file is written. */
export interface CsvDialect {
  /** One ASCII character: `,`, `;`, a tab, `|`. */
  readonly delimiter: string;
  /** One ASCII character around fields; doubled inside of them. */
  readonly quote: string;
  /** Whether the first record names the columns. */
  readonly header: boolean;
  /**
   * Unquoted fields that are NULL. The empty one always is; in columns of texts,
   * of the others only `\N` is.
   */
  readonly nulls: readonly string[];
}

/** RFC 4180, with a header; NULL is an empty field, the empty text `""`. */
export const OWN_DIALECT: CsvDialect = {
  delimiter: ",",
  quote: '"',
  header: true,
  nulls: [],
};
