import { messageOf, ServemarkError } from "../core/errors.ts";

const SCOPE = "https://www.googleapis.com/auth/devstorage.read_write";

/** Gives the headers of a request, renewed in time; `undefined` where nobody is logged in. */
export type GcsLogin = (() => Promise<Record<string, string>>) | undefined;

/**
 * Application default credentials: GOOGLE_APPLICATION_CREDENTIALS, what
 * `gcloud auth application-default login` left, or the machine's own account.
 */
export async function logIn(): Promise<GcsLogin> {
  const { GoogleAuth } = await import("google-auth-library");
  const auth = new GoogleAuth({ scopes: [SCOPE] });
  try {
    const client = await auth.getClient();
    await client.getRequestHeaders();
    return async () => Object.fromEntries(await client.getRequestHeaders());
  } catch (error) {
    const asked = Deno.env.get("GOOGLE_APPLICATION_CREDENTIALS");
    const none = /Could not load the default credentials/;
    if (!asked && none.test(messageOf(error))) return undefined;
    throw new ServemarkError("Cannot log in to Google Cloud Storage", {
      cause: messageOf(error).split("\n")[0].slice(0, 300),
      place: asked,
      remedy:
        "Run `gcloud auth application-default login`, or check GOOGLE_APPLICATION_CREDENTIALS; for a public bucket add ?anonymous=true",
      error,
    });
  }
}
