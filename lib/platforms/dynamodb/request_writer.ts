import type { Endpoint } from "./http_connection.ts";
import { amzDate, type AwsKeys, Signer } from "./sign.ts";

/** The operations of DynamoDB that are used here. */
export type Target =
  | "BatchGetItem"
  | "BatchWriteItem"
  | "CreateTable"
  | "DeleteTable"
  | "DescribeTable"
  | "GetItem"
  | "ListTables"
  | "Scan";

const HEAD_ROOM = 4096;
const CONTENT_TYPE = "application/x-amz-json-1.0";
const encoder = new TextEncoder();

/** Writes signed requests as whole HTTP messages, into a buffer of its own. */
export class RequestWriter {
  readonly #authority: string;
  readonly #signer: Signer;
  #buffer = new Uint8Array(16 * 1024);

  constructor(endpoint: Endpoint, region: string) {
    this.#authority = endpoint.authority;
    this.#signer = new Signer(region, "dynamodb");
  }

  /** The message as bytes: a view that the next call overwrites. */
  write(target: Target, body: string, keys: AwsKeys): Uint8Array {
    // UTF-8 has at most three bytes for each of JavaScript's code units.
    if (this.#buffer.length < HEAD_ROOM + 3 * body.length) {
      this.#buffer = new Uint8Array(2 * (HEAD_ROOM + 3 * body.length));
    }
    const { written } = encoder.encodeInto(
      body,
      this.#buffer.subarray(HEAD_ROOM),
    );
    const date = amzDate();
    const name = `DynamoDB_20120810.${target}`;
    const headers: [string, string][] = [
      ["content-type", CONTENT_TYPE],
      ["host", this.#authority],
      ["x-amz-date", date],
    ];
    if (keys.sessionToken !== undefined) {
      headers.push(["x-amz-security-token", keys.sessionToken]);
    }
    headers.push(["x-amz-target", name]);
    const authorization = this.#signer.authorization(keys, {
      method: "POST",
      path: "/",
      query: "",
      headers,
      body: this.#buffer.subarray(HEAD_ROOM, HEAD_ROOM + written),
      date,
    });
    let head = "POST / HTTP/1.1\r\n";
    for (const [header, value] of headers) head += `${header}: ${value}\r\n`;
    head +=
      `authorization: ${authorization}\r\ncontent-length: ${written}\r\n\r\n`;
    if (head.length > HEAD_ROOM) return this.#apart(head, written);
    const start = HEAD_ROOM - head.length;
    encoder.encodeInto(head, this.#buffer.subarray(start));
    return this.#buffer.subarray(start, HEAD_ROOM + written);
  }

  /** For session tokens too long for the room before the body. */
  #apart(head: string, written: number): Uint8Array {
    const message = new Uint8Array(head.length + written);
    encoder.encodeInto(head, message);
    message.set(
      this.#buffer.subarray(HEAD_ROOM, HEAD_ROOM + written),
      head.length,
    );
    return message;
  }
}
