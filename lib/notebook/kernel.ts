/**
 * A Deno notebook kernel as a child process, spoken to over its own protocol.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { stripVTControlCharacters } from "node:util";
import type { Dealer, Subscriber } from "zeromq";
import { ServemarkError } from "../core/errors.ts";
import { pause } from "../core/pause.ts";
import type { Watch } from "../core/progress.ts";
import { temporaryPath } from "../platforms/embedded/folders.ts";
import { freePort } from "../platforms/embedded/ports.ts";
import {
  type SupervisedServer,
  superviseServer,
} from "../platforms/embedded/supervise.ts";
import {
  type Connection,
  decode,
  encode,
  type Message,
  request,
} from "./protocol.ts";

/** Seconds that a kernel may take to answer for the first time. */
const PATIENCE = 60;

/**
 * Milliseconds between two looks at the sockets. Looking is exact and costs
 * little; waiting for zeromq's own wake-ups is neither under Deno 2.9: some get
 * lost, and a receive with a timeout crashes the process.
 */
const LOOK = 4;

// The connection file holds the key, so it is written where only this user may
// read it, from a variable that the kernel itself does not get to see. `exec`
// leaves the kernel under the pid that the supervisor reported.
const LAUNCH = `
printf %s "$SERVEMARK_CONNECTION" > connection.json || exit 96
connection=$PWD/connection.json
unset SERVEMARK_CONNECTION
cd "$1" || exit 97
exec "$2" jupyter --kernel --conn "$connection"
`;

/** Starts a kernel. It ends with `close()`, and when this process ends. */
export interface KernelOptions extends Watch {
  /** The folder in which the cells run; the `deno.json` above it is the one used. */
  cwd: string;
}

/** Takes what the kernel publishes while a request is answered. */
export type MessageSink = (message: Message) => void;

/** A running kernel. One request at a time. */
export class Kernel {
  readonly #server: SupervisedServer;
  readonly #connection: Connection;
  readonly #shell: Dealer;
  readonly #published: Subscriber;
  readonly #session = randomUUID();
  readonly #waiting = new Map<string, (reply: Message) => void>();
  #listener: MessageSink = () => {};
  /** Rejects when the kernel ends, or says what cannot be understood. */
  readonly #failed: Promise<never>;
  #closed = false;

  private constructor(
    server: SupervisedServer,
    connection: Connection,
    shell: Dealer,
    published: Subscriber,
  ) {
    this.#server = server;
    this.#connection = connection;
    this.#shell = shell;
    this.#published = published;
    const { promise, reject } = Promise.withResolvers<never>();
    this.#failed = promise;
    promise.catch(() => {}); // whoever waits for an answer is told
    server.ended.then((log) => reject(ended(log)));
    this.#listen().catch(reject);
  }

  /** Starts a kernel and waits until it answers. */
  static async start(options: KernelOptions): Promise<Kernel> {
    const { Dealer, Subscriber } = await import("zeromq");
    const key = randomUUID();
    let connection: Connection | undefined;
    const server = await superviseServer({
      title: "the notebook kernel",
      folder: temporaryPath("kernel"),
      command: (port) => {
        connection = connectionOn(port, key);
        return {
          command: "/bin/sh",
          args: ["-c", LAUNCH, "kernel", options.cwd, Deno.execPath()],
          env: { SERVEMARK_CONNECTION: JSON.stringify(connection) },
        };
      },
      ready: async (port) => {
        (await Deno.connect({ hostname: "127.0.0.1", port })).close();
        return true;
      },
      grace: 2,
      patience: PATIENCE,
    }, options);
    // A timeout of 0 makes every call return at once.
    const at = { linger: 0, receiveTimeout: 0 };
    const shell = new Dealer({ ...at, sendTimeout: 0 });
    // Outputs must not be dropped, however slowly they are taken.
    const published = new Subscriber({ ...at, receiveHighWaterMark: 0 });
    published.subscribe();
    shell.connect(`tcp://127.0.0.1:${connection!.shell_port}`);
    published.connect(`tcp://127.0.0.1:${connection!.iopub_port}`);
    const kernel = new Kernel(server, connection!, shell, published);
    try {
      await kernel.#greet(options.signal);
      return kernel;
    } catch (error) {
      await kernel.close();
      throw error;
    }
  }

