/**
 * Holds a value against a JSON schema, as far as `report_schema.json` uses the
 * language: an unknown keyword is a failure, never silently passed over.
 *
 * @module
 */

type Schema = Record<string, unknown>;

const TYPES: Record<string, (value: unknown) => boolean> = {
  object: (v) => typeof v === "object" && v !== null && !Array.isArray(v),
  array: (v) => Array.isArray(v),
  string: (v) => typeof v === "string",
  number: (v) => typeof v === "number",
  integer: (v) => Number.isInteger(v),
  boolean: (v) => typeof v === "boolean",
  null: (v) => v === null,
};

const SILENT = ["$schema", "title", "description", "$defs", "required"];

/** Every way in which the value breaks the schema, with its path. */
export function breaches(
  schema: Schema,
  value: unknown,
  root: Schema = schema,
  path = "$",
): string[] {
  const found: string[] = [];
  const say = (text: string) => found.push(`${path}: ${text}`);
  const inner = (schema: unknown, value: unknown, step: string) =>
    found.push(...breaches(schema as Schema, value, root, path + step));
  for (const [keyword, wanted] of Object.entries(schema)) {
    switch (keyword) {
      case "$ref": {
        const name = String(wanted).replace("#/$defs/", "");
        inner((root.$defs as Schema)[name], value, "");
        break;
      }
      case "type": {
        const types = [wanted].flat() as string[];
        if (!types.some((t) => TYPES[t](value))) say(`not ${types.join("|")}`);
        break;
      }
      case "const":
        if (value !== wanted) say(`not ${wanted}`);
        break;
      case "enum":
        if (!(wanted as unknown[]).includes(value)) say(`not of ${wanted}`);
        break;
      case "minItems":
        if ((value as unknown[]).length < Number(wanted)) say("too few items");
        break;
      case "maxItems":
        if ((value as unknown[]).length > Number(wanted)) say("too many items");
        break;
      case "items":
        if (Array.isArray(value)) {
          value.forEach((item, k) => inner(wanted, item, `[${k}]`));
        }
        break;
      case "properties":
        if (!TYPES.object(value)) break;
        for (const [name, own] of Object.entries(wanted as Schema)) {
          const given = (value as Schema)[name];
          if (given !== undefined) inner(own, given, `.${name}`);
          else if ((schema.required as string[])?.includes(name)) {
            say(`lacks ${name}`);
          }
        }
        break;
      case "additionalProperties":
        if (!TYPES.object(value)) break;
        for (const [name, given] of Object.entries(value as Schema)) {
          if (Object.hasOwn((schema.properties ?? {}) as Schema, name)) {
            continue;
          }
          if (wanted === false) say(`does not know ${name}`);
          else inner(wanted, given, `.${name}`);
        }
        break;
      default:
        if (!SILENT.includes(keyword)) say(`unknown keyword ${keyword}`);
    }
  }
  return found;
}
