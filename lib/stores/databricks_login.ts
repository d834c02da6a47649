import { homedir } from "node:os";
import { join } from "node:path";
import { messageOf, ServemarkError } from "../core/errors.ts";
import { sendHttp } from "./http.ts";

/** A workspace, and the right to ask it. */
export interface DatabricksLogin {
  /** `https://adb-1234.5.azuredatabricks.net`, without a "/" at its end. */
  readonly host: string;
  /** The value of a request's `authorization`, renewed in time. */
  authorization(): Promise<string>;
}

/** Tokens are renewed this long before they end, ms. */
const MARGIN_MS = 60_000;

const REMEDY =
  "Set DATABRICKS_HOST with DATABRICKS_TOKEN, or with DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET, or name a profile of ~/.databrickscfg in DATABRICKS_CONFIG_PROFILE";

type Values = Readonly<Record<string, string>>;

/**
 * Logs in as Databricks' own tools do: a profile that is named here, else the
 * variables `DATABRICKS_HOST`, `DATABRICKS_TOKEN`, `DATABRICKS_CLIENT_ID`,
 * `DATABRICKS_CLIENT_SECRET`, and what they leave open from the profile that
 * `DATABRICKS_CONFIG_PROFILE` names, else from `DEFAULT`. A token goes before a
 * client (https://docs.databricks.com/dev-tools/auth/unified-auth.html).
 *
 * @throws {ServemarkError} where host or credentials are missing
 */
export async function databricksLogin(
  profile?: string,
): Promise<DatabricksLogin> {
  const environment: Values = profile === undefined ? fromEnvironment() : {};
  const name = profile ?? Deno.env.get("DATABRICKS_CONFIG_PROFILE");
  const complete = environment.host && hasCredentials(environment);
  const file = complete ? {} : await fromProfile(name);
  // A token of one place must not be overruled by a client of another.
  const values: Values = hasCredentials(environment)
    ? { ...pickHost(file), ...environment }
    : { ...file, ...environment };
  const { host, token, client_id: id, client_secret: secret } = values;
  if (!host) throw missing("no host is set", name);
  const url = checkHost(host);
  if (token) {
    return {
      host: url,
      authorization: () => Promise.resolve(`Bearer ${token}`),
    };
  }
  if (id && secret) return withClient(url, id, secret);
  const other = values.auth_type;
  throw missing(
    other
      ? `the login "${other}" of its profile is not one of those that are known here`
      : "there is neither a token nor a client",
    name,
    other === "databricks-cli"
      ? "Set DATABRICKS_TOKEN to what `databricks auth token` prints as access_token"
      : undefined,
  );
}

function missing(cause: string, profile?: string, remedy = REMEDY): Error {
  return new ServemarkError("Cannot log in to Databricks", {
    cause,
    place: profile && `profile ${profile}`,
    remedy,
    exitCode: 2,
  });
}

function hasCredentials(values: Values): boolean {
  return Boolean(values.token || values.client_id && values.client_secret);
}

function pickHost({ host }: Values): Values {
  return host ? { host } : {};
}

function fromEnvironment(): Values {
  const values: Record<string, string> = {};
  for (const name of ["host", "token", "client_id", "client_secret"]) {
    const value = Deno.env.get(`DATABRICKS_${name.toUpperCase()}`);
    if (value) values[name] = value;
  }
  return values;
}

async function fromProfile(name: string | undefined): Promise<Values> {
  const path = Deno.env.get("DATABRICKS_CONFIG_FILE") ??
    join(homedir(), ".databrickscfg");
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound && name === undefined) return {};
    throw new ServemarkError("Cannot read Databricks' profiles", {
      cause: messageOf(error),
      place: path,
      remedy: REMEDY,
      exitCode: 2,
      error,
    });
  }
  const profiles = readProfiles(text);
  const found = profiles.get(name ?? "DEFAULT");
  if (found || name === undefined) return found ?? {};
  throw new ServemarkError(`There is no Databricks profile "${name}"`, {
    place: path,
    remedy: `Known: ${[...profiles.keys()].join(", ") || "none"}`,
    exitCode: 2,
  });
}

/** Reads sections of `name = value` lines. */
function readProfiles(text: string): Map<string, Record<string, string>> {
  const profiles = new Map<string, Record<string, string>>();
  let section: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const title = /^\s*\[(.+)\]\s*$/.exec(line)?.[1];
    if (title) profiles.set(title.trim(), section = {});
    const pair = /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/i.exec(line);
    if (pair) section[pair[1].toLowerCase()] = pair[2];
  }
  return profiles;
}

function checkHost(host: string): string {
  const url = URL.parse(/^https?:/.test(host) ? host : `https://${host}`);
  const local = url && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname);
  if (url && !url.username && (url.protocol === "https:" || local)) {
    return url.origin;
  }
  throw missing(`"${host}" is no https address of a workspace`);
}

/**
 * A service principal, by OAuth
 * (https://docs.databricks.com/dev-tools/auth/oauth-m2m.html).
 */
function withClient(host: string, id: string, secret: string): DatabricksLogin {
  let token: { text: string; until: number } | undefined;
  let renewing: Promise<void> | undefined;
  const renew = async () => {
    const answer = await sendHttp({
      method: "POST",
      url: `${host}/oidc/v1/token`,
      headers: {
        authorization: `Basic ${btoa(`${id}:${secret}`)}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: "grant_type=client_credentials&scope=all-apis",
    });
    if (answer.status !== 200) {
      throw new ServemarkError("Cannot log in to Databricks", {
        cause: `the workspace refused the client (HTTP ${answer.status})`,
        place: `${host}, client ${id}`,
        remedy: "Check DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET",
      });
    }
    const { access_token, expires_in } = JSON.parse(
      new TextDecoder().decode(answer.bytes),
    );
    token = {
      text: access_token,
      until: Date.now() + expires_in * 1000 - MARGIN_MS,
    };
  };
  return {
    host,
    async authorization() {
      while (!token || token.until <= Date.now()) {
        renewing ??= renew().finally(() => renewing = undefined);
        await renewing;
      }
      return `Bearer ${token.text}`;
    },
  };
}
