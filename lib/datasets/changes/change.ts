/**
 * Changes that make a version of another: each a name with parameters, kept in
 * the new version's record.
 *
 * @module
 */
import type { DatasetSpec } from "../spec.ts";

/** A change by its name, with its parameters: what a version's record keeps. */
export interface NamedChange {
  /** A key of {@link CHANGES}. */
  readonly change: string;
  readonly [parameter: string]: unknown;
}

/** What a parameter may be. Bounds are inclusive. */
export type Parameter =
  & {
    readonly what: string;
    /** Must be given unless there is a default, or this is true. */
    readonly optional?: boolean;
  }
  & (
    | {
      readonly kind: "number";
      readonly min: number;
      readonly max: number;
      readonly integer?: boolean;
      readonly default?: number;
    }
    | { readonly kind: "text" }
    /** YAML in one line, or an object, as in a domain's file. */
    | { readonly kind: "definition" }
  );

/** One kind of change. */
export interface ChangeKind {
  /** One line for the help. */
  readonly about: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Applies it; its parameters have been checked, and defaults filled in. */
  apply(
    spec: DatasetSpec,
    parameters: Parameters,
  ): DatasetSpec | Promise<DatasetSpec>;
}

/** Checked parameters. */
export class Parameters {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  number(name: string): number {
    return this.#values[name] as number;
  }

  text(name: string): string {
    return this.#values[name] as string;
  }

  maybeNumber(name: string): number | undefined {
    return this.#values[name] as number | undefined;
  }

  maybeText(name: string): string | undefined {
    return this.#values[name] as string | undefined;
  }

  /** A definition: an object, or a text of YAML. */
  definition(name: string): string | object | undefined {
    return this.#values[name] as string | object | undefined;
  }
}
