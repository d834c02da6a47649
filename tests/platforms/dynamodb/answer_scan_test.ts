import assert from "node:assert/strict";
import {
  type AnswerSummary,
  scanAnswer,
} from "../../../lib/platforms/dynamodb/answer_scan.ts";

function scan(answer: unknown, space?: number): AnswerSummary {
  const into = { rows: -1, units: -1, unprocessed: true };
  const text = JSON.stringify(answer, null, space);
  scanAnswer(new TextEncoder().encode(text), into);
  return into;
}

const CAPACITY = { TableName: "t", CapacityUnits: 0.5 };

Deno.test("scanAnswer() sees whether GetItem found its item", () => {
  assert.deepEqual(scan({}), { rows: 0, units: 0, unprocessed: false });
  assert.deepEqual(scan({ ConsumedCapacity: CAPACITY }), {
    rows: 0,
    units: 0.5,
    unprocessed: false,
  });
  const found = { ConsumedCapacity: CAPACITY, Item: { id: { S: "a" } } };
  assert.equal(scan(found).rows, 1);
  assert.equal(scan(found).units, 0.5);
});

Deno.test("scanAnswer() counts items and units in any order of members", () => {
  const Responses = {
    a: [{ id: { S: "1" } }, { id: { N: "2" } }],
    b: [],
    c: [{}],
  };
  const ConsumedCapacity = [CAPACITY, { CapacityUnits: 12, TableName: "u" }];
  for (
    const answer of [
      { Responses, ConsumedCapacity, UnprocessedKeys: {} },
      { UnprocessedKeys: {}, ConsumedCapacity, Responses },
    ]
  ) {
    assert.deepEqual(scan(answer), {
      rows: 3,
      units: 12.5,
      unprocessed: false,
    });
  }
});

Deno.test("scanAnswer() tells of unprocessed keys", () => {
  const UnprocessedKeys = { t: { Keys: [{ id: { S: "1" } }] } };
  assert.deepEqual(scan({ Responses: { t: [{}] }, UnprocessedKeys }), {
    rows: 1,
    units: 0,
    unprocessed: true,
  });
});

Deno.test("scanAnswer() is not misled by what attributes are named and hold", () => {
  const tricky = {
    Item: { S: '"Item":{"' },
    Responses: { M: { a: { L: [{ M: {} }, { S: "}]{[" }] } } },
    UnprocessedKeys: { S: '\\"\\\\' },
    ConsumedCapacity: { M: { CapacityUnits: { N: "9" } } },
    CapacityUnits: { S: '\\","CapacityUnits":77' },
  };
  const answer = {
    Responses: { UnprocessedKeys: [tricky, tricky], Item: [tricky] },
    UnprocessedKeys: {},
    ConsumedCapacity: [{ TableName: "CapacityUnits", CapacityUnits: 1.5 }],
  };
  assert.deepEqual(scan(answer), { rows: 3, units: 1.5, unprocessed: false });
  assert.deepEqual(scan({ Item: tricky, ConsumedCapacity: CAPACITY }), {
    rows: 1,
    units: 0.5,
    unprocessed: false,
  });
});