  /** The kernel's process. */
  get pid(): number {
    return this.#server.pid;
  }

  /**
   * Sends a request and resolves with its reply. Everything published
   * meanwhile, and until the next request, goes to `listener`.
   *
   * @throws {ServemarkError} when the kernel ends first
   */
  async ask(
    type: string,
    content: Readonly<Record<string, unknown>>,
    listener: MessageSink = () => {},
  ): Promise<Message> {
    const message = request(this.#session, type, content);
    const { msg_id } = message.header;
    const { promise, resolve } = Promise.withResolvers<Message>();
    this.#listener = listener;
    this.#waiting.set(msg_id, resolve);
    try {
      await this.#shell.send(encode(message, this.#connection.key));
      return await this.orFailure(promise);
    } finally {
      this.#waiting.delete(msg_id);
    }
  }

  /** A promise that also rejects when the kernel ends. */
  orFailure<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#failed]);
  }

  /**
   * Interrupts what runs, as a notebook's stop button does. Returns false where
   * it is sure that no one in the kernel listens for it.
   */
  async interrupt(): Promise<boolean> {
    const { pid } = this.#server;
    const listens = await catchesInterrupt(pid);
    Deno.kill(pid, "SIGINT");
    return listens;
  }

  /** Ends the kernel and what it started. Twice is fine. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#shell.close();
      this.#published.close();
    }
    await this.#server.close();
  }

  /**
   * Asks who it is until both its answer and its published state arrive: what
   * it publishes before the subscription reached it is lost.
   */
  async #greet(signal?: AbortSignal): Promise<void> {
    const deadline = performance.now() + PATIENCE * 1e3;
    let heard = false;
    while (!heard) {
      signal?.throwIfAborted();
      if (performance.now() > deadline) {
        throw new ServemarkError("Cannot talk to the notebook kernel", {
          cause: `it did not answer within ${PATIENCE} s`,
        });
      }
      const answer = this.ask("kernel_info_request", {}, () => heard = true);
      await Promise.race([answer, pause(2_000)]);
      await pause(10);
    }
  }

  async #listen(): Promise<void> {
    const { key } = this.#connection;
    while (!this.#closed) {
      while (!this.#closed && this.#published.readable) {
        this.#listener(decode(await this.#published.receive(), key));
      }
      while (!this.#closed && this.#shell.readable) {
        const reply = decode(await this.#shell.receive(), key);
        this.#waiting.get(reply.parent.msg_id ?? "")?.(reply);
      }
      await pause(LOOK);
    }
  }
}

function connectionOn(shellPort: number, key: string): Connection {
  return {
    transport: "tcp",
    ip: "127.0.0.1",
    shell_port: shellPort,
    control_port: freePort(),
    iopub_port: freePort(),
    stdin_port: freePort(),
    hb_port: freePort(),
    signature_scheme: "hmac-sha256",
    key,
    kernel_name: "deno",
  };
}

/** Whether a process has a handler for SIGINT; true where the system does not tell. */
async function catchesInterrupt(pid: number): Promise<boolean> {
  if (Deno.build.os !== "linux") return true;
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status);
  return caught === null || (BigInt(`0x${caught[1]}`) & 0b10n) !== 0n;
}

function ended(log: string): ServemarkError {
  const words = stripVTControlCharacters(log).split("\n")
    .filter((line) => !/"deno jupyter" is unstable/.test(line))
    .join("\n").trim();
  return new ServemarkError("The notebook kernel ended", {
    cause: words && words !== "Killed"
      ? `its last words were: ${words}`
      : "it was killed, or a cell ended the process",
    remedy: "Check the machine's free memory",
  });
}
