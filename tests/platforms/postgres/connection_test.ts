import assert from "node:assert/strict";
import { ServemarkError } from "../../../lib/core/errors.ts";
import {
  placeOf,
  readConnection,
} from "../../../lib/platforms/postgres/connection.ts";

Deno.test("readConnection() reads every part of a URI", () => {
  assert.deepEqual(
    readConnection({
      uri: "postgresql://ann:p%40ss@[::1]:5433/shop?sslmode=verify-full",
    }),
    {
      host: "::1",
      port: 5433,
      user: "ann",
      password: "p@ss",
      database: "shop",
      tls: true,
      rootCertificates: undefined,
    },
  );
});

Deno.test("readConnection() uses TLS for every host but this one", () => {
  const tls = (uri: string) => readConnection({ uri }).tls;
  assert.equal(tls("postgres://ann@db.example.com/shop"), true);
  assert.equal(tls("postgres://ann@localhost/shop"), false);
  assert.equal(tls("postgres://ann@127.0.0.1/shop"), false);
  assert.equal(tls("postgres://ann@10.0.0.7/shop?sslmode=disable"), false);
  assert.equal(tls("postgres://ann@localhost/shop?sslmode=require"), true);
});

Deno.test("readConnection() takes the user's name for an absent database", () => {
  const connection = readConnection({ uri: "postgres://ann@localhost" });
  assert.equal(connection.database, "ann");
  assert.equal(connection.port, 5432);
});

Deno.test("readConnection() refuses what it cannot read, and shows no password", () => {
  for (
    const uri of [
      "mysql://ann:geheim@host/db",
      "postgres://host/db",
      "postgres://ann:geheim@/db",
      "postgres://ann:geheim@host:port/db",
      "postgres://ann:geheim@host/db?sslmode=maybe",
    ]
  ) {
    assert.throws(
      () => readConnection({ uri }),
      (error) =>
        error instanceof ServemarkError && error.details.exitCode === 2 &&
        !error.message.includes("geheim"),
      uri,
    );
  }
});

Deno.test("placeOf() shows where, without user and password", () => {
  const place = placeOf(
    readConnection({ uri: "postgres://ann:geheim@[::1]:5433/shop" }),
  );
  assert.equal(place, "[::1]:5433/shop");
});
