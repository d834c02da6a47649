import type {
  ColumnSchema,
  ColumnType,
  KeyForm,
  TableSchema,
} from "../../datasets/schema.ts";
import type { DatasetIdentity } from "../source.ts";
import { formOf } from "./forms.ts";
import {
  CREATED_BY,
  type FileMetadata,
  FINGERPRINT_KEY,
  IDENTITY_KEY,
  TABLE_KEY,
} from "./metadata.ts";

/** What a file says of its table. */
export interface FileTable {
  readonly table: TableSchema;
  readonly notes: readonly string[];
  /** Of our own files, where they were written with it. */
  readonly fingerprint?: string;
  readonly identity?: DatasetIdentity;
}

type Loose = Readonly<Record<string, unknown>>;

/**
 * The table that a file holds, without the columns that no type of ours holds,
 * which the notes name. What our own files keep of it comes back.
 *
 * @param name of the table where the file does not say it
 */
export function tableOfFile(metadata: FileMetadata, name: string): FileTable {
  const notes = metadata.nested.map((column) =>
    `column ${column.name} of ${name} is ${column.what}, and is left out: nested columns are not read`
  );
  const own = metadata.createdBy === CREATED_BY
    ? parsed(metadata.keyValues.get(TABLE_KEY))
    : undefined;
  const kept = new Map<unknown, Loose>();
  for (const column of Array.isArray(own?.columns) ? own.columns : []) {
    if (isObject(column)) kept.set(column.name, column);
  }
  const columns: ColumnSchema[] = [];
  const seen = new Set<string>();
  for (const leaf of metadata.leaves) {
    const form = formOf(leaf);
    if ("refused" in form) {
      notes.push(
        `column ${leaf.name} of ${name} ${form.refused}; it is left out`,
      );
    } else if (seen.has(leaf.name)) {
      notes.push(
        `column ${leaf.name} of ${name} is there twice; one is left out`,
      );
    } else {
      columns.push({
        name: leaf.name,
        type: withNative(form.type, kept.get(leaf.name)?.type),
        nullable: leaf.nullable,
      });
    }
    seen.add(leaf.name);
  }
  const text = (value: unknown, otherwise: string) =>
    typeof value === "string" && value !== "" ? value : otherwise;
  const table = text(own?.name, name);
  const key = Array.isArray(own?.key) ? own.key : [];
  const fingerprint = own && metadata.keyValues.get(FINGERPRINT_KEY);
  const identity = own && parsed(metadata.keyValues.get(IDENTITY_KEY));
  return {
    table: {
      name: table,
      entity: text(own?.entity, table),
      columns,
      key: key.every((k) => columns.some((c) => c.name === k)) ? key : [],
      keyForm: keyFormOf(own?.keyForm) ?? { as: "listed" },
      rows: metadata.rows,
    },
    notes,
    ...fingerprint && /^\d+(?::\d+){4}$/.test(fingerprint)
      ? { fingerprint }
      : {},
    ...identity && typeof identity.name === "string" &&
        typeof identity.version === "string"
      ? { identity: identity as unknown as DatasetIdentity }
      : {},
  };
}

function isObject(value: unknown): value is Loose {
  return typeof value === "object" && value !== null;
}

function parsed(json: string | undefined): Loose | undefined {
  if (json === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : undefined;
  } catch {
    // Not what we write: the file's own types tell as much as anyone's do.
    return undefined;
  }
}

/** The file's type, by PostgreSQL's name for it where ours was kept. */
function withNative(type: ColumnType, kept: unknown): ColumnType {
  if (!isObject(kept) || kept.kind !== type.kind) return type;
  const { native: _, ...plain } = type;
  return typeof kept.native === "string"
    ? { ...plain, native: kept.native } as ColumnType
    : plain as ColumnType;
}

function keyFormOf(form: unknown): KeyForm | undefined {
  if (!isObject(form)) return undefined;
  if (form.as === "integer" && Number.isSafeInteger(form.first)) {
    return { as: "integer", first: form.first as number };
  }
  if (
    form.as === "id" && typeof form.prefix === "string" &&
    Number.isSafeInteger(form.digits)
  ) {
    return { as: "id", prefix: form.prefix, digits: form.digits as number };
  }
  if (form.as !== "listed" || !Array.isArray(form.values)) return undefined;
  return { as: "listed", values: form.values };
}
