import assert from "node:assert/strict";
import { readOverrides } from "../../../lib/transfers/load/overrides.ts";

Deno.test("readOverrides() reads names, keys, types and popularity", () => {
  const text = `
name: customers
version: 1.0
tables:
  orders:
    entity: customer
    key: [customer_id, at]
    columns: { zip: text, balance: "decimal(38,10)" }
entities:
  customer: { popularity: 0.9 }
`;
  assert.deepEqual(readOverrides(text, "orders.yaml"), {
    name: "customers",
    version: "1.0",
    description: undefined,
    tables: {
      orders: {
        entity: "customer",
        key: ["customer_id", "at"],
        description: undefined,
        columns: {
          zip: { kind: "text" },
          balance: { kind: "decimal", precision: 38, scale: 10 },
        },
      },
    },
    popularity: { customer: 0.9 },
  });
});

Deno.test("readOverrides() tells all problems at once, each with its place", () => {
  const text = `name: "No Good"
tables:
  orders:
    kee: id
    columns: { zip: varchar, sum: "decimal(50,2)" }
`;
  assert.throws(() => readOverrides(text, "orders.yaml"), (error: Error) => {
    assert.match(error.message, /orders\.yaml:1:7/);
    assert.match(error.message, /orders\.yaml:4:\d+/);
    assert.match(error.message, /unknown type "varchar"/);
    assert.match(error.message, /unknown type "decimal\(50,2\)"/);
    return true;
  });
});
