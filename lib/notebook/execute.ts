import { basename, dirname, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { ServemarkError } from "../core/errors.ts";
import { pause } from "../core/pause.ts";
import type { ProgressEvent, Watch } from "../core/progress.ts";
import {
  type Cell,
  KERNELSPEC,
  type Notebook,
  readNotebook,
  writeNotebook,
} from "./ipynb.ts";
import { Kernel } from "./kernel.ts";
import { OutputCollector } from "./outputs.ts";
import { injectParameters } from "./parameters.ts";

/**
 * Milliseconds of silence after a cell's end that show that no output of it is
 * still under way: the kernel can say "idle" before its last outputs left.
 */
const DRAIN = 100;

/** Seconds that an interrupted cell has to end by itself, where something in it listens. */
const GRACE = 5;

/** How cells are executed. */
export interface CellOptions extends Watch {
  /** The kernel's folder. */
  cwd: string;
  /** For people, in errors and progress: the notebook's path. */
  name: string;
  /** Seconds that one cell may take. @default no limit */
  timeout?: number;
}

/** How a notebook's file is executed. */
export interface ExecuteOptions extends Partial<Omit<CellOptions, "name">> {
  /** Values for the variables of the cell tagged `parameters`. */
  params?: Readonly<Record<string, unknown>>;
  /** Where to write the executed notebook. @default the notebook itself */
  output?: string;
}

/** What came of it. */
export interface Executed {
  /** The file that holds the outputs. */
  readonly output: string;
  readonly notebook: Notebook;
  /** Code cells executed. */
  readonly cells: number;
  readonly seconds: number;
}

/**
 * Executes a notebook's cells in order with a kernel of its own, and writes it
 * with all their outputs. A cell tagged `raises-exception` may fail.
 *
 * @throws {ServemarkError} at the first cell that fails or takes too long, with
 * its number and what it said. The outputs up to there are then in a file of
 * their own (`name.failed.ipynb`), and `output` stays as it was. An abort
 * interrupts the cell, writes nothing, and rejects with the signal's reason.
 */
export async function executeNotebook(
  path: string,
  options: ExecuteOptions = {},
): Promise<Executed> {
  const { params = {}, output = path, cwd = dirname(path) } = options;
  const started = performance.now();
  const notebook = injectParameters(await readNotebook(path), params, path);
  let cells: number;
  try {
    cells = await executeCells(notebook, { ...options, cwd, name: path });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof ServemarkError)) throw error;
    const partial = output.replace(/(?:\.ipynb)?$/, ".failed.ipynb");
    await writeNotebook(partial, notebook);
    throw new ServemarkError(error.message, {
      remedy: `See ${partial}, which holds the outputs up to there`,
      error,
    });
  }
  await writeNotebook(output, notebook);
  const seconds = (performance.now() - started) / 1e3;
  return { output, notebook, cells, seconds };
}

/**
 * Executes the cells of a notebook in memory, in order, with a kernel of its
 * own, and gives them their outputs.
 *
 * @returns how many code cells were executed
 * @throws {ServemarkError} at the first cell that fails or takes too long; the
 * cells before it have their outputs
 */
export async function executeCells(
  notebook: Notebook,
  options: CellOptions,
): Promise<number> {
  options.signal?.throwIfAborted();
  for (const cell of notebook.cells) {
    if (cell.cell_type === "code") {
      Object.assign(cell, { outputs: [], execution_count: null });
    }
  }
  const { signal, cwd } = options;
  const kernel = await Kernel.start({ signal, cwd: resolve(cwd) });
  try {
    return await executeAll(kernel, notebook, options);
  } finally {
    await kernel.close();
  }
}

