import type { ColumnSchema } from "../../datasets/schema.ts";
import { layoutOf } from "./columns.ts";
import type { EncodedChunk } from "./encode_chunk.ts";
import {
  CHECK_KEY,
  checkText,
  CREATED_BY,
  MAGIC,
  type Meaning,
  PHYSICAL,
  UNCHECKED,
} from "./metadata.ts";
import { T } from "./thrift_reader.ts";
import { ThriftWriter } from "./thrift_writer.ts";

/** A row group that was written. */
export interface WrittenGroup {
  readonly rows: number;
  /** Byte offset of its first page. */
  readonly offset: number;
  readonly chunks: readonly EncodedChunk[];
}

/** What a footer tells. */
export interface FooterContent {
  readonly table: string;
  readonly columns: readonly ColumnSchema[];
  readonly codec: number;
  readonly groups: readonly WrittenGroup[];
  readonly keyValues: readonly (readonly [string, string])[];
}

/** A file's end: its metadata, their length, and the format's mark. */
export function writeFooter(content: FooterContent): Uint8Array {
  const out = new ThriftWriter();
  const { columns, groups } = content;
  let check = 0;
  out.element(() => {
    // Version 2 tells readers that the newer logical types are meant.
    out.int(1, 2);
    out.structs(2, [null, ...columns], (column) => {
      if (column) columnElement(out, column);
      else {
        out.text(4, content.table);
        out.int(5, columns.length);
      }
    });
    out.i64(3, groups.reduce((sum, group) => sum + group.rows, 0));
    out.structs(4, groups.map((group, k) => ({ group, k })), ({ group, k }) => {
      writeGroup(out, content, group, k);
    });
    const keyValues = [...content.keyValues, [CHECK_KEY, UNCHECKED] as const];
    out.structs(5, keyValues, ([key, value]) => {
      out.text(1, key);
      out.text(2, value);
      check = out.position;
    });
    out.text(6, CREATED_BY);
    // Statistics count only for readers that know the values' order: the type's.
    out.structs(7, columns, () => out.struct(1, () => {}));
  });
  const metadata = out.bytes;
  // The check is over the metadata as they stand, with zeros in its own place.
  metadata.set(
    new TextEncoder().encode(checkText(metadata)),
    check - UNCHECKED.length,
  );
  const bytes = new Uint8Array(metadata.length + 8);
  bytes.set(metadata);
  new DataView(bytes.buffer).setUint32(metadata.length, metadata.length, true);
  bytes.set(MAGIC, metadata.length + 4);
  return bytes;
}

function writeGroup(
  out: ThriftWriter,
  { columns, codec }: FooterContent,
  group: WrittenGroup,
  ordinal: number,
): void {
  const sum = (of: (chunk: EncodedChunk) => number) =>
    group.chunks.reduce((total, chunk) => total + of(chunk), 0);
  let offset = group.offset;
  const placed = group.chunks.map((chunk, c) => {
    const place = { chunk, column: columns[c], offset };
    offset += chunk.compressed;
    return place;
  });
  out.structs(1, placed, ({ chunk, column, offset }) => {
    out.i64(2, 0);
    out.struct(3, () => {
      out.int(1, PHYSICAL.indexOf(layoutOf(column).physical));
      out.ints(2, chunk.encodings);
      out.texts(3, [column.name]);
      out.int(4, codec);
      out.i64(5, group.rows);
      out.i64(6, chunk.uncompressed);
      out.i64(7, chunk.compressed);
      out.i64(9, offset + chunk.dictionary);
      if (chunk.dictionary > 0) out.i64(11, offset);
      out.struct(12, () => {
        const { nulls, range } = chunk.statistics;
        out.i64(3, nulls);
        if (!range) return;
        if (range.max) out.binary(5, range.max);
        out.binary(6, range.min);
        if (range.max) out.bool(7, range.maxExact);
        out.bool(8, range.minExact);
      });
    });
  });
  out.i64(2, sum((chunk) => chunk.uncompressed));
  out.i64(3, group.rows);
  out.i64(5, group.offset);
  out.i64(6, sum((chunk) => chunk.compressed));
  // A 16-bit field; files may have more groups than that.
  if (ordinal < 2 ** 15) out.int(7, ordinal, T.i16);
}

function columnElement(out: ThriftWriter, column: ColumnSchema): void {
  const { physical, length, meaning } = layoutOf(column);
  out.int(1, PHYSICAL.indexOf(physical));
  if (length > 0) out.int(2, length);
  out.int(3, column.nullable ? 1 : 0);
  out.text(4, column.name);
  const converted = convertedType(meaning);
  if (converted !== undefined) out.int(6, converted);
  if (meaning.kind === "decimal") {
    out.int(7, meaning.scale);
    out.int(8, meaning.precision);
  }
  if (meaning.kind !== "none") {
    out.struct(10, () => writeMeaning(out, meaning));
  }
}

/** The older notation, which says nothing of time zones. */
function convertedType(meaning: Meaning): number | undefined {
  switch (meaning.kind) {
    case "string":
      return 0;
    case "decimal":
      return 5;
    case "date":
      return 6;
    case "timestamp":
      return meaning.utc ? 10 : undefined;
  }
}

function writeMeaning(out: ThriftWriter, meaning: Meaning): void {
  switch (meaning.kind) {
    case "string":
      return out.struct(1, () => {});
    case "decimal":
      return out.struct(5, () => {
        out.int(1, meaning.scale);
        out.int(2, meaning.precision);
      });
    case "date":
      return out.struct(6, () => {});
    case "timestamp":
      return out.struct(8, () => {
        out.bool(1, meaning.utc);
        out.struct(2, () => out.struct(2, () => {}));
      });
  }
}
