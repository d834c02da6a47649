/** A part that the service has. */
export interface SentPart {
  readonly number: number;
  readonly bytes: number;
  /** What tells it from another part of the same number: its ETag or generation. */
  readonly tag: string;
}

/** What a service does for an object that is sent in parts. */
export interface PartTarget {
  /** For messages. */
  readonly place: string;
  /** Writes the whole object at once. */
  put(bytes: Uint8Array): Promise<void>;
  /** Begins an upload in parts; returns its name. */
  begin(): Promise<string>;
  /** Sends a part, replacing one of the same number. */
  send(upload: string, number: number, bytes: Uint8Array): Promise<SentPart>;
  /** The parts of an upload, or `undefined` where there is no such upload. */
  sent(upload: string): Promise<SentPart[] | undefined>;
  /** Makes the object of its parts, which are in order, and ends the upload. */
  complete(upload: string, parts: readonly SentPart[]): Promise<void>;
  /** Ends the upload, and removes its parts. */
  cancel(upload: string): Promise<void>;
  /** Small hidden objects that belong to this write. */
  keep(name: string, bytes: Uint8Array): Promise<void>;
  kept(name: string): Promise<Uint8Array | undefined>;
  forget(name: string): Promise<void>;
}
