import assert from "node:assert/strict";
import { ServemarkError } from "../../../lib/core/errors.ts";
import { isRoot } from "../../../lib/platforms/embedded/cache.ts";
import { superviseServer } from "../../../lib/platforms/embedded/supervise.ts";
import { markerPlan, markerServer } from "./marker_server.ts";
import { eventually, exists, isAlive } from "./processes.ts";

const CHILD = new URL("./child.ts", import.meta.url).pathname;

function program(kind: string, end: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "--no-check", CHILD, kind, end],
    stdout: "piped",
    stderr: "null",
    detached: true,
  }).spawn();
}

async function firstWords(
  child: Deno.ChildProcess,
): Promise<{ pid: number; folder: string }> {
  let text = "";
  for await (const bytes of child.stdout) {
    text += new TextDecoder().decode(bytes);
    if (text.includes("\n")) break;
  }
  return JSON.parse(text);
}

async function assertGone(pid: number, folder: string): Promise<void> {
  assert.ok(await eventually(async () => !await isAlive(pid)), "server alive");
  assert.ok(await eventually(async () => !await exists(folder)), "folder left");
}

Deno.test("superviseServer() makes the folder its own and close() removes all", async () => {
  const server = await markerServer();
  assert.ok(await isAlive(server.pid));
  const { mode } = await Deno.stat(server.folder);
  assert.equal(mode! & 0o777, 0o700);
  await server.close();
  await server.close();
  assert.ok(!await isAlive(server.pid));
  assert.ok(!await exists(server.folder));
});

for (const end of ["exit", "throw", "return"]) {
  Deno.test(`superviseServer() ends with a program that ends by ${end}`, async () => {
    const child = program("marker", end);
    const { pid, folder } = await firstWords(child);
    await child.status;
    await assertGone(pid, folder);
  });
}

for (const signal of ["SIGKILL", "SIGINT", "SIGTERM", "SIGABRT"] as const) {
  Deno.test(`superviseServer() ends with a program that ${signal} ends`, async () => {
    const child = program("marker", "wait");
    const { pid, folder } = await firstWords(child);
    assert.ok(await isAlive(pid));
    child.kill(signal);
    await child.status;
    await assertGone(pid, folder);
  });
}

Deno.test("superviseServer() survives a Ctrl-C for its program's group until the program ends", async () => {
  const child = program("marker", "wait");
  const { pid, folder } = await firstWords(child);
  // What a terminal does: the signal goes to the whole foreground group.
  const kill = await new Deno.Command("/bin/sh", {
    args: ["-c", `kill -INT -${child.pid}`],
  }).output();
  assert.ok(kill.success);
  await child.status;
  await assertGone(pid, folder);
});

Deno.test("the embedded PostgreSQL ends with a killed program", async () => {
  const child = program("postgres", "wait");
  const { pid, folder } = await firstWords(child);
  assert.ok(await exists(folder));
  child.kill("SIGKILL");
  await child.status;
  await assertGone(pid, folder);
});

Deno.test("superviseServer() shows the log of a server that does not start", async () => {
  const plan = markerPlan("echo no space for my tables >&2; exit 4");
  await assert.rejects(
    superviseServer(plan),
    (error) =>
      error instanceof ServemarkError &&
      /Cannot start the test's server: no space for my tables/.test(
        error.message,
      ) && error.message.includes(plan.folder),
  );
  assert.ok(!await exists(plan.folder));
});

Deno.test("superviseServer() gives up on a server that never answers", async () => {
  const plan = markerPlan("exec sleep 100", { patience: 0.2 });
  await assert.rejects(superviseServer(plan), /no answer within 0.2 s/);
  assert.ok(!await exists(plan.folder));
});

Deno.test("superviseServer() asks for another port when it lost the race for one", async () => {
  const ports: number[] = [];
  const server = await markerServer(undefined, {
    command: (port) => {
      ports.push(port);
      const script = ports.length < 3
        ? "echo bind: Address already in use >&2; exit 1"
        : ": > ready; exec sleep 100";
      return { command: "/bin/sh", args: ["-c", script] };
    },
  });
  try {
    assert.equal(new Set(ports).size, 3);
    assert.equal(server.port, ports[2]);
  } finally {
    await server.close();
  }
});

Deno.test("superviseServer() refuses a folder that is there already", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(
      superviseServer(markerPlan(":", { folder })),
      (error) =>
        error instanceof ServemarkError && /exist/i.test(error.message),
    );
    assert.ok(await exists(folder));
  } finally {
    await Deno.remove(folder);
  }
});

Deno.test("superviseServer() kills a server that ignores its signal", async () => {
  const server = await markerServer(
    "trap '' TERM; : > ready; while :; do sleep 0.05; done",
    { grace: 1 },
  );
  await server.close();
  assert.ok(!await isAlive(server.pid));
  assert.ok(!await exists(server.folder));
});

Deno.test("superviseServer() tells when its server dies, and tidies up", async () => {
  const server = await markerServer(
    "echo last words; : > ready; exec sleep 100",
  );
  Deno.kill(server.pid, "SIGKILL");
  let words = "";
  server.ended.then((log) => words = log);
  assert.ok(await eventually(() => Promise.resolve(words !== "")));
  assert.match(words, /last words/);
  assert.ok(!await exists(server.folder));
  await server.close();
});

Deno.test("superviseServer() stops when it is aborted", async () => {
  const stop = new AbortController();
  const plan = markerPlan("exec sleep 100");
  setTimeout(() => stop.abort(new Error("enough")), 100);
  await assert.rejects(
    superviseServer(plan, { signal: stop.signal }),
    /enough/,
  );
  assert.ok(!await exists(plan.folder));
});

Deno.test("superviseServer() runs two servers that do not disturb each other", async () => {
  const [a, b] = await Promise.all([markerServer(), markerServer()]);
  assert.notEqual(a.folder, b.folder);
  await a.close();
  assert.ok(await isAlive(b.pid));
  assert.ok(await exists(b.folder));
  await b.close();
});

Deno.test({
  name: "superviseServer() runs a server as another user",
  ignore: !isRoot(),
  fn: async () => {
    const server = await markerServer(undefined, { uid: 65_534, gid: 65_534 });
    try {
      assert.equal((await Deno.stat(server.folder)).uid, 65_534);
    } finally {
      await server.close();
    }
    assert.ok(!await exists(server.folder));
  },
});
