import { LEAST_PART } from "./part_sizes.ts";
import type { PartTarget, SentPart } from "./part_target.ts";

/** Name of what a checkpoint keeps. */
export const JOURNAL = "journal.json";
/** Name of the bytes that wait for the head. */
export const FIRST = "first.bin";

/** What a checkpoint keeps. */
export interface Journal {
  readonly head: number;
  readonly upload: string;
  readonly position: number;
  /** Number of the last part. */
  readonly last: number;
  /** See {@link digestOf}. */
  readonly parts: string;
  readonly state: unknown;
}

/** An unfinished write that is taken up. */
export interface Resumed {
  readonly journal: Journal;
  readonly parts: SentPart[];
  readonly first: Uint8Array;
}

/** Bytes of part 1 that follow the head; they wait with it until the end. */
export function roomBehind(head: number): number {
  return head === 0 ? 0 : Math.max(0, LEAST_PART - head);
}

/** Finds an unfinished write, if it is whole; what is left of one that is not is removed. */
export async function takeUp(
  target: PartTarget,
  head: number,
): Promise<Resumed | undefined> {
  const text = await target.kept(JOURNAL);
  if (!text) return undefined;
  const journal: Journal = JSON.parse(new TextDecoder().decode(text));
  const sent = await target.sent(journal.upload) ?? [];
  // Later ones may have been sent since, and with its last breath the first.
  const from = head === 0 ? 1 : 2;
  const parts = sent
    .filter(({ number }) => number >= from && number <= journal.last)
    .sort((a, b) => a.number - b.number);
  const room = roomBehind(head);
  const first = room > 0 ? await target.kept(FIRST) : new Uint8Array();
  const bytes = parts.reduce((sum, part) => sum + part.bytes, head + room);
  const whole = journal.head === head && first?.length === room &&
    bytes === journal.position &&
    parts.every(({ number }, k) => number === from + k) &&
    await digestOf(parts) === journal.parts;
  if (whole) return { journal, parts, first: first! };
  // Somebody removed what it was made of, such as a rule of the bucket's.
  await target.cancel(journal.upload);
  await target.forget(JOURNAL);
  await target.forget(FIRST);
  return undefined;
}

/** SHA-256 of the parts' tags: others may have been sent in their place meanwhile. */
export async function digestOf(parts: readonly SentPart[]): Promise<string> {
  const text = parts.map(({ number, bytes, tag }) =>
    `${number} ${bytes} ${tag}\n`
  );
  const bytes = new TextEncoder().encode(text.join(""));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
