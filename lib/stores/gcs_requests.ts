import { ServemarkError } from "../core/errors.ts";
import { unknownName } from "../core/names.ts";
import { explainGcs } from "./gcs_errors.ts";
import { type GcsLogin, logIn } from "./gcs_login.ts";
import { type HttpAnswer, type HttpRequest, sendHttp } from "./http.ts";
import { readBucketUri } from "./s3_settings.ts";
import type { ByteRange, StoreRequest } from "./store.ts";

const PARAMETERS = ["anonymous", "userProject"];

/** Deletes that are under way at once. */
const LANES = 16;

/** What a request is about, for its errors. */
interface Purpose {
  readonly verb: string;
  /** Below the store's prefix; "" for the bucket. */
  readonly key: string;
  readonly permission: string;
}

/** An object as the service describes it. */
export interface GcsObject {
  readonly key: string;
  readonly bytes: number;
  readonly modified: Date;
  readonly generation: string;
  readonly writer?: string;
}

/** A part of an object that is composed; any generation of it, or one. */
export interface GcsSource {
  readonly key: string;
  readonly generation?: string;
}

/**
 * The requests to one bucket that a store and its writers share, by the JSON
 * API (https://cloud.google.com/storage/docs/json_api/v1).
 */
export class GcsRequests {
  readonly bucket: string;
  /** Empty, or ending in "/". */
  readonly prefix: string;
  readonly #base: string;
  readonly #emulated: boolean;
  readonly #anonymous: boolean;
  readonly #userProject: string | undefined;
  readonly #onRequest: ((request: StoreRequest) => void) | undefined;
  #login: Promise<GcsLogin> | undefined;

  constructor(uri: string, onRequest?: (request: StoreRequest) => void) {
    const { bucket, prefix, query } = readBucketUri(uri);
    for (const name of query.keys()) {
      if (!PARAMETERS.includes(name)) {
        throw unknownName("parameter of a gs:// URI", name, PARAMETERS, uri);
      }
    }
    this.bucket = bucket;
    this.prefix = prefix;
    this.#userProject = query.get("userProject") ?? undefined;
    const emulator = Deno.env.get("STORAGE_EMULATOR_HOST");
    this.#emulated = Boolean(emulator);
    this.#base = !emulator
      ? "https://storage.googleapis.com"
      : (/^https?:/.test(emulator) ? emulator : `http://${emulator}`)
        .replace(/\/+$/, "");
    this.#anonymous = query.get("anonymous") === "true";
    this.#onRequest = onRequest;
  }

  /** For people: where a key is. */
  locate(key: string): string {
    return `gs://${this.bucket}/${this.prefix}${key}`;
  }

