import type { PartTarget, SentPart } from "./part_target.ts";
import { RemoteParts } from "./remote_parts.ts";
import type { S3Connection } from "./s3_client.ts";
import { s3Code } from "./s3_errors.ts";
import type { S3Requests } from "./s3_requests.ts";

/** An object of S3's that is uploaded in parts. */
export class S3Parts extends RemoteParts<S3Requests> implements PartTarget {
  async begin(): Promise<string> {
    const { UploadId } = await this.#write(({ aws, client }) =>
      client.send(new aws.CreateMultipartUploadCommand(this.#target))
    );
    return UploadId!;
  }

  async send(
    upload: string,
    number: number,
    bytes: Uint8Array,
  ): Promise<SentPart> {
    const { ETag } = await this.#write(({ aws, client }) =>
      client.send(
        new aws.UploadPartCommand({
          ...this.#target,
          UploadId: upload,
          PartNumber: number,
          Body: bytes,
        }),
        { abortSignal: this.signal },
      )
    );
    return { number, bytes: bytes.length, tag: ETag! };
  }

  async sent(upload: string): Promise<SentPart[] | undefined> {
    const parts: SentPart[] = [];
    let marker: string | undefined;
    do {
      const page = await ifThere(this.requests.run({
        verb: "Cannot take up the upload of",
        key: this.key,
        actions: ["s3:ListMultipartUploadParts"],
      }, ({ aws, client }) =>
        client.send(
          new aws.ListPartsCommand({
            ...this.#target,
            UploadId: upload,
            PartNumberMarker: marker,
          }),
        )));
      if (!page) return undefined;
      for (const { PartNumber, Size, ETag } of page.Parts ?? []) {
        parts.push({ number: PartNumber!, bytes: Size!, tag: ETag! });
      }
      marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (marker !== undefined);
    return parts;
  }

  async complete(upload: string, parts: readonly SentPart[]): Promise<void> {
    const Parts = parts.map(({ number, tag }) => ({
      PartNumber: number,
      ETag: tag,
    }));
    try {
      await this.#write(({ aws, client }) =>
        client.send(
          new aws.CompleteMultipartUploadCommand({
            ...this.#target,
            UploadId: upload,
            MultipartUpload: { Parts },
          }),
        )
      );
    } catch (error) {
      // It is gone, too, where an answer was lost and the request repeated.
      if (!isGone(error) || !await this.#isComplete(parts)) throw error;
    }
  }

  async cancel(upload: string): Promise<void> {
    await ifThere(this.#write(({ aws, client }) =>
      client.send(
        new aws.AbortMultipartUploadCommand({
          ...this.#target,
          UploadId: upload,
        }),
      )
    ));
  }

  get #target(): { Bucket: string; Key: string } {
    return this.requests.target(this.key);
  }

  #write<T>(send: (connection: S3Connection) => Promise<T>): Promise<T> {
    const actions = ["s3:PutObject", "s3:AbortMultipartUpload"];
    const purpose = { verb: "Cannot write", key: this.key, actions };
    return this.requests.run(purpose, send);
  }

  /** An object's ETag ends in the number of the parts that it was made of. */
  async #isComplete(parts: readonly SentPart[]): Promise<boolean> {
    const found = await this.requests.stat(this.key);
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    return found?.bytes === bytes &&
      found.tag.replaceAll('"', "").endsWith(`-${parts.length}`);
  }
}

/** What a request gives, or `undefined` where its upload is gone. */
async function ifThere<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return s3Code((error as Error).cause) === "NoSuchUpload";
}
