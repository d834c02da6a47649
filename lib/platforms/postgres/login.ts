/**
 * Answers to a server's questions about who is there.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import {
  createHash,
  createHmac,
  pbkdf2Sync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import type { Connection } from "./connection.ts";
import { ServerRefusal } from "./errors.ts";
import { password, saslInitial, saslResponse } from "./wire.ts";

const AUTHENTICATION = {
  ok: 0,
  clear: 3,
  md5: 5,
  sasl: 10,
  saslContinue: 11,
  saslFinal: 12,
} as const;

// PBKDF2 costs milliseconds: the connections of one driver share its result.
const salted = new Map<string, Buffer>();

/** Answers the server's authentication requests. SCRAM: RFC 5802 and 7677. */
export class Login {
  readonly #connection: Connection;
  readonly #nonce = randomBytes(18).toString("base64");
  #signature: Buffer | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The answer to one request, if it wants one. */
  answer(body: Uint8Array): Uint8Array | undefined {
    const kind = new DataView(body.buffer).getInt32(0);
    const rest = Buffer.from(body.subarray(4));
    switch (kind) {
      case AUTHENTICATION.ok:
        return undefined;
      case AUTHENTICATION.clear:
        return password(this.#connection.password);
      case AUTHENTICATION.md5:
        return password(this.#md5(rest));
      case AUTHENTICATION.sasl:
        if (!rest.toString().split("\0").includes("SCRAM-SHA-256")) break;
        return saslInitial("SCRAM-SHA-256", `n,,n=,r=${this.#nonce}`);
      case AUTHENTICATION.saslContinue:
        return saslResponse(this.#prove(rest.toString()));
      case AUTHENTICATION.saslFinal:
        this.#check(rest.toString());
        return undefined;
    }
    throw new ServerRefusal({
      severity: "FATAL",
      code: "0A000",
      message: `the server wants a login that is not known here (${kind})`,
    });
  }

  #md5(salt: Buffer): string {
    const { user, password: secret } = this.#connection;
    const inner = createHash("md5").update(secret + user).digest("hex");
    return "md5" + createHash("md5").update(inner).update(salt).digest("hex");
  }

  #prove(challenge: string): string {
    const field = fields(challenge);
    if (!field.r?.startsWith(this.#nonce)) throw dishonest("a foreign nonce");
    const key = saltedPassword(
      this.#connection.password,
      field.s,
      Number(field.i),
    );
    const hmac = (secret: Buffer, words: string) =>
      createHmac("sha256", secret).update(words).digest();
    const clientKey = hmac(key, "Client Key");
    const storedKey = createHash("sha256").update(clientKey).digest();
    const closing = `c=biws,r=${field.r}`;
    const words = `n=,r=${this.#nonce},${challenge},${closing}`;
    const signature = hmac(storedKey, words);
    const proof = clientKey.map((byte, k) => byte ^ signature[k]);
    this.#signature = hmac(hmac(key, "Server Key"), words);
    return `${closing},p=${Buffer.from(proof).toString("base64")}`;
  }

  #check(words: string): void {
    const given = Buffer.from(fields(words).v ?? "", "base64");
    if (
      !this.#signature || given.length !== this.#signature.length ||
      !timingSafeEqual(given, this.#signature)
    ) throw dishonest("a wrong signature");
  }
}

function saltedPassword(secret: string, salt: string, rounds: number): Buffer {
  const name = createHash("sha256").update(`${rounds}:${salt}:${secret}`)
    .digest("hex");
  let key = salted.get(name);
  if (!key) {
    key = pbkdf2Sync(
      secret.normalize("NFKC"),
      Buffer.from(salt, "base64"),
      rounds,
      32,
      "sha256",
    );
    salted.set(name, key);
  }
  return key;
}

function fields(words: string): Record<string, string> {
  return Object.fromEntries(
    words.split(",").map((field) => [field[0], field.slice(2)]),
  );
}

function dishonest(what: string): ServerRefusal {
  return new ServerRefusal({
    severity: "FATAL",
    code: "28000",
    message: `the server answered the login with ${what}`,
  });
}
