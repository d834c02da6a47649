import assert from "node:assert/strict";
import { Kernel } from "../../lib/notebook/kernel.ts";
import type { Message } from "../../lib/notebook/protocol.ts";
import { ROOT } from "./notebooks.ts";

async function execute(kernel: Kernel, code: string): Promise<Message[]> {
  const published: Message[] = [];
  const content = { code, silent: false, store_history: true };
  const reply = await kernel.ask("execute_request", content, (message) => {
    published.push(message);
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  return [...published, reply];
}

function printed(messages: readonly Message[]): string {
  return messages.filter((m) => m.header.msg_type === "stream")
    .map((m) => m.content.text).join("");
}

/** True while a process has this id; as its parent's child is reaped, a dead one has not. */
function alive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test("Kernel runs in its folder, forgets its key, and leaves no process behind", async () => {
  const kernel = await Kernel.start({ cwd: ROOT });
  const { pid } = kernel;
  try {
    const said = printed(
      await execute(
        kernel,
        'console.log(Deno.cwd(), Deno.pid, Deno.env.has("SERVEMARK_CONNECTION"))',
      ),
    );
    assert.equal(said, `${ROOT.replace(/\/$/, "")} ${pid} false\n`);
  } finally {
    await kernel.close();
  }
  assert.equal(alive(pid), false);
});

Deno.test("Kernel.interrupt() ends a cell that listens, and later cells work", async () => {
  const kernel = await Kernel.start({ cwd: ROOT });
  try {
    const running = execute(
      kernel,
      `let stop = () => {};
       const stopped = new Promise((resolve) => stop = resolve);
       const alarm = setTimeout(stop, 20_000, "too late");
       Deno.addSignalListener("SIGINT", () => stop("interrupted"));
       console.log("waiting");
       console.log(await stopped);
       clearTimeout(alarm);`,
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    kernel.interrupt();
    assert.equal(printed(await running), "waiting\ninterrupted\n");
    assert.equal(printed(await execute(kernel, "console.log(6 * 7)")), "42\n");
  } finally {
    await kernel.close();
  }
});

Deno.test("Kernel.ask() says when the kernel was killed", async () => {
  const kernel = await Kernel.start({ cwd: ROOT });
  try {
    const running = execute(kernel, "await new Promise(() => {})");
    await new Promise((resolve) => setTimeout(resolve, 200));
    Deno.kill(kernel.pid, "SIGKILL");
    await assert.rejects(running, /The notebook kernel ended: it was killed/);
  } finally {
    await kernel.close();
  }
});

Deno.test("Kernel ends with a process that is killed", async () => {
  const program = `
    import { Kernel } from ${JSON.stringify(`${ROOT}lib/notebook/kernel.ts`)};
    const kernel = await Kernel.start({ cwd: "." });
    console.log(kernel.pid);
    Deno.kill(Deno.pid, "SIGKILL");`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "-q", program],
    cwd: ROOT,
  }).output();
  const pid = Number(new TextDecoder().decode(stdout));
  assert.ok(pid > 0);
  const deadline = Date.now() + 5_000;
  while (alive(pid) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal(alive(pid), false);
});
