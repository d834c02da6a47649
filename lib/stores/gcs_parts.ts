import type { GcsRequests, GcsSource } from "./gcs_requests.ts";
import type { PartTarget, SentPart } from "./part_target.ts";
import { RemoteParts } from "./remote_parts.ts";

/** Objects that the service composes into one at a time (https://cloud.google.com/storage/docs/composite-objects). */
const MOST_SOURCES = 32;

/**
 * An object of Google Cloud Storage that is sent in parts: each part is a
 * hidden object, and in the end the service composes them, at no cost in
 * transfer, 32 at a time.
 */
export class GcsParts extends RemoteParts<GcsRequests> implements PartTarget {
  begin(): Promise<string> {
    return Promise.resolve(crypto.randomUUID().slice(0, 8));
  }

  async send(
    upload: string,
    number: number,
    bytes: Uint8Array,
  ): Promise<SentPart> {
    const key = this.#part(upload, number);
    const tag = await this.requests.put(key, bytes, this.signal);
    return { number, bytes: bytes.length, tag };
  }

  async sent(upload: string): Promise<SentPart[]> {
    const prefix = this.#prefix(upload);
    const parts: SentPart[] = [];
    for await (const part of this.requests.list(prefix)) {
      const name = part.key.slice(prefix.length);
      // The others are composed of several already.
      if (!/^\d+$/.test(name)) continue;
      const { bytes, generation } = part;
      parts.push({ number: Number(name), bytes, tag: generation });
    }
    return parts;
  }

  async complete(upload: string, parts: readonly SentPart[]): Promise<void> {
    let sources: GcsSource[] = parts.map(({ number, tag }) => ({
      key: this.#part(upload, number),
      generation: tag,
    }));
    for (let level = 1; sources.length > MOST_SOURCES; level++) {
      const composed: GcsSource[] = [];
      for (let at = 0; at < sources.length; at += MOST_SOURCES) {
        const key = `${this.#prefix(upload)}level${level}-${composed.length}`;
        await this.requests.compose(key, sources.slice(at, at + MOST_SOURCES));
        composed.push({ key });
      }
      sources = composed;
    }
    await this.requests.compose(this.key, sources);
    await this.cancel(upload);
  }

  async cancel(upload: string): Promise<void> {
    const found = await Array.fromAsync(
      this.requests.list(this.#prefix(upload)),
      ({ key }) => key,
    );
    await this.requests.removeAll(found);
  }

  #part(upload: string, number: number): string {
    return this.#prefix(upload) + String(number).padStart(5, "0");
  }

  #prefix(upload: string): string {
    return `${this.beside}${upload}.`;
  }
}
