/**
 * A place for each kind of store, empty and on this machine: what the contract
 * and the long tests run over.
 *
 * @module
 */
import type { S3Client } from "@aws-sdk/client-s3";
import { dirname, join } from "node:path";
import { freePort } from "../../lib/platforms/embedded/ports.ts";
import { startGcs } from "../emulators/fake_gcs.ts";
import { startFilesApi } from "../emulators/files_api.ts";
import { startS3 } from "../emulators/versitygw.ts";
import type { Failure, StorePlace } from "./store.ts";

type Start = () => Promise<StorePlace | { missing: string }>;

/** Every kind of store. */
export const STORE_PLACES: Readonly<Record<string, Start>> = {
  "file store": startFiles,
  "S3 store": startBucket,
  "Google Cloud Storage store": startGoogleBucket,
  "volumes store (on a stand-in of the Files API)": startVolume,
};

async function startFiles(): Promise<StorePlace | { missing: string }> {
  const folder = await Deno.makeTempDir();
  return {
    uri: join(folder, "store"),
    env: {},
    all: () => filesIn(join(folder, "store")),
    page: 100,
    sentAgain: 0,
    failures: [{
      title: "a file where a folder is needed",
      uri: join(await Deno.makeTempFile({ dir: folder }), "x"),
      says: /Cannot write a\/.: a file stands where a folder is needed/,
    }],
    secrets: [],
    close: () => Deno.remove(folder, { recursive: true }),
  };
}

async function filesIn(folder: string): Promise<string[]> {
  const files: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory) files.push(...await filesIn(path));
      else files.push(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return files.sort();
}

async function startBucket(): Promise<StorePlace | { missing: string }> {
  const server = await startS3();
  if ("missing" in server) return server;
  const { endpoint, region, env } = server;
  const aws = await import("@aws-sdk/client-s3");
  const client = new aws.S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    },
  });
  await client.send(new aws.CreateBucketCommand({ Bucket: "catalogs" }));
  const at = `endpoint=${endpoint}&region=${region}`;
  const uri = `s3://catalogs/team/one?${at}`;
  const failures: Failure[] = [{
    title: "an unknown bucket",
    uri: `s3://nowhere/x?${at}`,
    says: /there is no bucket "nowhere"[^]*aws s3 mb s3:\/\/nowhere/,
  }, {
    title: "a wrong secret",
    uri,
    env: { AWS_SECRET_ACCESS_KEY: "wrong-secret" },
    says: /the service does not accept these keys[^]*AWS_ACCESS_KEY_ID/,
  }, {
    title: "no credentials at all",
    uri,
    env: { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" },
    says: /no AWS credentials were found, and the bucket is not public/,
  }, {
    title: "a wrong region",
    uri: uri.replace(region, "us-west-2"),
    says: /is in the region eu-west-1[^]*Add \?region=eu-west-1/,
  }, {
    title: "a service that is down",
    uri: `s3://catalogs/x?endpoint=http://127.0.0.1:${freePort()}`,
    says: /cannot be reached: nothing listens there[^]*127\.0\.0\.1/,
  }];
  return {
    uri,
    env,
    all: () => everything(aws, client),
    fill: async (key) => {
      const path = join(server.folder, "catalogs/team/one", key);
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(path, key);
    },
    empty: (key) => Deno.remove(join(server.folder, "catalogs/team/one", key)),
    page: 1_010,
    // The part with the head, and what was under way.
    sentAgain: 5 * 1024 * 1024 + 4_096,
    failures,
    secrets: [env.AWS_SECRET_ACCESS_KEY, "wrong-secret"],
    close: async () => {
      client.destroy();
      await server.close();
    },
  };
}

/** All objects, hidden ones included, and all unfinished uploads. */
async function everything(
  aws: typeof import("@aws-sdk/client-s3"),
  client: S3Client,
): Promise<string[]> {
  const Bucket = "catalogs";
  const { Contents = [] } = await client.send(
    new aws.ListObjectsV2Command({ Bucket }),
  );
  const { Uploads = [] } = await client.send(
    new aws.ListMultipartUploadsCommand({ Bucket }),
  );
  return [
    ...Contents.map(({ Key }) => Key!),
    ...Uploads.map(({ Key, UploadId }) => `upload ${UploadId} of ${Key}`),
  ];
}

async function startGoogleBucket(): Promise<StorePlace | { missing: string }> {
  const server = await startGcs();
  if ("missing" in server) return server;
  await server.makeBucket("catalogs");
  const failures: Failure[] = [{
    title: "an unknown bucket",
    uri: "gs://nowhere/x",
    says: /there is no bucket "nowhere"[^]*buckets create gs:\/\/nowhere/,
  }, {
    title: "a service that is down",
    uri: "gs://catalogs/x",
    env: { STORAGE_EMULATOR_HOST: `127.0.0.1:${freePort()}` },
    says: /cannot be reached: nothing listens there/,
  }];
  return {
    uri: "gs://catalogs/team/one",
    env: { STORAGE_EMULATOR_HOST: server.endpoint },
    all: async () => {
      const answer = await fetch(`${server.endpoint}/storage/v1/b/catalogs/o`);
      const { items = [] } = await answer.json();
      return items.map(({ name }: { name: string }) => name);
    },
    page: 1_010,
    // The part with the head, and what was under way.
    sentAgain: 5 * 1024 * 1024 + 4_096,
    failures,
    secrets: [],
    close: () => server.close(),
  };
}

async function startVolume(): Promise<StorePlace | { missing: string }> {
  const api = startFilesApi({ volumes: ["main.bench.data"], pageSize: 50 });
  const spool = await Deno.makeTempDir();
  const uri = "volumes:/Volumes/main/bench/data/team one";
  const failures: Failure[] = [{
    title: "an unknown volume",
    uri: "/Volumes/main/bench/nothing/x",
    says: /there is no volume main\.bench\.nothing[^]*CREATE VOLUME/,
  }, {
    title: "a wrong token",
    uri,
    env: { DATABRICKS_TOKEN: "wrong-token" },
    says: /Invalid access token[^]*WRITE VOLUME ON VOLUME main\.bench\.data/,
  }, {
    title: "a workspace that is down",
    uri,
    env: { DATABRICKS_HOST: `http://127.0.0.1:${freePort()}` },
    says: /cannot be reached: nothing listens there/,
  }];
  return {
    uri,
    env: {
      DATABRICKS_HOST: api.host,
      DATABRICKS_TOKEN: api.token,
      TMPDIR: spool,
    },
    all: async () => {
      const spooled = [];
      for await (const folder of Deno.readDir(spool)) {
        for await (const { name } of Deno.readDir(join(spool, folder.name))) {
          spooled.push(name);
        }
      }
      return [...api.files.keys(), ...spooled];
    },
    page: 120,
    sentAgain: NaN,
    failures,
    secrets: [api.token, "wrong-token"],
    close: async () => {
      await api.close();
      await Deno.remove(spool, { recursive: true });
    },
  };
}
