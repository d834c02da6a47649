import { basename } from "node:path";
import { type Catalog, openCatalog } from "../../catalog/catalog.ts";
import { ServemarkError } from "../../core/errors.ts";
import { silent, type Watch } from "../../core/progress.ts";
import { own } from "../../core/records.ts";
import { openStore } from "../../stores/open.ts";
import { splitUri } from "../../stores/split_uri.ts";
import { isHere, namesPlace } from "../find_format.ts";
import { openSource } from "../open_source.ts";
import { loadData, type LoadedData } from "./load_data.ts";
import { NO_OVERRIDES, type Overrides, readOverrides } from "./overrides.ts";

/** How someone's own data is loaded. */
export interface LoadSourceOptions extends Watch {
  /** The dataset's name. @default the file's or folder's, without its ending */
  readonly name?: string;
  /** @default "1.0" */
  readonly version?: string;
  /** The key's columns, where the source has one table. */
  readonly key?: readonly string[];
  /** Declarations. @default the YAML beside the source, of the same name, if there is one */
  readonly declarations?: string;
  /** Where the dataset is kept. @default the user's own catalog */
  readonly catalog?: string | Catalog;
  /** The format's name, where the place does not tell it. */
  readonly format?: string;
}

/**
 * Makes a dataset of the data at a path or URI: a CSV or Parquet file, a folder
 * of them, a pg_dump archive, an export of DynamoDB, a live PostgreSQL. Types
 * are inferred, and keys detected, unless they are declared.
 *
 * @throws {ServemarkError} for what cannot be read, with its place, and where
 * no key is found
 */
export async function loadSource(
  from: string,
  options: LoadSourceOptions = {},
): Promise<LoadedData> {
  // What was loaded before bears the same name: the data themselves are meant.
  if (!namesPlace(from) && await isHere(from)) {
    return await loadSource(`./${from}`, options);
  }
  const { catalog: where, signal, progress = silent } = options;
  const catalog = where === undefined || typeof where === "string"
    ? await openCatalog(where)
    : where;
  const name = options.name ?? nameOf(from);
  const declared = await readDeclarations(from, options.declarations);
  const source = { signal, progress, catalog, format: options.format };
  const overrides = options.key === undefined
    ? declared
    : await withKey(declared, options.key, from, source);
  const loaded = await loadData(
    (schemas) => openSource(from, { ...source, schemas }),
    catalog,
    {
      signal,
      progress,
      name,
      version: options.version ?? "1.0",
      overrides: {
        ...overrides,
        ...(options.name ? { name: options.name } : {}),
        ...(options.version ? { version: options.version } : {}),
      },
    },
  );
  await catalog.addManifest(loaded.manifest);
  return loaded;
}

/** `customer_data` for `s3://bucket/Customer-Data.csv.gz`. */
function nameOf(from: string): string {
  const path = from.replace(/[?#].*$/s, "").replace(/\/+$/, "");
  const plain = basename(path)
    .replace(/\.(csv|tsv|parquet|dump|backup)(\.gz|\.zst)?$/i, "")
    .toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[_0-9]+|_+$/g, "");
  if (plain !== "") return plain.slice(0, 60);
  throw new ServemarkError(`Cannot name a dataset after ${from}`, {
    remedy: "Give it a name: --name=customer_data",
    exitCode: 2,
  });
}

async function readDeclarations(
  from: string,
  given: string | undefined,
): Promise<Overrides> {
  if (given !== undefined) {
    const { store, key } = splitUri(given);
    const bytes = await (await openStore(store)).get(key);
    if (bytes) return readOverrides(new TextDecoder().decode(bytes), given);
    throw new ServemarkError("Cannot read the declarations", {
      cause: "there is no such file",
      place: given,
      exitCode: 2,
    });
  }
  if (/^(postgres(ql)?|dynamodb):/i.test(from)) return NO_OVERRIDES;
  const { store, key } = splitUri(from.replace(/(.)\/+$/, "$1"));
  const plain = key.replace(/\.[a-z0-9]+(\.gz|\.zst)?$/i, "");
  const opened = await openStore(store);
  for (const beside of [`${plain}.yaml`, `${plain}.yml`]) {
    const bytes = beside === key ? undefined : await opened.get(beside);
    if (bytes) {
      return readOverrides(
        new TextDecoder().decode(bytes),
        opened.locate(beside),
      );
    }
  }
  return NO_OVERRIDES;
}

/** The declarations with a key that was given for the only table. */
async function withKey(
  declared: Overrides,
  key: readonly string[],
  from: string,
  options: Parameters<typeof openSource>[1],
): Promise<Overrides> {
  const source = await openSource(from, options);
  await source.close();
  if (source.tables.length !== 1) {
    throw new ServemarkError("Cannot tell which table's key is meant", {
      cause: `${from} has ${source.tables.length} tables: ${
        source.tables.map((t) => t.name).join(", ")
      }`,
      remedy: "Declare the keys in a YAML file: tables: { NAME: { key: … } }",
      exitCode: 2,
    });
  }
  const [{ name }] = source.tables;
  const table = own(declared.tables, name) ?? { columns: {} };
  return {
    ...declared,
    tables: { ...declared.tables, [name]: { ...table, key } },
  };
}
