import { messageOf, ServemarkError } from "../core/errors.ts";

/** What the operating system's codes mean to a person, and what to do. */
const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: ["the disk is full", "Free some space, or choose another folder"],
  EDQUOT: [
    "the disk quota is used up",
    "Free some space, or choose another folder",
  ],
  EACCES: [
    "permission was refused",
    "Grant this user access, or choose another folder",
  ],
  EPERM: [
    "the system refused it",
    "Grant this user access, or choose another folder",
  ],
  EROFS: ["the file system is read-only", "Choose a folder that is writable"],
  ENOTDIR: [
    "a file stands where a folder is needed",
    "Choose another folder",
  ],
  EISDIR: ["a folder stands where a file is needed", "Choose another folder"],
  ENAMETOOLONG: ["the path is too long", "Choose a folder with a shorter path"],
  EMFILE: [
    "too many files are open",
    "Raise the limit with `ulimit -n`, or use fewer workers",
  ],
  EIO: ["the disk failed", "Check the disk, or choose another folder"],
};

/** The error for a failed file operation, in words. `what` says what could not be done. */
export function fileError(
  what: string,
  path: string,
  error: unknown,
): ServemarkError {
  if (error instanceof ServemarkError) return error;
  const known = REASONS[codeOf(error) ?? ""];
  return new ServemarkError(what, {
    cause: known?.[0] ?? messageOf(error),
    place: path,
    remedy: known?.[1],
    error,
  });
}

/** The operating system's code of an error, such as `ENOSPC`. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}
