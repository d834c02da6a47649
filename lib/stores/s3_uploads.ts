import { s3Status } from "./s3_errors.ts";
import type { S3Requests } from "./s3_requests.ts";

/** An upload that is not complete. */
export interface S3Upload {
  readonly key: string;
  readonly id: string;
  readonly started: Date;
}

/**
 * The unfinished uploads below a store's prefix; none where these keys may not
 * list them, or the service cannot: ending abandoned ones is then left to a
 * lifecycle rule of the bucket's.
 */
export async function* unfinishedUploads(
  requests: S3Requests,
): AsyncGenerator<S3Upload> {
  try {
    yield* listUploads(requests);
  } catch (error) {
    const status = s3Status((error as Error).cause);
    if (status !== 403 && status !== 501) throw error;
  }
}

async function* listUploads(
  requests: S3Requests,
): AsyncGenerator<S3Upload> {
  const { bucket, prefix } = requests.settings;
  const purpose = {
    verb: "Cannot tidy up",
    key: "",
    actions: ["s3:ListBucketMultipartUploads"],
  };
  let key: string | undefined;
  let id: string | undefined;
  do {
    const page = await requests.run(
      purpose,
      ({ aws, client }) =>
        client.send(
          new aws.ListMultipartUploadsCommand({
            Bucket: bucket,
            Prefix: prefix,
            KeyMarker: key,
            UploadIdMarker: id,
          }),
        ),
    );
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      yield {
        key: Key!.slice(prefix.length),
        id: UploadId!,
        started: Initiated ?? new Date(),
      };
    }
    key = page.IsTruncated ? page.NextKeyMarker : undefined;
    id = page.NextUploadIdMarker;
  } while (key !== undefined);
}
