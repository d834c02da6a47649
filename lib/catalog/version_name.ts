import { ServemarkError } from "../core/errors.ts";
import { isName, isVersion } from "./layout.ts";

/** A dataset by name, and perhaps which of its versions, or a branch or tag. */
export interface VersionName {
  readonly name: string;
  readonly version?: string;
}

/**
 * Reads `fraud_detection`, `fraud_detection_v1.0`, `fraud_detection@1.0`, and
 * with a branch or a tag `fraud_detection@main`.
 *
 * @throws {ServemarkError} for a text that can name nothing in a catalog
 */
export function readVersionName(text: string): VersionName {
  const match = /^(.+?)@([^@]+)$/.exec(text) ??
    /^(.+?)_v(\d[0-9A-Za-z._-]*)$/.exec(text);
  const [name, version] = match ? [match[1], match[2]] : [text, undefined];
  if (isName(name) && (version === undefined || isVersion(version))) {
    return version === undefined ? { name } : { name, version };
  }
  throw new ServemarkError(`Cannot read "${text}" as a version's name`, {
    remedy:
      "Write it as fraud_detection_v1.0, fraud_detection@1.0, or with a " +
      "branch or a tag: fraud_detection@main",
    exitCode: 2,
  });
}

/** `fraud_detection_v1.0` */
export function versionText(id: { name: string; version: string }): string {
  return `${id.name}_v${id.version}`;
}
