/**
 * Writes one object in a process of its own, so that a test can kill it:
 * `store_child.ts URI KEY BYTES HEAD`. Tells on standard output, one JSON line
 * each: where it took up, every checkpoint, and at the end what it sent.
 *
 * @module
 */
import { openStore } from "../../lib/stores/open.ts";

/** Bytes written at a time. */
export const BLOCK = 256 * 1024;

/** Blocks between two checkpoints. */
const EVERY = 8;

/** What the writer tells. */
export interface Told {
  readonly resumed?: number;
  readonly checkpoint?: number;
  readonly sent?: number;
}

/** Block `n` of the object, which no other block is like. */
export function blockOf(n: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(BLOCK / 4);
  let word = n + 1;
  for (let i = 0; i < words.length; i++) {
    words[i] = word = Math.imul(word, 1_664_525) + 1_013_904_223;
  }
  return new Uint8Array(words.buffer);
}

/** The object's first bytes. */
export function headOf(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).fill(0xaa);
}

async function main(uri: string, key: string, blocks: number, head: number) {
  const tell = (told: Told) => console.log(JSON.stringify(told));
  let sent = 0;
  const store = await openStore(uri, {
    onRequest: (request) => sent += request.sent,
  });
  const writer = await store.create(key, { head, resume: `${blocks} ${head}` });
  const from = (writer.resumed as { block: number } | undefined)?.block ?? 0;
  tell({ resumed: writer.position });
  for (let n = from; n < blocks; n++) {
    await writer.write(blockOf(n));
    if ((n + 1) % EVERY !== 0) continue;
    if (await writer.checkpoint({ block: n + 1 })) {
      tell({ checkpoint: writer.position });
    }
  }
  await writer.finish(headOf(head));
  tell({ sent });
}

if (import.meta.main) {
  const [uri, key, blocks, head] = Deno.args;
  await main(uri, key, Number(blocks), Number(head));
}
