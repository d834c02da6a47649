import type { RemoteRequests } from "./remote_store.ts";

/** An object that is sent in parts, and the small hidden objects that are kept beside it. */
export abstract class RemoteParts<R extends RemoteRequests> {
  readonly place: string;
  protected readonly requests: R;
  protected readonly key: string;
  protected readonly beside: string;
  protected readonly signal: AbortSignal | undefined;

  /** @param beside Where this write's hidden objects are; ends in "/" */
  constructor(requests: R, key: string, beside: string, signal?: AbortSignal) {
    this.requests = requests;
    this.key = key;
    this.beside = beside;
    this.signal = signal;
    this.place = requests.locate(key);
  }

  async put(bytes: Uint8Array): Promise<void> {
    await this.requests.put(this.key, bytes, this.signal);
  }

  async keep(name: string, bytes: Uint8Array): Promise<void> {
    await this.requests.put(this.beside + name, bytes);
  }

  kept(name: string): Promise<Uint8Array | undefined> {
    return this.requests.get(this.beside + name);
  }

  async forget(name: string): Promise<void> {
    await this.requests.remove(this.beside + name);
  }
}
