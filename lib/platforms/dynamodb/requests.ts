/**
 * Read requests prepared once for each template, so that an operation has only
 * its keys to put between fixed texts.
 *
 * @module
 */
import { ServemarkError } from "../../core/errors.ts";
import {
  type KeyForm,
  keyValue,
  type TableSchema,
} from "../../datasets/schema.ts";
import type { Strategy, Template } from "../driver.ts";
import { keyAround } from "../../formats/dynamodb_json/items.ts";

/** BatchGetItem takes this many keys. */
const KEYS = 100;

/** One request: texts around keys, and which of the template's reads they are. */
export interface PreparedRequest {
  readonly target: "GetItem" | "BatchGetItem";
  readonly reads: readonly number[];
  /** Text before each key, and one after the last. */
  readonly around: readonly string[];
  readonly keys: readonly RequestKey[];
}

/** Where a key is looked up, and how it is written. */
export interface RequestKey {
  /** The table's name in DynamoDB. */
  readonly table: string;
  readonly column: string;
  readonly kind: "S" | "N";
  readonly form: KeyForm;
}

/** A template as requests. */
export interface PreparedTemplate {
  readonly strategy: Strategy;
  readonly tables: readonly TableSchema[];
  readonly requests: readonly PreparedRequest[];
}

/** Prepares a template's requests. */
export function prepareTemplate(
  template: Template,
  prefix: string,
  consistent: boolean,
): PreparedTemplate {
  for (const table of template.reads) {
    if (table.key.length !== 1) {
      throw new ServemarkError(`Cannot read table ${table.name} by key`, {
        cause: `its key has ${table.key.length} columns`,
        remedy: "Read feature tables, which have one row for each entity",
        exitCode: 2,
      });
    }
  }
  const reads = template.reads.map((_, k) => k);
  const requests = template.strategy === "batched"
    ? chunks(reads, KEYS).map((part) =>
      batchGet(template.reads, part, prefix, consistent)
    )
    : reads.map((k) => getItem(template.reads[k], k, prefix, consistent));
  return { strategy: template.strategy, tables: template.reads, requests };
}

/** A request's body, with the keys of these rows. */
export function requestBody(
  request: PreparedRequest,
  rows: Float64Array,
): string {
  const { around, keys, reads } = request;
  let body = "";
  for (let k = 0; k < keys.length; k++) {
    const { form } = keys[k];
    const row = rows[reads[k]];
    // An id's prefix is part of the text around it.
    body += around[k] +
      (form.as === "id"
        ? String(row).padStart(form.digits, "0")
        : form.as === "integer"
        ? String(form.first + row)
        : JSON.stringify(String(keyValue(form, row))).slice(1, -1));
  }
  return body + around[keys.length];
}

function getItem(
  table: TableSchema,
  read: number,
  prefix: string,
  consistent: boolean,
): PreparedRequest {
  const [before, after] = keyTexts(table);
  return {
    target: "GetItem",
    reads: [read],
    keys: [requestKey(table, prefix)],
    around: [
      `{"TableName":${JSON.stringify(prefix + table.name)},` +
      `"ReturnConsumedCapacity":"TOTAL",` +
      (consistent ? `"ConsistentRead":true,` : "") + `"Key":${before}`,
      `${after}}`,
    ],
  };
}

function batchGet(
  tables: readonly TableSchema[],
  part: readonly number[],
  prefix: string,
  consistent: boolean,
): PreparedRequest {
  const byTable = Map.groupBy(part, (k) => tables[k].name);
  const around: string[] = [];
  const reads: number[] = [];
  let text = `{"ReturnConsumedCapacity":"TOTAL","RequestItems":{`;
  for (const [name, group] of byTable) {
    text += `${JSON.stringify(prefix + name)}:{` +
      (consistent ? `"ConsistentRead":true,` : "") + `"Keys":[`;
    group.forEach((k, place) => {
      const [before, after] = keyTexts(tables[k]);
      around.push(text + (place === 0 ? "" : ",") + before);
      reads.push(k);
      text = after;
    });
    text += "]},";
  }
  around.push(`${text.slice(0, -1)}}}`);
  return {
    target: "BatchGetItem",
    reads,
    keys: reads.map((k) => requestKey(tables[k], prefix)),
    around,
  };
}

function requestKey(table: TableSchema, prefix: string): RequestKey {
  const column = table.columns.find((c) => c.name === table.key[0])!;
  return {
    table: prefix + table.name,
    column: column.name,
    kind: column.type.kind === "text" ? "S" : "N",
    form: table.keyForm,
  };
}

/** Text before and after the part of a key that changes. */
function keyTexts(table: TableSchema): readonly [string, string] {
  const column = table.columns.find((c) => c.name === table.key[0])!;
  const [before, after] = keyAround(column);
  const form = table.keyForm;
  return [
    form.as === "id"
      ? before + JSON.stringify(form.prefix).slice(1, -1)
      : before,
    after,
  ];
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const found: T[][] = [];
  for (let k = 0; k < items.length; k += size) {
    found.push(items.slice(k, k + size));
  }
  return found;
}
