import { connectS3, type S3Connection } from "./s3_client.ts";
import { explainS3, s3Code, s3Status } from "./s3_errors.ts";
import type { S3Settings } from "./s3_settings.ts";
import type { ByteRange, StoreRequest } from "./store.ts";

/** Answers that break off are asked for again this often in all. */
const READS = 3;

/** An object as S3 describes it. */
export interface S3Head {
  readonly bytes: number;
  readonly tag: string;
  readonly modified: Date | undefined;
}

/** What a request is about, for its errors. */
export interface S3Purpose {
  /** `Cannot read`; the key is added. */
  readonly verb: string;
  /** Below the store's prefix; "" for the bucket. */
  readonly key: string;
  /** The permissions it needs. */
  readonly actions: readonly string[];
}

/** The requests to one bucket that a store and its writers share. */
export class S3Requests {
  readonly settings: S3Settings;
  readonly #onRequest: ((request: StoreRequest) => void) | undefined;
  #connection: Promise<S3Connection> | undefined;

  constructor(
    settings: S3Settings,
    onRequest?: (request: StoreRequest) => void,
  ) {
    this.settings = settings;
    this.#onRequest = onRequest;
  }

  /** For people: where a key is. */
  locate(key: string): string {
    return `s3://${this.settings.bucket}/${this.settings.prefix}${key}`;
  }

  /** Bucket and key as S3's commands take them. */
  target(key: string): { Bucket: string; Key: string } {
    const { bucket, prefix } = this.settings;
    return { Bucket: bucket, Key: prefix + key };
  }

  /** Sends what `send` sends; an error says what to do about it. */
  async run<T>(
    purpose: S3Purpose,
    send: (connection: S3Connection) => Promise<T>,
  ): Promise<T> {
    // Kept when it failed, too: credentials do not come back within a command.
    this.#connection ??= connectS3(this.settings, this.#onRequest);
    const connection = await this.#connection;
    try {
      return await send(connection);
    } catch (error) {
      const { verb, key, actions } = purpose;
      throw explainS3({
        what: key === "" ? `${verb} the store` : `${verb} ${key}`,
        place: this.locate(key) +
          (connection.endpoint ? ` at ${connection.endpoint}` : ""),
        actions,
        bucket: this.settings.bucket,
        prefix: this.settings.prefix,
        anonymous: connection.anonymous,
      }, error);
    }
  }

  /** The object's bytes; none for a range that begins at or behind its end. */
  async get(key: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    if (range && range.to <= range.from) {
      return await this.stat(key) && new Uint8Array();
    }
    const purpose = { verb: "Cannot read", key, actions: ["s3:GetObject"] };
    return await this.run(purpose, async ({ aws, client }) => {
      const command = {
        ...this.target(key),
        Range: range && `bytes=${range.from}-${range.to - 1}`,
      };
      for (let read = 1;; read++) {
        try {
          const { Body } = await client.send(new aws.GetObjectCommand(command));
          return await Body!.transformToByteArray();
        } catch (error) {
          if (s3Code(error) === "NoSuchKey") return undefined;
          if (s3Status(error) === 416) return new Uint8Array();
          // Without a status, the answer broke off: the client repeats only
          // what was not answered at all.
          if (s3Status(error) !== undefined || read === READS) throw error;
        }
      }
    });
  }

  /** What the object is, or `undefined` where there is none. */
  async stat(key: string): Promise<S3Head | undefined> {
    const purpose = { verb: "Cannot look up", key, actions: ["s3:GetObject"] };
    return await this.run(purpose, async ({ aws, client }) => {
      try {
        const found = await client.send(
          new aws.HeadObjectCommand(this.target(key)),
        );
        return {
          bytes: found.ContentLength ?? 0,
          tag: found.ETag ?? "",
          modified: found.LastModified,
        };
      } catch (error) {
        if (s3Status(error) === 404) return undefined;
        // An answer to HEAD has no body that gives the reason.
        await client.send(
          new aws.GetObjectCommand({ ...this.target(key), Range: "bytes=0-0" }),
        );
        throw error;
      }
    });
  }

  /** Writes an object, replacing what was there. */
  async put(
    key: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
  ): Promise<void> {
    const purpose = { verb: "Cannot write", key, actions: ["s3:PutObject"] };
    await this.run(purpose, ({ aws, client }) =>
      client.send(
        new aws.PutObjectCommand({ ...this.target(key), Body: bytes }),
        { abortSignal: signal },
      ));
  }

  /** Writes an object unless there is one; says whether it did. */
  async putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    const purpose = {
      verb: "Cannot write",
      key,
      actions: ["s3:PutObject", "s3:GetObject"],
    };
    const writer = crypto.randomUUID();
    return await this.run(purpose, async ({ aws, client }) => {
      const command = {
        ...this.target(key),
        Body: bytes,
        IfNoneMatch: "*",
        Metadata: { writer },
      };
      for (;;) {
        try {
          await client.send(new aws.PutObjectCommand(command));
          return true;
        } catch (error) {
          const status = s3Status(error);
          // 409: another writer was at it just then; by now it is done.
          if (status === 409) continue;
          if (status !== 412) throw error;
          // The answer to an attempt may have been lost, and this be our own:
          // the client, and the HTTP client below it, repeat silently.
          const found = await client.send(
            new aws.HeadObjectCommand(this.target(key)),
          );
          return found.Metadata?.writer === writer;
        }
      }
    });
  }

  /** Removes an object, if there is one. */
  async remove(key: string): Promise<void> {
    const purpose = {
      verb: "Cannot delete",
      key,
      actions: ["s3:DeleteObject"],
    };
    await this.run(
      purpose,
      ({ aws, client }) =>
        client.send(new aws.DeleteObjectCommand(this.target(key))),
    );
  }

  /** The objects whose key begins with a prefix, in the keys' order. */
  async *list(
    prefix: string,
  ): AsyncGenerator<{ key: string; bytes: number; modified: Date }> {
    const purpose = {
      verb: "Cannot list",
      key: "",
      actions: ["s3:ListBucket"],
    };
    const whole = this.settings.prefix + prefix;
    let token: string | undefined;
    do {
      const page = await this.run(
        purpose,
        ({ aws, client }) =>
          client.send(
            new aws.ListObjectsV2Command({
              Bucket: this.settings.bucket,
              Prefix: whole,
              ContinuationToken: token,
            }),
          ),
      );
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        yield {
          key: Key!.slice(this.settings.prefix.length),
          bytes: Size ?? 0,
          modified: LastModified ?? new Date(),
        };
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }
}
