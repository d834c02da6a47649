/**
 * A stand-in of a Databricks workspace's Files API, in memory, on 127.0.0.1
 * only, written from its documentation
 * (https://docs.databricks.com/api/workspace/files): no service of Databricks'
 * takes part. Error codes and messages are those that its documentation and the
 * issues of its tools show.
 *
 * @module
 */

/** How the stand-in behaves. */
export interface FilesApiOptions {
  /** Volumes that exist, as `catalog.schema.volume`. */
  readonly volumes: readonly string[];
  /** Entries in a page of a listing; the service's own is 1,000. */
  readonly pageSize?: number;
}

/** A running stand-in. */
export interface FilesApi {
  /** `http://127.0.0.1:PORT`. */
  readonly host: string;
  /** A token that it takes. */
  readonly token: string;
  /** A client that it gives tokens for. */
  readonly client: { readonly id: string; readonly secret: string };
  /** Tokens given to clients so far. */
  readonly tokens: number;
  /** Every file, by its path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Answers the next requests with a status, as a busy service does. */
  refuse(requests: number, status: number): void;
  close(): Promise<void>;
}

const API = "/api/2.0/fs/";

/** Starts the stand-in. */
export function startFilesApi(options: FilesApiOptions): FilesApi {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const client = { id: "tests", secret: crypto.randomUUID() };
  const token: string = crypto.randomUUID();
  const known = new Set([token]);
  let refusals = { requests: 0, status: 0 };

  async function answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname === "/oidc/v1/token") return await giveToken(request);
    const [, bearer] = /^Bearer (.+)$/.exec(
      request.headers.get("authorization") ?? "",
    ) ?? [];
    if (bearer === undefined) {
      return problem(401, "UNAUTHENTICATED", "Credential was not sent.");
    }
    if (!known.has(bearer)) {
      return problem(403, "PERMISSION_DENIED", "Invalid access token.");
    }
    if (refusals.requests > 0) {
      refusals.requests--;
      const { status } = refusals;
      return problem(status, "RESOURCE_EXHAUSTED", "Too many requests.");
    }
    const path = decodeURIComponent(url.pathname);
    const [, kind, place] = /^(files|directories)(\/.*)$/.exec(
      path.startsWith(API) ? path.slice(API.length) : "",
    ) ?? [];
    if (!kind) return problem(404, "ENDPOINT_NOT_FOUND", "No API found.");
    const volume = place.split("/").slice(2, 5).join(".");
    if (!place.startsWith("/Volumes/") || !options.volumes.includes(volume)) {
      return problem(404, "NOT_FOUND", `Volume '${volume}' does not exist.`);
    }
    return kind === "files"
      ? await onFile(request, place, url.searchParams)
      : onFolder(place, url.searchParams);
  }

  async function giveToken(request: Request): Promise<Response> {
    const asked = new URLSearchParams(await request.text());
    const right = `Basic ${btoa(`${client.id}:${client.secret}`)}`;
    if (
      request.headers.get("authorization") !== right ||
      asked.get("grant_type") !== "client_credentials" ||
      asked.get("scope") !== "all-apis"
    ) return Response.json({ error: "invalid_client" }, { status: 401 });
    const access_token = crypto.randomUUID();
    known.add(access_token);
    return Response.json({
      access_token,
      token_type: "Bearer",
      scope: "all-apis",
      expires_in: 3600,
    });
  }

  async function onFile(
    request: Request,
    path: string,
    query: URLSearchParams,
  ): Promise<Response> {
    if (request.method === "PUT") {
      let bytes: Uint8Array<ArrayBuffer>;
      try {
        bytes = new Uint8Array(await request.arrayBuffer());
      } catch {
        // The client went away: nothing is written, and nobody is told.
        return new Response(null, { status: 400 });
      }
      if (query.get("overwrite") === "false" && files.has(path)) {
        return problem(409, "ALREADY_EXISTS", "The file already exists.");
      }
      files.set(path, bytes);
      return new Response(null, { status: 204 });
    }
    const bytes = files.get(path);
    if (!bytes) {
      return problem(404, "NOT_FOUND", "The file being accessed is not found.");
    }
    if (request.method === "DELETE") {
      files.delete(path);
      return new Response(null, { status: 204 });
    }
    const headers = new Headers({
      "content-type": "application/octet-stream",
      "content-length": String(bytes.length),
    });
    if (request.method === "HEAD") return new Response(null, { headers });
    const range = /^bytes=(\d+)-(\d+)$/.exec(
      request.headers.get("range") ?? "",
    );
    if (!range) return new Response(bytes, { headers });
    const [from, last] = [Number(range[1]), Number(range[2])];
    if (from >= bytes.length) {
      return problem(416, "INVALID_PARAMETER_VALUE", "Range not satisfiable.");
    }
    return new Response(bytes.slice(from, last + 1), { status: 206 });
  }

  function onFolder(path: string, query: URLSearchParams): Response {
    const prefix = `${path.replace(/\/$/, "")}/`;
    const entries = new Map<string, Record<string, unknown>>();
    for (const [file, { length }] of files) {
      if (!file.startsWith(prefix)) continue;
      const [name, ...below] = file.slice(prefix.length).split("/");
      entries.set(name, {
        path: prefix + name,
        name,
        is_directory: below.length > 0,
        ...(below.length > 0 ? {} : { file_size: length }),
        last_modified: Date.now(),
      });
    }
    if (entries.size === 0) {
      return problem(
        404,
        "NOT_FOUND",
        "The directory being accessed is not found.",
      );
    }
    const from = Number(query.get("page_token") ?? 0);
    const to = from + (options.pageSize ?? 1000);
    return Response.json({
      contents: [...entries.values()].slice(from, to),
      ...(to < entries.size ? { next_page_token: String(to) } : {}),
    });
  }

  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
    answer,
  );
  return {
    host: `http://127.0.0.1:${server.addr.port}`,
    token,
    client,
    files,
    get tokens() {
      return known.size - 1;
    },
    refuse: (requests, status) => void (refusals = { requests, status }),
    close: () => server.shutdown(),
  };
}

function problem(
  status: number,
  error_code: string,
  message: string,
): Response {
  return Response.json({ error_code, message }, { status });
}
