import type { S3Client } from "@aws-sdk/client-s3";
import { freePort } from "../../lib/platforms/embedded/ports.ts";
import { startS3 } from "../emulators/versitygw.ts";
import { type Failure, storeContract } from "./store.ts";

storeContract("S3 store", async () => {
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
});

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
