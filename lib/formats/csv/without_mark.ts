/** The bytes without the mark that some programs put at the start of UTF-8. */
export async function* withoutMark(
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of content) {
    if (held === undefined) {
      yield chunk;
      continue;
    }
    const head: Uint8Array = new Uint8Array(held.length + chunk.length);
    head.set(held);
    head.set(chunk, held.length);
    if (head.length < 3) held = head;
    else {
      held = undefined;
      yield head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf
        ? head.subarray(3)
        : head;
    }
  }
  if (held !== undefined && held.length > 0) yield held;
}
