/**
 * Results in a folder: `report.json` and `samples.arrow`.
 *
 * @module
 */
import { messageOf, ServemarkError } from "../core/errors.ts";
import {
  resultFromJson,
  type ResultJson,
  resultToJson,
} from "./result_json.ts";
import type { RunResult } from "./result.ts";

/** Names within the folder of a run. */
export const RESULT_FILE = "report.json";
export const SAMPLES_FILE = "samples.arrow";

/** `report.json`: a result, and what a report adds to it. */
export interface ReportJson {
  readonly schemaVersion: 1;
  readonly result: ResultJson;
  readonly [addition: string]: unknown;
}

/**
 * Writes a result into a folder, which is made. Each file appears whole or not
 * at all, `report.json` last: a folder that has it has the samples too.
 *
 * @param additions further members of `report.json`
 */
export async function saveResult(
  result: RunResult,
  folder: string,
  additions: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { samplesToArrow } = await import("../frames/samples.ts");
  const report: ReportJson = {
    ...additions,
    schemaVersion: 1,
    result: resultToJson(result),
  };
  try {
    await Deno.mkdir(folder, { recursive: true });
    await writeWhole(
      `${folder}/${SAMPLES_FILE}`,
      samplesToArrow(result.samples, { run: result.name }),
    );
    await writeWhole(
      `${folder}/${RESULT_FILE}`,
      new TextEncoder().encode(JSON.stringify(report) + "\n"),
    );
  } catch (error) {
    throw new ServemarkError("Cannot write the result", {
      cause: messageOf(error),
      place: folder,
      remedy: "Make room, or choose another folder",
      error,
    });
  }
}

/** Reads a result from the folder that {@link saveResult} wrote. */
export async function loadResult(folder: string): Promise<RunResult> {
  const { samplesFromArrow } = await import("../frames/samples.ts");
  try {
    const report = JSON.parse(
      await Deno.readTextFile(`${folder}/${RESULT_FILE}`),
    ) as Partial<ReportJson>;
    const samples = await Deno.readFile(`${folder}/${SAMPLES_FILE}`);
    return resultFromJson(report.result, samplesFromArrow(samples));
  } catch (error) {
    throw new ServemarkError("Cannot read the run", {
      cause: messageOf(error),
      place: folder,
      remedy:
        `Name the folder of a run: it holds ${RESULT_FILE} and ${SAMPLES_FILE}`,
      error,
    });
  }
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.${crypto.randomUUID()}.partial`;
  try {
    await Deno.writeFile(partial, bytes);
    await Deno.rename(partial, path);
  } catch (error) {
    // Nothing half-written stays; that it was never written is fine too.
    await Deno.remove(partial).catch(() => {});
    throw error;
  }
}
