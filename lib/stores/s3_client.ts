import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { messageOf, ServemarkError } from "../core/errors.ts";
import type { S3Settings } from "./s3_settings.ts";
import type { StoreRequest } from "./store.ts";

/** AWS's module and a client, ready for use. */
export interface S3Connection {
  readonly aws: typeof import("@aws-sdk/client-s3");
  readonly client: S3Client;
  /** Where requests go, when that is not AWS's own. */
  readonly endpoint: string | undefined;
  /** True where requests are not signed. */
  readonly anonymous: boolean;
}

/**
 * Makes a client. Keys come from AWS's usual places (environment, profiles,
 * single sign-on, roles); where there are none at all, nothing is signed, as
 * public buckets allow. The endpoint comes from the URI, else from
 * `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`; the region from the URI, else
 * from AWS's own settings, else it is the one that S3 names itself.
 */
export async function connectS3(
  settings: S3Settings,
  onRequest?: (request: StoreRequest) => void,
): Promise<S3Connection> {
  const aws = await import("@aws-sdk/client-s3");
  const endpoint = settings.endpoint ?? Deno.env.get("AWS_ENDPOINT_URL_S3") ??
    Deno.env.get("AWS_ENDPOINT_URL");
  const config: S3ClientConfig = {
    endpoint,
    forcePathStyle: settings.pathStyle ?? isForeign(endpoint),
    profile: settings.profile,
    // Signed requests carry a SHA-256 of their body; further checksums are
    // what services other than AWS's may not know.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    followRegionRedirects: true,
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000 },
  };
  const region = settings.region ?? await usualRegion(aws, config);
  const signing = settings.anonymous !== true &&
    await hasKeys(aws, { ...config, region });
  const client = new aws.S3Client({
    ...config,
    region,
    ...(signing ? {} : UNSIGNED),
  });
  if (onRequest) observe(client, onRequest);
  return { aws, client, endpoint, anonymous: !signing };
}

const UNSIGNED: Partial<S3ClientConfig> = {
  credentials: { accessKeyId: "", secretAccessKey: "" },
  signer: { sign: (request) => Promise.resolve(request) },
};

function isForeign(endpoint: string | undefined): boolean {
  return endpoint !== undefined && !/\.amazonaws\.com(\.cn)?\b/.test(endpoint);
}

async function usualRegion(
  aws: typeof import("@aws-sdk/client-s3"),
  config: S3ClientConfig,
): Promise<string> {
  const client = new aws.S3Client(config);
  try {
    return await client.config.region();
  } catch {
    // None is set: S3 answers from there with the bucket's own, which the
    // client follows.
    return Deno.env.get("AWS_DEFAULT_REGION") ?? "us-east-1";
  } finally {
    client.destroy();
  }
}

/** Whether there are keys; an error where they were asked for, or do not work. */
async function hasKeys(
  aws: typeof import("@aws-sdk/client-s3"),
  config: S3ClientConfig,
): Promise<boolean> {
  const client = new aws.S3Client(config);
  const profile = config.profile ?? Deno.env.get("AWS_PROFILE");
  try {
    await client.config.credentials();
    return true;
  } catch (error) {
    const none = /Could not load credentials from any providers/;
    if (profile === undefined && none.test(messageOf(error))) return false;
    throw new ServemarkError("Cannot find AWS credentials for S3", {
      cause: messageOf(error),
      place: profile && `profile ${profile}`,
      remedy:
        "Log in with `aws sso login`, check AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for a public bucket add ?anonymous=true",
      error,
    });
  } finally {
    client.destroy();
  }
}

interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, unknown>;
  readonly headers: Record<string, string>;
}

interface WireResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
}

/** Tells of every attempt, from as near to the wire as the client lets. */
function observe(
  client: S3Client,
  onRequest: (request: StoreRequest) => void,
): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const request = args.request as WireRequest;
      const tell = (response?: WireResponse) => {
        const query = new URLSearchParams(
          Object.entries(request.query ?? {}).map(([k, v]) => [k, String(v)]),
        );
        const received = Number(response?.headers["content-length"] ?? 0);
        onRequest({
          method: request.method,
          path: request.path + (query.size > 0 ? `?${query}` : ""),
          range: request.headers["range"] ?? request.headers["Range"],
          status: response?.statusCode ?? 0,
          sent: Number(request.headers["content-length"] ?? 0),
          received: request.method === "HEAD" ? 0 : received,
        });
      };
      let result;
      try {
        result = await next(args);
      } catch (error) {
        tell();
        throw error;
      }
      tell(result.response as WireResponse);
      return result;
    },
    { step: "deserialize", priority: "low", name: "observeRequests" },
  );
}
