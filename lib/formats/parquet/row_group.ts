import type { ColumnSchema } from "../../datasets/schema.ts";
import { type ByteSource, ByteWindow } from "./byte_source.ts";
import { ColumnReader } from "./column_reader.ts";
import type { Leaf, RowGroup } from "./metadata.ts";
import { PageReader } from "./page_reader.ts";

/** A column that is read. */
export interface ColumnPlan {
  readonly column: ColumnSchema;
  readonly leaf: Leaf;
}

/** Columns of a row group that are held in memory together take so many bytes, at most. */
const GROUP_BYTES = 2 ** 26;

/** What is read at once of each column of larger row groups. */
const WINDOW = 2 ** 20;

/** Columns this close together are read at once, with what lies between. */
const GAP = 2 ** 16;

/** Opens the columns of a row group for reading. */
export async function openGroup(
  source: ByteSource,
  group: RowGroup,
  plans: readonly ColumnPlan[],
): Promise<ColumnReader[]> {
  const chunks = plans.map(({ leaf }) => group.chunks[leaf.chunk]);
  const total = chunks.reduce((sum, chunk) => sum + chunk.compressed, 0);
  const known = total <= GROUP_BYTES
    ? await readTogether(source, chunks)
    : undefined;
  return plans.map(({ column, leaf }, c) => {
    const { offset, compressed } = chunks[c];
    const window = new ByteWindow(
      source,
      offset,
      offset + compressed,
      WINDOW,
      known?.[c],
    );
    const pages = new PageReader(chunks[c], window);
    return new ColumnReader(leaf, column, pages, group.rows);
  });
}

interface Range {
  readonly offset: number;
  readonly compressed: number;
}

/** The bytes of several ranges, in as few requests as make sense. */
async function readTogether(
  source: ByteSource,
  ranges: readonly Range[],
): Promise<Uint8Array[]> {
  const runs: { from: number; to: number }[] = [];
  for (const { offset, compressed } of ranges.toSorted(byOffset)) {
    const last = runs.at(-1);
    const to = offset + compressed;
    if (last && offset <= last.to + GAP) last.to = Math.max(last.to, to);
    else runs.push({ from: offset, to });
  }
  const bytes = await Promise.all(
    runs.map(({ from, to }) => source.read(from, to)),
  );
  return ranges.map(({ offset, compressed }) => {
    const k = runs.findIndex(({ from, to }) => offset >= from && offset < to);
    if (k < 0) return new Uint8Array(0);
    const at = offset - runs[k].from;
    return bytes[k].subarray(at, at + compressed);
  });
}

function byOffset(a: Range, b: Range): number {
  return a.offset - b.offset;
}