async function executeAll(
  kernel: Kernel,
  notebook: Notebook,
  options: CellOptions,
): Promise<number> {
  const { progress, name } = options;
  const info = (await kernel.ask("kernel_info_request", {})).content;
  notebook.metadata = {
    ...notebook.metadata,
    kernelspec: KERNELSPEC,
    language_info: info.language_info,
  };
  const total = notebook.cells.filter(isCode).length;
  const collector = new OutputCollector();
  const step = `Execute ${basename(name)}`;
  const tell = (done: number, more: Partial<ProgressEvent>) =>
    progress?.({ step, done, total, unit: "cells", ...more });
  let done = 0;
  for (const [n, cell] of notebook.cells.entries()) {
    if (!isCode(cell)) continue;
    tell(done, { detail: firstLine(cell) });
    const failure = await executeCell(kernel, cell, collector, options);
    if (failure && !cell.metadata.tags?.includes("raises-exception")) {
      throw new ServemarkError(
        `Cannot execute ${basename(name)}: cell ${n + 1} failed`,
        { cause: failure, place: `${name}, cell ${n + 1}: ${firstLine(cell)}` },
      );
    }
    done++;
  }
  tell(done, { finished: true });
  return done;
}

/** Code that there is something to execute of. */
function isCode(cell: Cell): boolean {
  return cell.cell_type === "code" && cell.source.trim() !== "";
}

/** Executes one cell; returns why it failed, if it did. */
async function executeCell(
  kernel: Kernel,
  cell: Cell,
  collector: OutputCollector,
  { signal, timeout }: CellOptions,
): Promise<string | undefined> {
  const outputs = cell.outputs = [];
  collector.begin(outputs);
  let last = performance.now();
  const idle = Promise.withResolvers<void>();
  const reply = kernel.ask("execute_request", {
    code: cell.source,
    silent: false,
    store_history: true,
    user_expressions: {},
    allow_stdin: false,
    stop_on_error: true,
  }, (message) => {
    last = performance.now();
    collector.take(message);
    const state = message.content.execution_state;
    if (message.header.msg_type === "status" && state === "idle") {
      idle.resolve();
    }
  });
  const tooLong = `it took longer than ${timeout} s`;
  const stopping = stopWhen(kernel, signal, timeout);
  try {
    const { content } = await Promise.race([reply, stopping.overdue]);
    await kernel.orFailure(idle.promise);
    while (performance.now() - last < DRAIN) await pause(10);
    cell.execution_count = content.execution_count as number ?? null;
    signal?.throwIfAborted();
    if (stopping.timedOut()) return tooLong;
    return content.status === "ok" ? undefined : reasonOf(content, cell);
  } catch (error) {
    // A kernel that does not expect an interrupt ends by it.
    signal?.throwIfAborted();
    if (stopping.timedOut()) return tooLong;
    if (!(error instanceof ServemarkError)) throw error;
    return error.message.split("\n  ")[0];
  } finally {
    stopping.end();
    reply.catch(() => {}); // lost with the kernel, which has been reported
  }
}

/** Interrupts the kernel on abort and at the timeout, and rejects when that does not help. */
function stopWhen(kernel: Kernel, signal?: AbortSignal, timeout?: number) {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {}); // a cell may end before anybody waits for this
  let grace: ReturnType<typeof setTimeout> | undefined;
  let timedOut = false;
  let over = false;
  const stop = async () => {
    const wait = await kernel.interrupt().catch(() => false) ? GRACE : 0;
    if (over) return;
    grace ??= setTimeout(
      () => reject(new ServemarkError("The interrupted cell does not end")),
      wait * 1e3,
    );
  };
  const timer = timeout === undefined ? undefined : setTimeout(() => {
    timedOut = true;
    stop();
  }, timeout * 1e3);
  signal?.addEventListener("abort", stop);
  return {
    overdue: promise,
    timedOut: () => timedOut,
    end: () => {
      over = true;
      clearTimeout(timer);
      clearTimeout(grace);
      signal?.removeEventListener("abort", stop);
    },
  };
}

function reasonOf(content: Record<string, unknown>, cell: Cell): string {
  const trace = (content.traceback as string[] | undefined)?.join("\n").trim();
  if (trace) return stripVTControlCharacters(trace);
  const told = cell.outputs?.some((output) => output.output_type === "error");
  // The kernel says nothing at all about a cell that it cannot parse.
  return told
    ? String(content.evalue)
    : "the kernel gave no reason; a syntax error is the usual one";
}

function firstLine(cell: Cell): string {
  return cell.source.trim().split("\n")[0];
}
