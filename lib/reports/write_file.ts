import { messageOf, ServemarkError } from "../core/errors.ts";
import type { RunResult } from "../runs/result.ts";
import { reportJson } from "./json.ts";
import { reportModel } from "./model.ts";
import { reportPdf } from "./pdf.ts";
import { reportText } from "./terminal.ts";
import { html, type WriteOptions } from "./write.ts";

const KINDS = ["html", "pdf", "json", "txt"] as const;

/** A report as one file. */
export type FileKind = (typeof KINDS)[number];

/** The kind that a file's name asks for; undefined for a folder. */
export function fileKind(path: string): FileKind | undefined {
  return KINDS.find((kind) => path.toLowerCase().endsWith(`.${kind}`));
}

/**
 * Writes a report as one file, which appears whole or not at all.
 *
 * @returns the path
 * @throws {ServemarkError} when it cannot be written
 */
export async function writeFile(
  result: RunResult,
  path: string,
  kind: FileKind,
  { signal, title }: WriteOptions = {},
): Promise<string> {
  const model = reportModel(result, title);
  const bytes = kind === "pdf"
    ? await reportPdf(model)
    : new TextEncoder().encode(
      kind === "html"
        ? html(model, result)
        : kind === "json"
        ? JSON.stringify(reportJson(model, result)) + "\n"
        : reportText(model),
    );
  signal?.throwIfAborted();
  const partial = `${path}.${crypto.randomUUID()}.partial`;
  try {
    await Deno.writeFile(partial, bytes);
    await Deno.rename(partial, path);
    return path;
  } catch (error) {
    // Nothing half-written stays; that it was never written is fine too.
    await Deno.remove(partial).catch(() => {});
    throw new ServemarkError("Cannot write the report", {
      cause: messageOf(error),
      place: path,
      remedy: "Make room, or choose another place",
      error,
    });
  }
}
