import { Buffer } from "node:buffer";
import { ServemarkError } from "../core/errors.ts";
import { unknownName } from "../core/names.ts";
import { type DatabricksLogin, databricksLogin } from "./databricks_login.ts";
import {
  type HttpAnswer,
  type HttpBody,
  type HttpRequest,
  sendHttp,
} from "./http.ts";
import type { ByteRange, StoreRequest } from "./store.ts";
import {
  explainVolume,
  isVolumeMissing,
  readProblem,
  type VolumeAttempt,
} from "./volumes_errors.ts";

/**
 * Requests at once: the service takes 10 from a user
 * (https://github.com/databricks/cli, libs/filer/files_client.go), and others
 * may be at work.
 */
const LANES = 5;

/** A file or folder in a listing. */
export interface VolumeEntry {
  readonly name: string;
  readonly is_directory?: boolean;
  readonly file_size?: number;
  /** ms since 1970. */
  readonly last_modified?: number;
}

interface Purpose {
  readonly verb: string;
  /** Below the store's folder; "" for the folder itself. */
  readonly key: string;
  readonly privilege: VolumeAttempt["privilege"];
}

/**
 * The requests to a volume's folder, by the Files API
 * (https://docs.databricks.com/api/workspace/files).
 */
export class VolumesRequests {
  /** `/Volumes/catalog/schema/volume/folder`, without a "/" at its end. */
  readonly root: string;
  readonly #volume: string;
  readonly #profile: string | undefined;
  readonly #onRequest: ((request: StoreRequest) => void) | undefined;
  #login: Promise<DatabricksLogin> | undefined;
  #free = LANES;
  readonly #waiting: (() => void)[] = [];

  constructor(uri: string, onRequest?: (request: StoreRequest) => void) {
    const { root, profile } = readVolumeUri(uri);
    this.root = root;
    this.#profile = profile;
    this.#volume = root.split("/").slice(2, 5).join(".");
    this.#onRequest = onRequest;
  }

  /** For people: where a key is. */
  locate(key: string): string {
    return key === "" ? this.root : `${this.root}/${key}`;
  }

