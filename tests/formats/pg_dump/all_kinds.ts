import type { Batch, Vector } from "../../../lib/datasets/batch.ts";
import { ColumnBuilder } from "../../../lib/datasets/column_builder.ts";
import type {
  ColumnSchema,
  TableSchema,
} from "../../../lib/datasets/schema.ts";
import type { Value } from "../../../lib/datasets/batch.ts";
import type {
  DatasetIdentity,
  TableSource,
} from "../../../lib/formats/source.ts";

/** A column of every kind, and of the native types that are none's own. */
const COLUMNS: readonly (ColumnSchema & { values: readonly Value[] })[] = [
  column("id", { kind: "bigint" }, [1, 2, 3, -9, 2n ** 63n - 1n, -(2n ** 63n)]),
  column("flag", { kind: "boolean" }, [1, 0, null, 1, 0, 1]),
  column("small", { kind: "integer", native: "smallint" }, [
    0,
    -32768,
    32767,
    null,
    1,
    2,
  ]),
  column("whole", { kind: "integer" }, [
    2 ** 31 - 1,
    -(2 ** 31),
    0,
    null,
    7,
    8,
  ]),
  column("big", { kind: "bigint" }, [
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    0,
    null,
    -1,
    9_000_000_000_000_001,
  ]),
  column("amount", { kind: "decimal", precision: 12, scale: 2 }, [
    0,
    -1,
    5,
    null,
    999_999_999_999,
    -100,
  ]),
  column("wide", { kind: "decimal", precision: 38, scale: 10 }, [
    "1",
    "-99999999999999999999999999999999999999",
    "0",
    null,
    "123456789012345678901234567890",
    "-1",
  ]),
  column("none", { kind: "decimal", precision: 5, scale: 0 }, [
    0,
    -99999,
    1,
    null,
    10,
    99999,
  ]),
  column("ratio", { kind: "double" }, [
    0.1,
    -0,
    Infinity,
    null,
    NaN,
    5e-324,
  ]),
  column("short", { kind: "double", native: "real" }, [
    Math.fround(0.1),
    -Infinity,
    Math.fround(3.4e38),
    null,
    NaN,
    Math.fround(1e-45),
  ]),
  column("words", { kind: "text" }, [
    "",
    "\\.",
    "tab\tnew\nline\r\\N \b\f\v'\"|",
    null,
    "😀 né ñ \\",
    "x".repeat(1_000_000),
  ]),
  column("document", { kind: "text", native: "jsonb" }, [
    "{}",
    '{"a": "\\n"}',
    "[1, 2]",
    null,
    "null",
    '"\\\\"',
  ]),
  column("raw", { kind: "bytes" }, [
    new Uint8Array(),
    Uint8Array.of(0, 255, 92, 10),
    Uint8Array.of(1),
    null,
    Uint8Array.from({ length: 256 }, (_, k) => k),
    Uint8Array.of(9),
  ]),
  column("day", { kind: "date" }, [
    0,
    -719_162,
    2_932_896,
    null,
    -1,
    19_782,
  ]),
  column("at", { kind: "timestamp" }, [
    0,
    -1,
    1_234_567,
    null,
    -62_135_596_800_000_000n,
    253_402_300_799_999_999n,
  ]),
  column(
    "instant",
    { kind: "timestamp", native: "timestamp with time zone" },
    [0, -1, 100, null, 1_700_000_000_120_000, 86_399_999_999],
  ),
];

function column(
  name: string,
  type: ColumnSchema["type"],
  values: readonly Value[],
): ColumnSchema & { values: readonly Value[] } {
  return { name, type, nullable: name !== "id", values };
}

/** A table of {@link COLUMNS}, one of awkward names, one without rows. */
export const ALL_KINDS: readonly TableSchema[] = [
  {
    name: "all_kinds",
    entity: "thing",
    columns: COLUMNS.map(({ name, type, nullable }) => ({
      name,
      type,
      nullable,
    })),
    key: ["id"],
    keyForm: { as: "listed" },
    rows: 6,
  },
  {
    name: 'Odd "name".with 😀',
    entity: "odd entity",
    columns: [
      { name: "a b", type: { kind: "text" }, nullable: false },
      { name: 'say "x"', type: { kind: "bigint" }, nullable: false },
    ],
    key: ["a b", 'say "x"'],
    keyForm: { as: "id", prefix: "o'", digits: 8 },
    rows: 20_000,
  },
  {
    name: "constructor",
    entity: "none",
    columns: [{ name: "x", type: { kind: "integer" }, nullable: true }],
    key: [],
    keyForm: { as: "integer", first: 7 },
    rows: 0,
  },
];

/** These tables as a source. */
export function allKinds(identity?: DatasetIdentity): TableSource {
  return {
    name: "all kinds",
    tables: ALL_KINDS,
    identity,
    notes: [],
    async *read(table) {
      if (table === "all_kinds") {
        yield batch(ALL_KINDS[0], 0, 6, (c, row) => COLUMNS[c].values[row]);
      }
      for (
        let from = 0;
        table === ALL_KINDS[1].name && from < 20_000;
        from += 7_000
      ) {
        await Promise.resolve();
        yield batch(
          ALL_KINDS[1],
          from,
          Math.min(7_000, 20_000 - from),
          (c, row) =>
            c === 0 ? `o'${String(from + row).padStart(8, "0")}` : from + row,
        );
      }
    },
    close: () => Promise.resolve(),
  };
}

function batch(
  table: TableSchema,
  from: number,
  rows: number,
  value: (column: number, row: number) => Value,
): Batch {
  const columns = table.columns.map(({ type }, c): Vector => {
    const builder = new ColumnBuilder(type);
    for (let row = 0; row < rows; row++) builder.add(value(c, row));
    return builder.finish();
  });
  return { table, from, rows, columns };
}
