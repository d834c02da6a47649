/**
 * Child servers that end with this process, however it ends.
 *
 * A small shell script stands between: its standard input is a pipe whose other
 * end only this process holds. When the pipe closes (close(), an error, Ctrl-C,
 * a crash, SIGKILL), the script stops the server and removes its folder. It
 * runs in a session of its own, so a terminal's Ctrl-C does not reach it first.
 *
 * @module
 */
import { messageOf, ServemarkError } from "../../core/errors.ts";
import type { Watch } from "../../core/progress.ts";
import { freePort } from "./ports.ts";

/** What to run on a port, in a folder. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A server to start. */
export interface ServerPlan {
  /** For people: `PostgreSQL`. */
  readonly title: string;
  /**
   * Path of the server's folder, which must not exist: it is made (mode 0700)
   * before the server starts, and removed after it ended. See `temporaryPath`.
   */
  readonly folder: string;
  /** The command for a port; asked again when the port was taken meanwhile. */
  command(port: number): ServerCommand;
  /** True once the server answers; asked every few ms. An error counts as false. */
  ready(port: number): Promise<boolean>;
  /** Run as this user and group; only root can. */
  readonly uid?: number;
  readonly gid?: number;
  /** What makes the server end: @default "TERM" */
  readonly stopSignal?: "TERM" | "INT" | "QUIT" | "KILL";
  /** Seconds after which a stopping server is killed. @default 5 */
  readonly grace?: number;
  /** Seconds within which it must be ready. @default 60 */
  readonly patience?: number;
}

/** A running server. */
export interface SupervisedServer {
  readonly pid: number;
  readonly port: number;
  readonly folder: string;
  /**
   * Resolves when the server ended and its folder is gone, with the end of its
   * log. Does not keep the program alive.
   */
  readonly ended: Promise<string>;
  /** Stops the server and removes its folder. Twice is fine. */
  close(): Promise<void>;
}

// Arguments: folder, signal, seconds, the command. Writes the server's pid to
// standard output, and the end of the log to standard error when all is over.
// The watcher is a process of its own because a shell cannot wait for a child
// and for its input at once. The stop signal is repeated, because a server that
// is just starting may not have learned it yet. Traps are handlers, not '',
// because ignored signals would stay ignored in the server; SIGPIPE, which
// words to a dead parent raise, is ignored once the children are there.
const SCRIPT = `
folder=$1; signal=$2; grace=$3; shift 3
umask 077
mkdir "$folder" || exit 97
cd "$folder" || exit 97
exec 3<&0 </dev/null
"$@" >server.log 2>&1 3<&- &
server=$!
trap 'kill -s "$signal" "$server" 2>/dev/null' HUP INT TERM
(
  trap : HUP INT TERM
  while read -r _ <&3; do :; done
  n=0
  while kill -s "$signal" "$server" && [ "$n" -lt "$((grace * 20))" ]; do
    sleep 0.05; n=$((n + 1))
  done
  kill -s KILL "$server"
) >/dev/null 2>&1 &
watcher=$!
exec 3<&-
trap '' PIPE
echo "$server"
while :; do
  wait "$server"
  code=$?
  kill -0 "$server" 2>/dev/null || break
done
kill -s KILL "$watcher" 2>/dev/null
tail -c 4000 server.log >&2
cd /
n=0
while ! rm -rf "$folder" 2>/dev/null && [ "$n" -lt 40 ]; do
  sleep 0.05; n=$((n + 1))
done
exit "$code"
`;

const PORT_TAKEN = /address (?:already )?in use|EADDRINUSE|port .*in use/i;
const ATTEMPTS = 5;

/**
 * Starts a server on a free port of 127.0.0.1 and waits until it answers.
 *
 * @throws {ServemarkError} when it ends or does not answer in time, with the
 * end of its log; nothing is left behind
 */
export async function superviseServer(
  plan: ServerPlan,
  watch: Watch = {},
): Promise<SupervisedServer> {
  for (let attempt = 1;; attempt++) {
    const port = freePort();
    const server = await launch(plan, port);
    const failure = await untilReady(plan, server, watch.signal);
    if (failure === undefined) return server;
    await server.close();
    watch.signal?.throwIfAborted();
    if (PORT_TAKEN.test(failure) && attempt < ATTEMPTS) continue;
    throw new ServemarkError(`Cannot start ${plan.title}`, {
      cause: failure,
      place: `127.0.0.1:${port}, folder ${plan.folder}`,
      remedy:
        "Read the server's own words above; check memory and the space of the temporary folder",
    });
  }
}

async function launch(
  plan: ServerPlan,
  port: number,
): Promise<SupervisedServer> {
  const { command, args, env } = plan.command(port);
  const child = new Deno.Command("/bin/sh", {
    args: [
      "-c",
      SCRIPT,
      "servemark-supervisor",
      plan.folder,
      plan.stopSignal ?? "TERM",
      String(plan.grace ?? 5),
      command,
      ...args,
    ],
    cwd: "/",
    env: { ...env },
    uid: plan.uid,
    gid: plan.gid,
    detached: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const ended = (async () => {
    await child.status;
    return (await new Response(child.stderr).text()).trim();
  })();
  const pid = Number(await firstLine(child.stdout));
  if (!(pid > 0)) {
    throw new ServemarkError(`Cannot start ${plan.title}`, {
      cause: await ended,
      place: plan.folder,
      remedy:
        "Check that the temporary folder may be written, or set TMPDIR to one that may",
    });
  }
  // An open server must not keep a finished program alive.
  child.unref();
  let closing: Promise<void> | undefined;
  const close = async () => {
    child.ref();
    await child.stdin.close().catch((error) => {
      // The supervisor is gone already: the server has ended by itself.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    });
    await ended;
  };
  return {
    pid,
    port,
    folder: plan.folder,
    ended,
    close: () => closing ??= close(),
  };
}

/** Waits for readiness; returns why not, when it will not come. */
async function untilReady(
  plan: ServerPlan,
  server: SupervisedServer,
  signal?: AbortSignal,
): Promise<string | undefined> {
  let log: string | undefined;
  server.ended.then((text) => log = text || "it ended at once, saying nothing");
  let last = "";
  const deadline = performance.now() + 1000 * (plan.patience ?? 60);
  while (log === undefined) {
    if (signal?.aborted) return "stopped";
    if (performance.now() > deadline) {
      return `no answer within ${plan.patience ?? 60} s${last && `: ${last}`}`;
    }
    const ready = await plan.ready(server.port).catch((error) => {
      last = messageOf(error);
      return false;
    });
    await new Promise((wake) => setTimeout(wake, 10));
    // Checked after the pause: whoever answered may have been another server,
    // on a port that ours failed to get.
    if (ready && log === undefined) return undefined;
  }
  return log;
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const reader = stream.getReader();
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text.split("\n")[0];
}