  /** The workspace's address. */
  async host(): Promise<string> {
    return (await this.#loggedIn()).host;
  }

  /** The file's bytes; none for a range that begins at or behind its end. */
  async get(key: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    if (range && range.to <= range.from) {
      return await this.stat(key) && new Uint8Array();
    }
    const answer = await this.#send(reading("Cannot read", key), "files", {
      method: "GET",
      headers: range ? { range: `bytes=${range.from}-${range.to - 1}` } : {},
    }, [404, 416]);
    if (answer.status === 416) return new Uint8Array();
    return answer.status === 404 ? undefined : answer.bytes;
  }

  /** The file's length, or `undefined` where there is none. */
  async stat(key: string): Promise<{ bytes: number } | undefined> {
    const answer = await this.#send(reading("Cannot look up", key), "files", {
      method: "HEAD",
    }, [404]);
    return answer.status === 404
      ? undefined
      : { bytes: Number(answer.headers.get("content-length")) };
  }

  /** Writes a file and the folders above it, replacing what was there. */
  async put(key: string, body: HttpBody, signal?: AbortSignal): Promise<void> {
    await this.#upload(key, body, true, signal);
  }

  /** Writes a file, and the folders above it, unless there is one; says whether it did. */
  async putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    const answer = await this.#upload(key, bytes, false);
    if (answer.status !== 409) return true;
    // The answer to an attempt may have been lost, and this be our own: fetch
    // itself repeats silently, too.
    if ((await this.stat(key))?.bytes !== bytes.length) return false;
    const found = await this.get(key);
    return found !== undefined && Buffer.compare(found, bytes) === 0;
  }

  /** Removes a file; says whether there was one. */
  async remove(key: string): Promise<boolean> {
    const purpose = {
      verb: "Cannot delete",
      key,
      privilege: "WRITE VOLUME",
    } as const;
    const answer = await this.#send(purpose, "files", {
      method: "DELETE",
    }, [404]);
    return answer.status !== 404;
  }

  /** What is in a folder; nothing where there is no such folder. */
  async list(folder: string): Promise<VolumeEntry[]> {
    const entries: VolumeEntry[] = [];
    let token: string | undefined;
    do {
      // An empty volume has no folder, either.
      const answer = await this.#send(
        reading("Cannot list", folder),
        "directories",
        { method: "GET" },
        [404],
        token ? { page_token: token } : {},
      );
      if (answer.status === 404) return [];
      const page = JSON.parse(new TextDecoder().decode(answer.bytes));
      entries.push(...page.contents ?? []);
      token = page.next_page_token;
    } while (token);
    return entries;
  }

  #loggedIn(): Promise<DatabricksLogin> {
    return this.#login ??= databricksLogin(this.#profile);
  }

  async #upload(
    key: string,
    body: HttpBody,
    overwrite: boolean,
    signal?: AbortSignal,
  ): Promise<HttpAnswer> {
    const purpose = {
      verb: "Cannot write",
      key,
      privilege: "WRITE VOLUME",
    } as const;
    const request = {
      method: "PUT",
      headers: { "content-type": "application/octet-stream" },
      body,
      signal,
    } as const;
    const query = { overwrite: String(overwrite) };
    const expected = overwrite ? [] : [409];
    return await this.#send(purpose, "files", request, expected, query);
  }

  async #send(
    purpose: Purpose,
    kind: "files" | "directories",
    request: Omit<HttpRequest, "url">,
    expected: readonly number[] = [],
    query: Record<string, string> = {},
  ): Promise<HttpAnswer> {
    const login = await this.#loggedIn();
    const { verb, key, privilege } = purpose;
    const attempt: VolumeAttempt = {
      what: key === "" ? `${verb} the store` : `${verb} ${key}`,
      place: `${this.locate(key)} at ${login.host}`,
      volume: this.#volume,
      privilege,
    };
    const path = this.locate(key).split("/").map(encodeURIComponent).join("/");
    const search = new URLSearchParams(query).toString();
    const url = `${login.host}/api/2.0/fs/${kind}${path}${
      search && `?${search}`
    }`;
    const authorization = await login.authorization();
    await this.#enter();
    let answer: HttpAnswer;
    try {
      const headers = { ...request.headers, authorization };
      answer = await sendHttp({ ...request, url, headers }, this.#onRequest);
    } catch (error) {
      request.signal?.throwIfAborted();
      throw explainVolume(attempt, undefined, error);
    } finally {
      this.#leave();
    }
    if (answer.status < 300) return answer;
    const problem = readProblem(answer.status, answer.bytes);
    if (expected.includes(answer.status) && !isVolumeMissing(problem)) {
      return answer;
    }
    throw explainVolume(attempt, problem);
  }

  async #enter(): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((enter) => this.#waiting.push(enter));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}

function reading(verb: string, key: string): Purpose {
  return { verb, key, privilege: "READ VOLUME" };
}

/** Reads `/Volumes/…`, `volumes:/Volumes/…`, `volumes://catalog/schema/volume/…` and `dbfs:/Volumes/…`. */
function readVolumeUri(uri: string): { root: string; profile?: string } {
  const [, path, search = ""] = /^([^?]*)(?:\?(.*))?$/s.exec(uri)!;
  const query = new URLSearchParams(search);
  for (const name of query.keys()) {
    if (name !== "profile") {
      throw unknownName("parameter of a volume's URI", name, ["profile"], uri);
    }
  }
  const names = path.replace(/^(?:volumes|dbfs):/i, "")
    .replace(/^\/+(?:Volumes\/+)?/, "").replace(/\/+$/, "").split("/");
  const foreign = /^dbfs:(?!\/+Volumes\/)/i.test(path);
  if (
    foreign || names.length < 3 || names.some((name) => /^\.{0,2}$/.test(name))
  ) {
    throw new ServemarkError(`Cannot read "${uri}" as a volume's place`, {
      remedy: "Write /Volumes/catalog/schema/volume/folder",
      exitCode: 2,
    });
  }
  return {
    root: `/Volumes/${names.join("/")}`,
    profile: query.get("profile") ?? undefined,
  };
}
