import type { Physical } from "./metadata.ts";
import {
  CHECK_KEY,
  checkText,
  type Chunk,
  CODECS,
  CREATED_BY,
  type FileMetadata,
  type Leaf,
  type NestedColumn,
  PHYSICAL,
  type RowGroup,
  UNCHECKED,
} from "./metadata.ts";
import { type SchemaElement, schemaElement } from "./read_schema.ts";
import { ThriftReader } from "./thrift_reader.ts";

/** Columns of a file, at most: databases take about 1,600. */
const MAX_COLUMNS = 16_384;

/** Row groups of a file, at most. */
const MAX_GROUPS = 2 ** 20;

/**
 * Parses a file's metadata.
 *
 * @param base where they begin in the file
 * @throws {Damage} where they contradict the format or themselves
 */
export function parseMetadata(bytes: Uint8Array, base: number): FileMetadata {
  const thrift = new ThriftReader(bytes, base);
  const elements: SchemaElement[] = [];
  const groups: { rows: number; chunks: readonly Chunk[] }[] = [];
  const keyValues = new Map<string, string>();
  let rows = -1;
  let createdBy = "";
  let check: { text: string; at: number } | undefined;
  thrift.struct((id, type) => {
    switch (id) {
      case 2:
        thrift.list(
          type,
          (e) => thrift.structField(e, schemaElement(thrift, elements)),
          MAX_COLUMNS,
        );
        return;
      case 3:
        rows = thrift.int(type);
        return;
      case 4:
        thrift.list(type, (e) => {
          groups.push(rowGroup(thrift, e, base));
        }, MAX_GROUPS);
        return;
      case 5:
        thrift.list(type, (e) => {
          let key = "";
          let value = "";
          thrift.structField(e, (id, type) => {
            if (id === 1) key = thrift.text(type);
            else if (id === 2) value = thrift.text(type);
            else thrift.skip(type);
            if (id === 2 && key === CHECK_KEY) {
              check = { text: value, at: thrift.position };
            }
          });
          keyValues.set(key, value);
        });
        return;
      case 6:
        createdBy = thrift.text(type);
        return;
      default:
        thrift.skip(type);
    }
  });
  if (check && createdBy === CREATED_BY) verify(thrift, bytes, check);
  const { leaves, nested, chunks } = columnsOf(thrift, elements);
  let counted = 0;
  groups.forEach((group, g) => {
    counted += group.rows;
    if (group.chunks.length !== chunks) {
      thrift.fail(
        `row group ${g} has ${group.chunks.length} columns in place of ${chunks}`,
      );
    }
    for (const leaf of leaves) {
      const chunk = group.chunks[leaf.chunk];
      if (chunk.physical !== leaf.physical) {
        thrift.fail(
          `row group ${g} has column ${leaf.name} as ${chunk.physical} in place of ${leaf.physical}`,
        );
      }
      if (chunk.values !== group.rows) {
        thrift.fail(
          `row group ${g} has ${chunk.values} values of column ${leaf.name} for ${group.rows} rows`,
        );
      }
    }
  });
  if (counted !== rows) {
    thrift.fail(`its row groups have ${counted} rows in place of ${rows}`);
  }
  return {
    name: elements[0].name,
    rows,
    leaves,
    nested,
    rowGroups: groups,
    keyValues,
    createdBy,
  };
}

function verify(
  thrift: ThriftReader,
  bytes: Uint8Array,
  check: { text: string; at: number },
): void {
  const plain = bytes.slice();
  plain.set(new TextEncoder().encode(UNCHECKED), check.at - UNCHECKED.length);
  if (checkText(plain) !== check.text) {
    thrift.fail("its metadata do not match their check");
  }
}

/** Which columns are flat, and which are not. */
function columnsOf(
  thrift: ThriftReader,
  elements: readonly SchemaElement[],
): {
  leaves: readonly Leaf[];
  nested: readonly NestedColumn[];
  chunks: number;
} {
  const leaves: Leaf[] = [];
  const nested: NestedColumn[] = [];
  let chunks = 0;
  let at = 1;
  if (elements.length === 0) thrift.fail("it has no schema");
  for (let c = 0; c < elements[0].children; c++) {
    const top = elements[at];
    if (!top) thrift.fail("its schema ends early");
    if (top.children === 0 && top.repetition !== 2) {
      if (!top.physical) {
        thrift.fail(`its column ${top.name} has no type`);
      }
      leaves.push({
        name: top.name,
        physical: top.physical,
        length: top.length,
        nullable: top.repetition === 1,
        meaning: top.meaning,
        chunk: chunks++,
      });
      at++;
      continue;
    }
    nested.push({
      name: top.name,
      what: top.children === 0 ? "a list" : top.group ?? "a structure",
    });
    for (let open = 1; open > 0; open--) {
      const element = elements[at++];
      if (!element) thrift.fail("its schema ends early");
      if (element.children === 0) chunks++;
      open += element.children;
      if (open > elements.length) thrift.fail("its schema ends early");
    }
  }
  if (at !== elements.length) thrift.fail("its schema has loose ends");
  return { leaves, nested, chunks };
}

function rowGroup(
  thrift: ThriftReader,
  elementType: number,
  end: number,
): RowGroup {
  const chunks: Chunk[] = [];
  let rows = -1;
  thrift.structField(elementType, (id, type) => {
    if (id === 1) {
      thrift.list(type, (e) => {
        chunks.push(columnChunk(thrift, e, end));
      }, MAX_COLUMNS);
    } else if (id === 3) rows = thrift.int(type);
    else thrift.skip(type);
  });
  if (!(rows >= 0 && rows < 2 ** 40)) {
    thrift.fail(`it has a row group of ${rows} rows`);
  }
  return { rows, chunks };
}

function columnChunk(
  thrift: ThriftReader,
  elementType: number,
  end: number,
): Chunk {
  let physical: Physical | undefined;
  let codec: Chunk["codec"] | undefined;
  let [values, uncompressed, compressed, data] = [-1, -1, -1, -1];
  let dictionary = 0;
  thrift.structField(elementType, (id, type) => {
    if (id === 1) {
      thrift.fail("its columns lie in other files, which are not read");
    }
    if (id !== 3) return thrift.skip(type);
    thrift.structField(type, (id, type) => {
      switch (id) {
        case 1:
          physical = PHYSICAL[thrift.int(type)];
          return;
        case 4:
          codec = CODECS[thrift.int(type)];
          return;
        case 5:
          values = thrift.int(type);
          return;
        case 6:
          uncompressed = thrift.int(type);
          return;
        case 7:
          compressed = thrift.int(type);
          return;
        case 9:
          data = thrift.int(type);
          return;
        case 11:
          dictionary = thrift.int(type);
          return;
        default:
          thrift.skip(type);
      }
    });
  });
  if (!physical || !codec) {
    thrift.fail("a column's metadata lack its type or codec, or are encrypted");
  }
  // Some writers give 0 for no dictionary, and some an offset behind the data.
  const offset = dictionary > 0 && dictionary < data ? dictionary : data;
  if (values === 0) {
    // Writers place what is not there anywhere.
    return {
      physical,
      codec,
      values,
      uncompressed: 0,
      compressed: 0,
      offset: 4,
    };
  }
  if (
    !(offset >= 4 && compressed >= 0 && uncompressed >= 0) ||
    offset + compressed > end
  ) {
    thrift.fail("a column's pages lie outside of the file");
  }
  return { physical, codec, values, uncompressed, compressed, offset };
}
