import { messageOf, ServemarkError } from "../../core/errors.ts";
import type { DynamodbConnection } from "./connection.ts";
import type { AwsKeys } from "./sign.ts";

// An emulator takes any keys. An account's own never go to one.
const PLACEHOLDER: AwsKeys = {
  accessKeyId: "SERVEMARKEMULATOR",
  secretAccessKey: "placeholder-for-an-emulator",
};

/** Temporary keys are renewed this long before they end, ms. */
const MARGIN = 120_000;

/** Has the keys that sign requests, and renews them in time. */
export class KeySource {
  readonly #connection: DynamodbConnection;
  #keys: AwsKeys | undefined;
  #renewing: Promise<AwsKeys> | undefined;

  constructor(connection: DynamodbConnection) {
    this.#connection = connection;
    if (connection.keys === "placeholder") {
      this.#keys = PLACEHOLDER;
    } else if (connection.accessKeyId && connection.secretAccessKey) {
      this.#keys = {
        accessKeyId: connection.accessKeyId,
        secretAccessKey: connection.secretAccessKey,
        sessionToken: connection.sessionToken,
        expires: connection.expires,
      };
    }
  }

  /** The keys, when they are here and good for a while; else ask `renew`. */
  get current(): AwsKeys | undefined {
    const keys = this.#keys;
    return keys && (keys.expires ?? Infinity) - MARGIN > Date.now()
      ? keys
      : undefined;
  }

  /**
   * Gets keys from AWS's chain: environment, profiles, single sign-on, roles.
   *
   * @throws {ServemarkError} when the chain has none
   */
  renew(): Promise<AwsKeys> {
    if (this.#connection.keys === "placeholder") {
      return Promise.resolve(PLACEHOLDER);
    }
    return this.#renewing ??= chainKeys(this.#connection)
      .then((keys) => this.#keys = keys)
      .finally(() => this.#renewing = undefined);
  }
}

async function chainKeys(connection: DynamodbConnection): Promise<AwsKeys> {
  const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
  const client = new DynamoDBClient({
    region: connection.region,
    ...(connection.profile ? { profile: connection.profile } : {}),
  });
  try {
    const keys = await client.config.credentials();
    return {
      accessKeyId: keys.accessKeyId,
      secretAccessKey: keys.secretAccessKey,
      sessionToken: keys.sessionToken,
      expires: keys.expiration?.getTime(),
    };
  } catch (error) {
    throw new ServemarkError("Cannot find AWS credentials for DynamoDB", {
      cause: messageOf(error),
      place: connection.profile ? `profile ${connection.profile}` : undefined,
      remedy:
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or log in with `aws sso login`",
      error,
    });
  } finally {
    client.destroy();
  }
}

/** The region that AWS's own settings name, if they name one. */
export async function chainRegion(
  profile?: string,
): Promise<string | undefined> {
  const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
  const client = new DynamoDBClient(profile ? { profile } : {});
  try {
    return await client.config.region();
  } catch (error) {
    if (/region is missing/i.test(messageOf(error))) return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}