  /** The object's bytes; none for a range that begins at or behind its end. */
  async get(key: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    if (range && range.to <= range.from) {
      return await this.stat(key) && new Uint8Array();
    }
    const purpose = { verb: "Cannot read", key, permission: "objects.get" };
    const answer = await this.#send(purpose, {
      method: "GET",
      url: this.#object(key, { alt: "media" }),
      headers: range ? { range: `bytes=${range.from}-${range.to - 1}` } : {},
    }, [404, 416]);
    if (answer.status === 416) return new Uint8Array();
    return answer.status === 404 ? undefined : answer.bytes;
  }

  /** What the object is, or `undefined` where there is none. */
  async stat(key: string): Promise<GcsObject | undefined> {
    const purpose = { verb: "Cannot look up", key, permission: "objects.get" };
    const answer = await this.#send(purpose, {
      method: "GET",
      url: this.#object(key),
    }, [404]);
    return answer.status === 404
      ? undefined
      : this.#described(JSON.parse(text(answer.bytes)));
  }

  /** Writes an object, replacing what was there; returns its generation. */
  async put(
    key: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
  ): Promise<string> {
    const answer = await this.#send(writing(key), {
      method: "POST",
      url: this.#upload({ uploadType: "media", name: this.prefix + key }),
      headers: { "content-type": "application/octet-stream" },
      body: bytes,
      signal,
    });
    return String(JSON.parse(text(answer.bytes)).generation);
  }

  /** Writes an object unless there is one; says whether it did. */
  async putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    const writer = crypto.randomUUID();
    const described = { name: this.prefix + key, metadata: { writer } };
    const boundary = `part-${writer}`;
    const answer = await this.#send(writing(key), {
      method: "POST",
      url: this.#upload({ uploadType: "multipart", ifGenerationMatch: "0" }),
      headers: { "content-type": `multipart/related; boundary=${boundary}` },
      body: await related(boundary, JSON.stringify(described), bytes),
    }, [412]);
    if (answer.status !== 412) return true;
    // The answer to an attempt may have been lost, and this be our own: fetch
    // itself repeats silently, too.
    return (await this.stat(key))?.writer === writer;
  }

  /** Removes an object; says whether there was one. */
  async remove(key: string): Promise<boolean> {
    const purpose = {
      verb: "Cannot delete",
      key,
      permission: "objects.delete",
    };
    const answer = await this.#send(purpose, {
      method: "DELETE",
      url: this.#object(key),
    }, [404]);
    return answer.status !== 404;
  }

  /** Removes objects, some at once. */
  async removeAll(keys: readonly string[]): Promise<void> {
    const waiting = keys.values();
    await Promise.all(Array.from({ length: LANES }, async () => {
      for (const key of waiting) await this.remove(key);
    }));
  }

  /** Makes an object of up to 32 others, in their order. */
  async compose(key: string, sources: readonly GcsSource[]): Promise<void> {
    const answer = await this.#send(writing(key), {
      method: "POST",
      url: this.#object(key, {}, "/compose"),
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        sourceObjects: sources.map(({ key, generation }) => ({
          name: this.prefix + key,
          ...(generation && { generation }),
        })),
        destination: { contentType: "application/octet-stream" },
      }),
    }, [404]);
    if (answer.status !== 404) return;
    throw new ServemarkError(`Cannot write ${key}`, {
      cause: "its parts were replaced or removed by somebody else",
      place: this.locate(key),
      remedy:
        "Check that no other process writes it, then run the command again",
    });
  }

  /** The objects whose key begins with a prefix, in the keys' order. */
  async *list(prefix: string): AsyncGenerator<GcsObject> {
    const purpose = {
      verb: "Cannot list",
      key: "",
      permission: "objects.list",
    };
    let pageToken: string | undefined;
    do {
      const query = new URLSearchParams({
        prefix: this.prefix + prefix,
        fields: "items(name,size,updated,generation),nextPageToken",
        ...(pageToken && { pageToken }),
        ...this.#billed(),
      });
      const { bytes } = await this.#send(purpose, {
        method: "GET",
        url: `${this.#base}/storage/v1/b/${this.bucket}/o?${query}`,
      });
      const page = JSON.parse(text(bytes));
      for (const item of page.items ?? []) yield this.#described(item);
      pageToken = page.nextPageToken;
    } while (pageToken);
  }

  #described(item: {
    name: string;
    size?: string;
    updated?: string;
    generation?: string;
    metadata?: { writer?: string };
  }): GcsObject {
    return {
      key: item.name.slice(this.prefix.length),
      bytes: Number(item.size ?? 0),
      modified: item.updated ? new Date(item.updated) : new Date(),
      generation: String(item.generation),
      writer: item.metadata?.writer,
    };
  }

  #object(key: string, query: Record<string, string> = {}, verb = ""): string {
    const name = encodeURIComponent(this.prefix + key);
    const search = new URLSearchParams({ ...query, ...this.#billed() });
    return `${this.#base}/storage/v1/b/${this.bucket}/o/${name}${verb}?${search}`;
  }

  #upload(query: Record<string, string>): string {
    const search = new URLSearchParams({ ...query, ...this.#billed() });
    return `${this.#base}/upload/storage/v1/b/${this.bucket}/o?${search}`;
  }

  #billed(): Record<string, string> {
    return this.#userProject ? { userProject: this.#userProject } : {};
  }

  /** Sends a request; all statuses but success and the expected are errors. */
  async #send(
    purpose: Purpose,
    request: HttpRequest,
    expected: readonly number[] = [],
  ): Promise<HttpAnswer> {
    const anonymous = this.#anonymous || this.#emulated;
    this.#login ??= anonymous ? Promise.resolve(undefined) : logIn();
    const login = await this.#login;
    const { verb, key, permission } = purpose;
    const fail = (answer?: HttpAnswer, error?: unknown) =>
      explainGcs(
        {
          what: key === "" ? `${verb} the store` : `${verb} ${key}`,
          place: this.locate(key) + (this.#emulated ? ` at ${this.#base}` : ""),
          bucket: this.bucket,
          permission,
          anonymous: login === undefined,
        },
        answer && { status: answer.status, text: text(answer.bytes) },
        error,
      );
    let answer: HttpAnswer;
    try {
      const headers = { ...request.headers, ...await login?.() };
      answer = await sendHttp({ ...request, headers }, this.#onRequest);
    } catch (error) {
      request.signal?.throwIfAborted();
      throw fail(undefined, error);
    }
    const fine = answer.status < 300 ||
      expected.includes(answer.status) && !isBucketMissing(answer);
    if (!fine) throw fail(answer);
    return answer;
  }
}

function writing(key: string): Purpose {
  return { verb: "Cannot write", key, permission: "objects.create" };
}

function isBucketMissing({ status, bytes }: HttpAnswer): boolean {
  return status === 404 &&
    /bucket (?:was )?(?:does )?not (?:exist|found)/i.test(text(bytes));
}

/** Metadata and bytes in one body (RFC 2387). */
async function related(
  boundary: string,
  metadata: string,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  return await new Blob([
    `--${boundary}\r\ncontent-type: application/json\r\n\r\n${metadata}\r\n`,
    `--${boundary}\r\ncontent-type: application/octet-stream\r\n\r\n`,
    bytes as Uint8Array<ArrayBuffer>,
    `\r\n--${boundary}--\r\n`,
  ]).bytes();
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
