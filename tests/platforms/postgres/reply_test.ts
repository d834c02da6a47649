import assert from "node:assert/strict";
import { readRow, ReplyReader } from "../../../lib/platforms/postgres/reply.ts";
import {
  concat,
  int16,
  int32,
  message,
  text,
} from "../../../lib/platforms/postgres/wire.ts";

const encoder = new TextEncoder();

function dataRow(...columns: readonly (string | null)[]): Uint8Array {
  return message(
    "D",
    int16(columns.length),
    ...columns.flatMap((column) => {
      if (column === null) return [int32(-1)];
      const bytes = encoder.encode(column);
      return [int32(bytes.length), bytes];
    }),
  );
}

const READY = message("Z", encoder.encode("I"));
const COMPLETE = message("C", text("SELECT 1"));
const BOUND = message("2");
const ERROR = message(
  "E",
  encoder.encode(
    "SERROR\0VERROR\0C42P01\0Mno such table\0WCOPY t, line 3\0\0",
  ),
);

const ANSWER = concat(
  BOUND,
  dataRow("1", null, "é|"),
  COMPLETE,
  message("N", encoder.encode("SNOTICE\0\0")),
  BOUND,
  dataRow("x".repeat(5_000)),
  dataRow("2"),
  COMPLETE,
  READY,
);

/** Feeds bytes in pieces of the given sizes; returns how often ReadyForQuery was seen. */
function feed(
  reader: ReplyReader,
  bytes: Uint8Array,
  size: (n: number) => number,
): number {
  let ready = 0;
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const to = Math.min(bytes.length, at + size(n));
    // A buffer that the network will use again.
    const piece = bytes.slice(at, to);
    for (let from = 0; from < piece.length;) {
      const end = reader.next(piece, from, piece.length);
      if (end < 0) break;
      ready++;
      from = end;
    }
    piece.fill(0xff);
    at = to;
  }
  return ready;
}

Deno.test("ReplyReader counts rows however the network cuts them", () => {
  const sizes: [string, (n: number) => number][] = [
    ["all at once", () => Infinity],
    ["byte by byte", () => 1],
    ["odd pieces", (n) => 1 + (n * 7) % 13],
    ["large pieces", () => 65_536],
  ];
  for (const [name, size] of sizes) {
    for (const collecting of [false, true]) {
      const reader = new ReplyReader();
      const rows: (string | null)[][] = [];
      if (collecting) {
        reader.collect = (type, body) => {
          if (type === 0x44) rows.push(readRow(body));
        };
      }
      const twice = concat(ANSWER, ANSWER);
      assert.equal(feed(reader, twice, size), 2, name);
      assert.equal(reader.rows, 6, name);
      assert.equal(reader.completed, 4, name);
      assert.equal(reader.error, undefined);
      if (!collecting) continue;
      assert.equal(rows.length, 6);
      assert.deepEqual(rows[0], ["1", null, "é|"]);
      assert.equal(rows[4][0]!.length, 5_000);
    }
  }
});

Deno.test("ReplyReader keeps the first error's code, message and place", () => {
  const reader = new ReplyReader();
  assert.equal(feed(reader, concat(BOUND, ERROR, READY), () => 3), 1);
  assert.deepEqual(reader.error, {
    severity: "ERROR",
    code: "42P01",
    message: "no such table",
    where: "COPY t, line 3",
  });
  reader.reset();
  assert.equal(reader.error, undefined);
  assert.equal(reader.rows, 0);
});
