import assert from "node:assert/strict";
import { join } from "node:path";
import { openStore, splitUri } from "../../lib/stores/open.ts";
import { withEnv } from "../contracts/store.ts";

for (
  const [uri, store, key] of [
    ["x.dump", ".", "x.dump"],
    ["./a/x.dump", "./a", "x.dump"],
    ["/x.dump", "/", "x.dump"],
    ["/Volumes/c/s/v/x.dump", "/Volumes/c/s/v", "x.dump"],
    ["file:///tmp/a%20b/x.dump", "/tmp/a b", "x.dump"],
    ["s3://bucket/x.dump", "s3://bucket", "x.dump"],
    ["s3://bucket/a/b/x.dump", "s3://bucket/a/b", "x.dump"],
    ["s3://b/a/x.dump?region=r", "s3://b/a?region=r", "x.dump"],
    ["gs://bucket/a b/x.dump", "gs://bucket/a b", "x.dump"],
    ["volumes:/Volumes/c/s/v/x.d", "volumes:/Volumes/c/s/v", "x.d"],
    ["s3://b/x?endpoint=http://h:1/", "s3://b?endpoint=http://h:1/", "x"],
  ]
) {
  Deno.test(`splitUri() splits ${uri}`, () => {
    assert.deepEqual(splitUri(uri), { store, key });
  });
}

for (
  const uri of ["", "a/", "s3://bucket", "s3://bucket/", "s3:x", "/a/.hidden"]
) {
  Deno.test(`splitUri() finds no file in "${uri}"`, () => {
    assert.throws(() => splitUri(uri), /Cannot read ".*" as a file's place/);
  });
}

Deno.test("openStore() knows every kind by its scheme", async () => {
  const uris = [
    "s3://bucket/a?region=eu-west-1",
    "gs://bucket/a",
    "volumes:/Volumes/c/s/v",
    "volumes://c/s/v/a",
    "dbfs:/Volumes/c/s/v/a",
  ];
  for (const uri of uris) assert.equal((await openStore(uri)).uri, uri);
  const [s3, gs, volume, short, dbfs] = await Promise.all(
    uris.map((uri) => openStore(uri)),
  );
  assert.equal(s3.locate("k/l"), "s3://bucket/a/k/l");
  assert.equal(gs.locate("k/l"), "gs://bucket/a/k/l");
  assert.equal(volume.locate("k/l"), "/Volumes/c/s/v/k/l");
  assert.equal(short.locate("k"), "/Volumes/c/s/v/a/k");
  assert.equal(dbfs.locate("k"), "/Volumes/c/s/v/a/k");
});

Deno.test("openStore() takes /Volumes/… for a volume unless it is a disk here", async () => {
  const path = "/Volumes/main/bench/data/a";
  const volume = await openStore(path);
  assert.equal(volume.locate("k"), `${path}/k`);
  assert.equal(volume.constructor.name, "VolumesStore");
  assert.equal((await openStore("/Volumes")).constructor.name, "FileStore");
  assert.equal(
    (await openStore("./Volumes/a/b/c")).constructor.name,
    "FileStore",
  );
});

for (
  const [uri, says] of [
    ["s3://", /Cannot read "s3:\/\/" as a bucket's place/],
    ["s3://b", /as a bucket's place/],
    ["s3://bucket/../x", /as a bucket's place/],
    ["s3://bucket/a//b", /as a bucket's place/],
    [
      "s3://bucket?regio=x",
      /Unknown parameter of an s3:\/\/ URI "regio"[^]*Did you mean "region"/,
    ],
    ["s3://bucket?pathStyle=maybe", /Cannot use "maybe" as pathStyle/],
    ["s3://bucket?endpoint=ftp://x", /"ftp:\/\/x" is no http\(s\) URL/],
    ["gs://bucket?projekt=x", /Unknown parameter of a gs:\/\/ URI "projekt"/],
    ["volumes:/Volumes/c/s", /Cannot read .* as a volume's place/],
    ["volumes:/Volumes/c/s/v/../x", /as a volume's place/],
    [
      "volumes:/Volumes/c/s/v?profil=x",
      /Unknown parameter of a volume's URI "profil"/,
    ],
    ["dbfs:/FileStore/a/b/c", /as a volume's place/],
    [
      "s4://bucket/x",
      /Unknown kind of store "s4"[^]*Known: file, s3, gs, volumes, dbfs/,
    ],
  ] as const
) {
  Deno.test(`openStore() refuses ${uri}`, async () => {
    await assert.rejects(openStore(uri), says);
  });
}

Deno.test("openStore() shows no login that an endpoint holds", async () => {
  await assert.rejects(
    openStore("s3://bucket/x?endpoint=http://user:hunter2@host"),
    (error: Error) => {
      assert.match(error.message, /an endpoint carries no login/);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    },
  );
});

Deno.test("openStore() on Databricks takes /Volumes/… for a volume although it is mounted", async () => {
  await withEnv({ DATABRICKS_RUNTIME_VERSION: "17.3" }, async () => {
    const store = await openStore(join("/Volumes", "main", "bench", "data"));
    assert.equal(store.constructor.name, "VolumesStore");
  });
});
