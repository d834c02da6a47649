import assert from "node:assert/strict";
import { join } from "node:path";
import { generate } from "selfsigned";
import { ServemarkError } from "../../../lib/core/errors.ts";
import { createDriver } from "../../../lib/platforms/drivers.ts";
import { isRoot } from "../../../lib/platforms/embedded/cache.ts";
import type { Connection } from "../../../lib/platforms/postgres/connection.ts";
import { openPostgres } from "../../../lib/platforms/postgres/platform.ts";
import { Loop } from "../../contracts/driver.ts";
import {
  batchesOf,
  canonicalOf,
  fingerprintOf,
  idTable,
} from "../../fixtures/tables.ts";
import { uriOf, withServer } from "./with_server.ts";

const CARDS = idTable("card_profile", 20);
const NOBODY = 65_534;

/** A folder whose files the server may read, also where it is not our user. */
async function withFiles(
  files: Readonly<Record<string, string>>,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  try {
    await Deno.chmod(folder, 0o755);
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      await Deno.writeTextFile(path, text, { mode: 0o600 });
      if (isRoot()) await Deno.chown(path, NOBODY, NOBODY);
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Loads and reads a table as this user, with every driver. */
async function checkUse(
  connection: Connection,
  changes: Partial<Connection>,
  query = "",
): Promise<void> {
  const platform = await openPostgres({
    uri: uriOf(connection, changes, query),
  });
  await platform.create([CARDS.table]);
  await platform.load(CARDS.table, batchesOf(CARDS));
  await platform.finish([CARDS.table]);
  assert.equal(await platform.fingerprint(CARDS.table), fingerprintOf(CARDS));
  for (const name of platform.drivers) {
    const driver = await createDriver(platform.driver(name));
    const templates = [{ strategy: "batched", reads: [CARDS.table] }] as const;
    const loop = await Loop.open(driver, 2, templates);
    try {
      const ended = await loop.run(0, 10, (n) => [n], 2);
      assert.ok(ended.every((op) => op.code === 0), `${name}`);
      const [row] = await driver.read(0, Float64Array.of(7));
      assert.equal(row, canonicalOf(CARDS)[7]);
    } finally {
      await driver.close();
    }
  }
  await platform.drop([CARDS.table]);
  await platform.close();
}

Deno.test("PostgreSQL's logins all work with all drivers", async (t) => {
  const rules = [
    "trusting trust",
    "clear password",
    "hashed md5",
    "salted scram-sha-256",
  ]
    .map((rule) => `host all ${rule.replace(" ", " 127.0.0.1/32 ")}`);
  rules.push(
    "host all postgres 127.0.0.1/32 scram-sha-256",
    "local all all trust",
  );
  await withFiles({ "hba.conf": rules.join("\n") + "\n" }, async (folder) => {
    await withServer(async ({ connection, control }) => {
      for (const user of ["trusting", "clear", "hashed", "salted"]) {
        const method = user === "hashed" ? "md5" : "scram-sha-256";
        await control.query(`SET password_encryption = '${method}';
          CREATE ROLE ${user} SUPERUSER LOGIN PASSWORD 'pass ü ${user}'`);
        await t.step(user, () =>
          checkUse(connection, {
            user,
            password: encodeURIComponent(`pass ü ${user}`),
          }));
      }
    }, { hba_file: join(folder, "hba.conf") });
  });
});

Deno.test("PostgreSQL over TLS checks the server's certificate", async (t) => {
  const authority = await generate(
    [{ name: "commonName", value: "the test's authority" }],
    {
      extensions: [
        { name: "basicConstraints", cA: true, critical: true },
        { name: "keyUsage", keyCertSign: true, critical: true },
      ],
    },
  );
  const pems = await generate([{ name: "commonName", value: "localhost" }], {
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
    ],
  });
  const files = {
    "key.pem": pems.private,
    "cert.pem": pems.cert,
    "authority.pem": authority.cert,
    "hba.conf":
      "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n" +
      "host all postgres 127.0.0.1/32 scram-sha-256\n",
  };
  await withFiles(files, async (folder) => {
    const settings = {
      ssl: "on",
      ssl_cert_file: join(folder, "cert.pem"),
      ssl_key_file: join(folder, "key.pem"),
      hba_file: join(folder, "hba.conf"),
    };
    await withServer(async ({ connection, control }) => {
      await control.query("CREATE ROLE tls SUPERUSER LOGIN PASSWORD 'tls'");
      const changes = { host: "localhost", user: "tls", password: "tls" };
      const trusting = `?sslmode=verify-full&sslrootcert=${
        join(folder, "authority.pem")
      }`;
      await t.step("a trusted certificate", async () => {
        await checkUse(connection, changes, trusting);
        const platform = await openPostgres({
          uri: uriOf(connection, changes, trusting),
        });
        // epoll does not speak TLS, and is not offered.
        assert.deepEqual(platform.drivers, ["socket", "pg"]);
        assert.throws(() => platform.driver("epoll"), /Known: socket, pg/);
        await platform.close();
      });
      await t.step(
        "a certificate that nobody vouches for",
        () =>
          assert.rejects(
            openPostgres({
              uri: uriOf(connection, changes, "?sslmode=require"),
            }),
            (error) =>
              error instanceof ServemarkError &&
              /sslrootcert/.test(error.details.remedy ?? ""),
          ),
      );
      await t.step("a certificate for another name", () =>
        assert.rejects(
          openPostgres({
            uri: uriOf(connection, { ...changes, host: "127.0.0.1" }, trusting),
          }),
          ServemarkError,
        ));
      await t.step("no TLS where the server wants it", () =>
        assert.rejects(
          openPostgres({ uri: uriOf(connection, changes) }),
          /no encryption|pg_hba/,
        ));
    }, settings);
    await withServer(({ connection }) =>
      t.step("a server without TLS", () =>
        assert.rejects(
          openPostgres({ uri: uriOf(connection, {}, trustingNothing) }),
          /TLS|SSL/,
        )).then(() => undefined)
    );
  });
});

const trustingNothing = "?sslmode=verify-full";
