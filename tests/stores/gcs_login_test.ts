import assert from "node:assert/strict";
import { join } from "node:path";
import { logIn } from "../../lib/stores/gcs_login.ts";
import { withEnv } from "../contracts/store.ts";

Deno.test("logIn() has the token that application default credentials give", async () => {
  const folder = await Deno.makeTempDir();
  // A stand-in of Google's token service, for workload identity federation.
  const asked: URLSearchParams[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
    async (request) => {
      asked.push(new URLSearchParams(await request.text()));
      return Response.json({
        access_token: "token-of-tests",
        issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
        token_type: "Bearer",
        expires_in: 3600,
      });
    },
  );
  try {
    const subject = join(folder, "subject");
    const credentials = join(folder, "credentials.json");
    await Deno.writeTextFile(subject, "subject-of-tests");
    await Deno.writeTextFile(
      credentials,
      JSON.stringify({
        type: "external_account",
        audience: "//iam.googleapis.com/tests",
        subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
        token_url: `http://127.0.0.1:${server.addr.port}/v1/token`,
        credential_source: { file: subject },
        quota_project_id: "payer",
      }),
    );
    await withEnv({ GOOGLE_APPLICATION_CREDENTIALS: credentials }, async () => {
      const login = (await logIn())!;
      for (let n = 0; n < 3; n++) {
        const headers = await login();
        assert.equal(headers.authorization, "Bearer token-of-tests");
        assert.equal(headers["x-goog-user-project"], "payer");
      }
    });
    assert.equal(asked.length, 1);
    assert.equal(asked[0].get("subject_token"), "subject-of-tests");
    assert.match(asked[0].get("scope")!, /devstorage\.read_write/);
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});
