/**
 * AWS Signature Version 4, for requests whose whole body is at hand.
 *
 * Follows "Create a signed AWS API request" of AWS's IAM user guide: a hash of
 * the canonical request is signed with a key derived from the secret, the day,
 * the region and the service.
 *
 * @module
 */
import { createHash, createHmac } from "node:crypto";

/** Keys of an AWS account. Never stored, never shown. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** When they expire, ms since 1970; absent where they do not. */
  readonly expires?: number;
}

/** What of a request is signed. */
export interface SignedParts {
  readonly method: string;
  /** Encoded as it is sent; `/` for DynamoDB. */
  readonly path: string;
  /** Sorted and encoded as it is sent; empty for DynamoDB. */
  readonly query: string;
  /** Lower-case names with trimmed values, sorted by name. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array;
  /** `20260131T235959Z`, as in the `x-amz-date` header. */
  readonly date: string;
}

/** The SHA-256 of a text or bytes, in hexadecimal. */
function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function hmac(key: string | Uint8Array, text: string): Uint8Array {
  return createHmac("sha256", key).update(text).digest();
}

/** Signs requests to one service in one region; keeps the day's key. */
export class Signer {
  readonly #region: string;
  readonly #service: string;
  #key: Uint8Array = new Uint8Array();
  #keyOf = "";

  constructor(region: string, service: string) {
    this.#region = region;
    this.#service = service;
  }

  /** The value of the `Authorization` header. */
  authorization(keys: AwsKeys, parts: SignedParts): string {
    const day = parts.date.slice(0, 8);
    const scope = `${day}/${this.#region}/${this.#service}/aws4_request`;
    let canonical = `${parts.method}\n${parts.path}\n${parts.query}\n`;
    let names = "";
    for (const [name, value] of parts.headers) {
      canonical += `${name}:${value}\n`;
      names += names === "" ? name : `;${name}`;
    }
    canonical += `\n${names}\n${sha256(parts.body)}`;
    const toSign = `AWS4-HMAC-SHA256\n${parts.date}\n${scope}\n${
      sha256(canonical)
    }`;
    const signature = createHmac("sha256", this.#signingKey(keys, day))
      .update(toSign).digest("hex");
    return `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, ` +
      `SignedHeaders=${names}, Signature=${signature}`;
  }

  #signingKey(keys: AwsKeys, day: string): Uint8Array {
    const keyOf = `${day}/${keys.secretAccessKey}`;
    if (this.#keyOf !== keyOf) {
      let key = hmac(`AWS4${keys.secretAccessKey}`, day);
      for (const word of [this.#region, this.#service, "aws4_request"]) {
        key = hmac(key, word);
      }
      this.#key = key;
      this.#keyOf = keyOf;
    }
    return this.#key;
  }
}

let second = 0;
let secondText = "";

/** The present time as `20260131T235959Z`; made anew once a second. */
export function amzDate(now = Date.now()): string {
  const whole = Math.floor(now / 1000);
  if (whole !== second) {
    second = whole;
    secondText = new Date(whole * 1000).toISOString()
      .replace(/[-:]|\.\d+/g, "");
  }
  return secondText;
}
