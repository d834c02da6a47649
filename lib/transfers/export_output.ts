import { ServemarkError } from "../core/errors.ts";
import { openFormat } from "../formats/formats.ts";
import type { Compression, Format, Place } from "../formats/source.ts";
import { openStore } from "../stores/open.ts";
import { splitUri } from "../stores/split_uri.ts";
import type { StoreOptions } from "../stores/store.ts";
import { formatOfName } from "./find_format.ts";

/** Where an export goes, and in which format. */
export interface ExportOutput {
  readonly format: Format;
  readonly place: Place;
  /** For people: the file's or folder's path or URI. */
  readonly name: string;
}

/**
 * Reads an output: its ending says the format where `format` does not. An
 * output that ends in `/` is a folder: an archive in it is called after the
 * dataset, `fraud_detection_v1.0.dump`.
 */
export async function exportOutput(
  output: string,
  dataset: string,
  format: string | undefined,
  options: StoreOptions = {},
): Promise<ExportOutput> {
  const named = formatOfName(output);
  const writer = await openFormat(format ?? named ?? "pg_dump");
  const isFolder = /\/(\?.*)?$/s.test(output);
  if (writer.layout === "folder") {
    const store = await openStore(
      isFolder ? output.replace(/(.)\/+(\?|$)/, "$1$2") : output,
      options,
    );
    return { format: writer, place: { store, key: "" }, name: store.uri };
  }
  if (named !== undefined && named !== writer.name) {
    throw new ServemarkError(`Cannot export to ${output}`, {
      cause: `its ending says ${named}, and --format says ${writer.name}`,
      remedy: "Let one of them go, or make both agree",
      exitCode: 2,
    });
  }
  const uri = isFolder ? withName(output, `${dataset}.dump`) : output;
  const { store: where, key } = splitUri(uri);
  const store = await openStore(where, options);
  return { format: writer, place: { store, key }, name: store.locate(key) };
}

/** A folder's URI with an object's name behind it, before its query. */
function withName(folder: string, name: string): string {
  const [, path, query = ""] = /^([^?]*)(\?.*)?$/s.exec(folder)!;
  return path + name + query;
}

/** Codecs, and levels that stand for one. */
const CODECS: readonly Compression[] = [
  "none",
  "gzip",
  "lz4",
  "zstd",
  "snappy",
];

/** Reads `9`, `0`, `gzip`, `zstd:3`: a level alone is gzip's, 0 is none. */
export function readCompression(
  text: string,
): { compression: Compression; level?: number } {
  const match = /^(?:([a-z0-9]+?)(?::(\d{1,2}))?|(\d))$/.exec(text);
  if (match?.[3] !== undefined || /^\d$/.test(text)) {
    const level = Number(text);
    return level === 0
      ? { compression: "none" }
      : { compression: "gzip", level };
  }
  const codec = CODECS.find((known) => known === match?.[1]);
  if (codec) {
    return {
      compression: codec,
      ...(match![2] === undefined ? {} : { level: Number(match![2]) }),
    };
  }
  throw new ServemarkError(`Cannot read "${text}" as a compression`, {
    remedy: `Write 0 (none) to 9 (smallest), or one of ${CODECS.join(", ")}, ` +
      "as in zstd or gzip:9",
    exitCode: 2,
  });
}
