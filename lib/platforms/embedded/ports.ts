/**
 * A port of 127.0.0.1 that nobody listened on just now. Another program may
 * take it before it is used, so whoever uses it must be ready to ask again.
 */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}
