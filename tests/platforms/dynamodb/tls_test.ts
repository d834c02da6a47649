import assert from "node:assert/strict";
import { join } from "node:path";
import { generate } from "selfsigned";

Deno.test("HttpConnection speaks TLS to names whose certificate it trusts, and to no others", async () => {
  const folder = await Deno.makeTempDir();
  const { cert, private: key } = await generate(
    [{ name: "commonName", value: "localhost" }],
    {
      algorithm: "sha256",
      extensions: [
        { name: "basicConstraints", cA: false },
        { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
      ],
    },
  );
  const trusted = join(folder, "ca.pem");
  await Deno.writeTextFile(trusted, cert);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, cert, key, onListen: () => {} },
    (request) => Response.json({ target: request.headers.get("x-amz-target") }),
  );
  const child = async (...options: string[]) => {
    const script = new URL("tls_child.ts", import.meta.url).pathname;
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-q", "--no-check", "--allow-all", ...options, script],
        String(server.addr.port),
      ],
    }).output();
    const decoder = new TextDecoder();
    return { out: decoder.decode(stdout), err: decoder.decode(stderr) };
  };
  try {
    const { out, err } = await child("--cert", trusted);
    assert.equal(err, "");
    assert.match(out, /^200 \{"target":"DynamoDB_20120810\.GetItem"\}/);
    const refused = await child();
    assert.equal(refused.out, "");
    assert.match(refused.err, /certificate|UnknownIssuer/i);
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});
