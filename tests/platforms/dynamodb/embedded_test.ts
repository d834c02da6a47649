import assert from "node:assert/strict";
import { join } from "node:path";
import {
  defaultEmulator,
  executable,
  startEmulator,
} from "../../../lib/platforms/dynamodb/embedded.ts";

Deno.test("startEmulator() starts this system's emulator, which ends with close()", async () => {
  const { server, title } = await startEmulator();
  try {
    assert.match(title, new RegExp(`^${defaultEmulator()} .*emulator`));
    const answer = await fetch(`http://127.0.0.1:${server.port}/`);
    await answer.body?.cancel();
  } finally {
    await server.close();
  }
  await assert.rejects(
    Deno.connect({ hostname: "127.0.0.1", port: server.port }),
    Deno.errors.ConnectionRefused,
  );
});

Deno.test("startEmulator() names the JavaScript emulator as deno.json pins it", async () => {
  const { default: config } = await import("../../../deno.json", {
    with: { type: "json" },
  });
  const { server, title } = await startEmulator("dynalite");
  await server.close();
  const [, version] = /@([\d.]+)$/.exec(config.imports.dynalite)!;
  assert.equal(title, `dynalite ${version} (DynamoDB emulator)`);
});

Deno.test("startEmulator() lists the emulators when it does not know one", async () => {
  await assert.rejects(
    startEmulator("dynolite"),
    /Did you mean "dynalite"\? Known: dynoxide, dynalite/,
  );
});

Deno.test("executable() copies a program that may not be executed where it lies", async () => {
  const folder = await Deno.makeTempDir();
  const release = `test-${crypto.randomUUID()}`;
  let copy: string | undefined;
  try {
    const installed = join(folder, "program");
    await Deno.writeTextFile(installed, "#!/bin/sh\necho one\n");
    await Deno.chmod(installed, 0o644);
    copy = await executable(installed, release);
    assert.notEqual(copy, installed);
    const { stdout } = await new Deno.Command(copy).output();
    assert.equal(new TextDecoder().decode(stdout), "one\n");
    await Deno.chmod(installed, 0o755);
    assert.equal(await executable(installed, release), installed);
  } finally {
    await Deno.remove(folder, { recursive: true });
    if (copy) await Deno.remove(join(copy, ".."), { recursive: true });
  }
});
