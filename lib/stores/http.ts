/**
 * Requests to services over HTTP, repeated where that helps.
 *
 * @module
 */
import { pause } from "../core/pause.ts";
import type { StoreRequest } from "./store.ts";

/** Attempts in all. */
const ATTEMPTS = 5;

/** The first pause, ms, and that for a busy service; each further one is twice as long, give or take half. */
const PAUSE_MS = 100;
const BUSY_MS = 400;

/** An attempt may take this long, and a second more for each of these bytes. */
const PATIENCE_MS = 60_000;
const SLOWEST_BYTES_PER_S = 256 * 1024;

/** Bytes, or a stream of known length that can be opened anew for each attempt. */
export type HttpBody = Uint8Array | string | {
  readonly length: number;
  open(): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
};

/** What is sent. */
export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
  readonly signal?: AbortSignal;
}

/** What came back, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** True for answers that a later attempt may better. */
export function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500 && status !== 501;
}

/**
 * Sends a request until its answer is whole and final.
 *
 * @throws what `fetch` threw last, or the signal's reason
 */
export async function sendHttp(
  request: HttpRequest,
  onRequest?: (request: StoreRequest) => void,
): Promise<HttpAnswer> {
  const { signal } = request;
  for (let attempt = 1;; attempt++) {
    signal?.throwIfAborted();
    let first = PAUSE_MS;
    let asked = 0;
    try {
      const answer = await sendOnce(request, onRequest);
      if (!isPassing(answer.status) || attempt === ATTEMPTS) return answer;
      first = BUSY_MS;
      asked = Number(answer.headers.get("retry-after")) * 1000 || 0;
    } catch (error) {
      if (signal?.aborted || attempt === ATTEMPTS) throw error;
    }
    const usual = first * 2 ** (attempt - 1) * (0.5 + Math.random());
    await pause(Math.min(Math.max(usual, asked), PATIENCE_MS), signal);
  }
}

async function sendOnce(
  request: HttpRequest,
  onRequest?: (request: StoreRequest) => void,
): Promise<HttpAnswer> {
  const { method, url, headers = {}, body } = request;
  const sent = typeof body === "string"
    ? new TextEncoder().encode(body).length
    : body?.length ?? 0;
  const patience = AbortSignal.timeout(
    PATIENCE_MS + sent / SLOWEST_BYTES_PER_S * 1000,
  );
  const { pathname, search } = new URL(url);
  const told = { method, path: pathname + search, range: headers.range, sent };
  let answer;
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers },
      body: typeof body === "object" && "open" in body
        ? await body.open()
        : body as Uint8Array<ArrayBuffer> | string | undefined,
      signal: request.signal
        ? AbortSignal.any([request.signal, patience])
        : patience,
    });
    answer = {
      status: response.status,
      headers: response.headers,
      bytes: new Uint8Array(await response.arrayBuffer()),
    };
  } catch (error) {
    onRequest?.({ ...told, status: 0, received: 0 });
    throw error;
  }
  onRequest?.({
    ...told,
    status: answer.status,
    received: answer.bytes.length,
  });
  return answer;
}

/** The reason why a request was never answered, and what to do. */
export function unreachable(error: unknown): [string, string] {
  const text = words(error);
  const known = [
    [/connection refused|ECONNREFUSED/i, "nothing listens there"],
    [/dns|ENOTFOUND|name or service/i, "the host's name is unknown"],
    [/timed? ?out/i, "no answer came in time"],
    [/reset|closed|broken pipe|ECONNRESET/i, "the connection broke"],
    [/certificate|tls/i, "its certificate is not trusted"],
  ] as const;
  const cause = known.find(([pattern]) => pattern.test(text))?.[1] ??
    text.split("\n")[0].slice(0, 200);
  return [
    `the service cannot be reached: ${cause}`,
    "Check the network, the address, and that something runs there",
  ];
}

/** An error's message with those of its causes, where the reason may be. */
function words(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined
    ? error.message
    : `${error.message}: ${words(error.cause)}`;
}
