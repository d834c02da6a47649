/**
 * What an archive's comments say about the dataset: a line of JSON after the
 * words for people, so that it comes back with the archive, and from a database
 * that it was restored into.
 *
 * @module
 */
import type { Fingerprint } from "../../datasets/fingerprint.ts";
import type { KeyForm, TableSchema } from "../../datasets/schema.ts";
import type { DatasetIdentity } from "../source.ts";

/** What a table's comment says. */
export interface TableFacts {
  readonly entity: string;
  readonly key: readonly string[];
  readonly keyForm: KeyForm;
  readonly fingerprint?: Fingerprint;
}

/** The version of this JSON; readers refuse none, and take what they know. */
const FORM = 1;

/** The longest fingerprint: 16 digits of rows, four sums of 2⁵³ words of 28 bits. */
const LONGEST_FINGERPRINT = 16 + 4 * 26;

/** The comment on the tables' schema. */
export function datasetComment(identity: DatasetIdentity): string {
  const { name, version, digest, spec } = identity;
  return `${name} ${version}\n${
    line({ servemark: FORM, name, version, digest, spec })
  }`;
}

/**
 * The comment on a table. Its length does not depend on the fingerprint, which
 * is known only once all rows are written.
 */
export function tableComment(
  table: TableSchema,
  description: string,
  fingerprint?: Fingerprint,
): string {
  const { entity, key } = table;
  // A list of keys is the table's own content.
  const keyForm = table.keyForm.as === "listed"
    ? { as: "listed" }
    : table.keyForm;
  const text = line({ servemark: FORM, entity, key, keyForm, fingerprint });
  const blank = line({
    servemark: FORM,
    entity,
    key,
    keyForm,
    fingerprint: "0".repeat(LONGEST_FINGERPRINT),
  });
  const padding = " ".repeat(blank.length - text.length);
  return `${description}\n${text.slice(0, -1)}${padding}}`.trimStart();
}

/** The dataset that a schema's comment tells of. */
export function readDatasetComment(
  comment: string,
): DatasetIdentity | undefined {
  const said = readLine(comment);
  if (!said) return undefined;
  const { name, version, digest, spec } = said;
  if (typeof name !== "string" || typeof version !== "string") return undefined;
  return {
    name,
    version,
    ...(typeof digest === "string" ? { digest } : {}),
    ...(isRecord(spec)
      ? { spec: spec as unknown as DatasetIdentity["spec"] }
      : {}),
  };
}

/** What a table's comment tells, where it is one of ours. */
export function readTableComment(
  comment: string,
  columns: readonly string[],
): TableFacts | undefined {
  const said = readLine(comment);
  if (!said) return undefined;
  const { entity, key, keyForm, fingerprint } = said;
  if (
    typeof entity !== "string" || !Array.isArray(key) ||
    !key.every((name) => columns.includes(name)) || !isKeyForm(keyForm)
  ) return undefined;
  return {
    entity,
    key,
    keyForm,
    ...(typeof fingerprint === "string" && /^\d+(:\d+){4}$/.test(fingerprint)
      ? { fingerprint }
      : {}),
  };
}

function line(said: Record<string, unknown>): string {
  return JSON.stringify(said);
}

/** Comments are anybody's: what is no line of ours is left alone. */
function readLine(comment: string): Record<string, unknown> | undefined {
  const last = comment.slice(comment.lastIndexOf("\n") + 1);
  if (!last.startsWith('{"servemark":')) return undefined;
  try {
    const said = JSON.parse(last);
    return isRecord(said) ? said : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isKeyForm(value: unknown): value is KeyForm {
  if (!isRecord(value)) return false;
  switch (value.as) {
    case "integer":
      return Number.isSafeInteger(value.first);
    case "id":
      return typeof value.prefix === "string" &&
        Number.isInteger(value.digits) && (value.digits as number) <= 40;
    default:
      return value.as === "listed";
  }
}
