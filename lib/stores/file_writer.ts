import { dirname } from "node:path";
import { ServemarkError } from "../core/errors.ts";
import { CheckpointPrice } from "./checkpoint_price.ts";
import {
  isMissing,
  makeFolder,
  removeIfThere,
  writeAll,
  writeSynced,
} from "./file_io.ts";
import { fileError } from "./file_errors.ts";
import type { WriterSink } from "./guarded_writer.ts";
import type { WriteOptions } from "./store.ts";

/** Small writes are gathered up to this many bytes: each costs a system call. */
const GATHER = 256 * 1024;

/** Bytes between two checkpoints that are worth a journal's file. */
const WORTHWHILE = 8 * 1024 * 1024;

/** Where an unfinished write is, and where it goes. */
export interface FilePlan {
  /** For messages: the object's key, and where it will be. */
  readonly key: string;
  readonly target: string;
  /** The unfinished file. */
  readonly data: string;
  /** The checkpoint's file, for a write that can be taken up. */
  readonly journal?: string;
  /** Puts the finished file, which is on disk, in its place; it is gone afterwards. */
  place(): Promise<void>;
}

interface Journal {
  readonly resume: string;
  readonly head: number;
  readonly position: number;
  readonly state: unknown;
}

/** Starts or takes up a write to a file. */
export async function openFileSink(
  plan: FilePlan,
  options: WriteOptions,
): Promise<WriterSink> {
  const head = options.head ?? 0;
  let file: Deno.FsFile | undefined;
  try {
    await makeFolder(dirname(plan.data));
    file = await Deno.open(plan.data, {
      read: true,
      write: true,
      create: true,
    });
    if (!await lock(file)) {
      throw new ServemarkError(`Cannot write ${plan.key}`, {
        cause: "another process is writing it right now",
        place: plan.target,
        remedy: "Wait until it has finished, or stop it",
      });
    }
    const { size } = await file.stat();
    const kept = plan.journal ? await readJournal(plan.journal) : undefined;
    const usable = kept?.resume === options.resume && kept?.head === head &&
        kept.position <= size
      ? kept
      : undefined;
    const position = usable?.position ?? head;
    await file.truncate(usable ? position : 0);
    await file.seek(position, Deno.SeekMode.Start);
    return new FileSink(plan, options, file, position, usable);
  } catch (error) {
    file?.close();
    throw fileError(`Cannot write ${plan.key}`, plan.target, error);
  }
}

class FileSink implements WriterSink {
  readonly resumed: unknown;
  readonly #plan: FilePlan;
  readonly #options: WriteOptions;
  readonly #file: Deno.FsFile;
  readonly #gathered = new Uint8Array(GATHER);
  #waiting = 0;
  #position: number;
  #kept: number;
  readonly #price = new CheckpointPrice();

  constructor(
    plan: FilePlan,
    options: WriteOptions,
    file: Deno.FsFile,
    position: number,
    journal: Journal | undefined,
  ) {
    this.#plan = plan;
    this.#options = options;
    this.#file = file;
    this.#position = position;
    this.#kept = position;
    this.resumed = journal?.state;
  }

  get position(): number {
    return this.#position;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#named(async () => {
      if (this.#waiting + bytes.length > GATHER) await this.#flush();
      if (bytes.length >= GATHER) await writeAll(this.#file, bytes);
      else {
        this.#gathered.set(bytes, this.#waiting);
        this.#waiting += bytes.length;
      }
      this.#position += bytes.length;
    });
  }

  checkpoint(state: unknown): Promise<boolean> {
    return this.#named(async () => {
      const fresh = this.#position - this.#kept;
      if (fresh < WORTHWHILE || !this.#price.isWorthwhile) return false;
      await this.#price.pay(() => this.#keep(state));
      return true;
    });
  }

  async #keep(state: unknown): Promise<void> {
    await this.#flush();
    await this.#file.syncData();
    const { journal } = this.#plan;
    const text = JSON.stringify(
      {
        resume: this.#options.resume!,
        head: this.#options.head ?? 0,
        position: this.#position,
        state,
      } satisfies Journal,
    );
    const fresh = `${journal!}.new`;
    await removeIfThere(fresh);
    await writeSynced(fresh, new TextEncoder().encode(text));
    await Deno.rename(fresh, journal!);
    this.#kept = this.#position;
  }

  finish(head: Uint8Array): Promise<void> {
    return this.#named(async () => {
      const { journal } = this.#plan;
      await this.#flush();
      await this.#file.seek(0, Deno.SeekMode.Start);
      await writeAll(this.#file, head);
      await this.#file.sync();
      await this.#plan.place();
      if (journal) await removeIfThere(journal);
      this.#file.close();
    });
  }

  async abort(): Promise<void> {
    await this.release();
    await removeIfThere(this.#plan.data);
    if (this.#plan.journal) await removeIfThere(this.#plan.journal);
  }

  release(): Promise<void> {
    this.#file.close();
    return Promise.resolve();
  }

  async #flush(): Promise<void> {
    if (this.#waiting === 0) return;
    await writeAll(this.#file, this.#gathered.subarray(0, this.#waiting));
    this.#waiting = 0;
  }

  async #named<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      const { key, target } = this.#plan;
      throw fileError(`Cannot write ${key}`, target, error);
    }
  }
}

/** Locks a file against other writers and against tidying up; ends with the process. */
async function lock(file: Deno.FsFile): Promise<boolean> {
  try {
    return await file.tryLock(true);
  } catch {
    // A file system without locks, such as some network shares: unfinished
    // writes are then told apart by their age alone.
    return true;
  }
}

async function readJournal(path: string): Promise<Journal | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    // A journal that cannot be read was not written by a whole checkpoint.
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether a live process is writing an unfinished file. */
export async function isBeingWritten(path: string): Promise<boolean> {
  using file = await Deno.open(path, { read: true });
  return !await lock(file);
}
