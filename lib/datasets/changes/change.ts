/** A change by its name, with its parameters: what a version's record keeps. */
export interface NamedChange {
  /** A key of {@link CHANGES}. */
  readonly change: string;
  readonly [parameter: string]: unknown;
}
