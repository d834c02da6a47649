/**
 * A stand-in for DynamoDB where no emulator produces the thing: throttling,
 * unprocessed items and keys, refused logins. It answers from a script.
 *
 * @module
 */
import type { DynamodbConnection } from "../../../lib/platforms/dynamodb/connection.ts";

/** What the requests here have in common: a table's name, or requests by table. */
export interface RequestBody {
  readonly TableName: string;
  readonly RequestItems: Readonly<Record<string, unknown>>;
}

/** A request as it came. */
export interface Seen {
  readonly target: string;
  readonly headers: Headers;
  readonly body: RequestBody;
}

/** An answer: a body, with a status where it is not 200. */
export interface Scripted {
  readonly status?: number;
  readonly body: unknown;
}

export interface StandIn {
  readonly connection: DynamodbConnection;
  readonly endpoint: string;
  readonly seen: Seen[];
  close(): Promise<void>;
}

/** Starts one; `answer` is asked for each request, with its number. */
export function standIn(
  answer: (seen: Seen, n: number) => Scripted,
): StandIn {
  const seen: Seen[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const one = {
        target: request.headers.get("x-amz-target")?.split(".")[1] ?? "",
        headers: request.headers,
        body: JSON.parse(await request.text() || "null"),
      };
      seen.push(one);
      const { status = 200, body } = answer(one, seen.length - 1);
      return new Response(JSON.stringify(body), {
        status,
        headers: { "content-type": "application/x-amz-json-1.0" },
      });
    },
  );
  const endpoint = `http://127.0.0.1:${server.addr.port}`;
  return {
    seen,
    endpoint,
    connection: {
      endpoint,
      region: "eu-west-1",
      tablePrefix: "t_",
      keys: "placeholder",
      consistentRead: false,
    },
    close: () => server.shutdown(),
  };
}

/** An error as the service words it. */
export function refusal(type: string, message = "", status = 400): Scripted {
  return {
    status,
    body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message },
  };
}
