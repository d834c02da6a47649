/**
 * Non-blocking sockets and epoll of Linux's libc, as plain synchronous calls.
 *
 * @module
 */
const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  setsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "u32"],
    result: "i32",
  },
  getsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "buffer"],
    result: "i32",
  },
  close: { parameters: ["i32"], result: "i32" },
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  // Results are ssize_t, but no call here moves 2 GiB.
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
} as const;

const NAMES = [
  "libc.so.6",
  "libc.musl-x86_64.so.1",
  "libc.musl-aarch64.so.1",
];

type Symbols = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];
type Transfer = (
  fd: number,
  bytes: Uint8Array<ArrayBuffer>,
  length: number,
  flags: number,
) => number;

/**
 * libc's calls. A size_t may be given as a number, which Deno's types do not
 * say; a BigInt for each call would be garbage on the hot path.
 */
export type Libc = Omit<Symbols, "recv" | "send"> & {
  readonly recv: Transfer;
  readonly send: Transfer;
};

/** Opens libc; `undefined` where there is none that fits, or no right to call it. */
export function openLibc(): Libc | undefined {
  if (Deno.build.os !== "linux") return undefined;
  for (const name of NAMES) {
    try {
      return Deno.dlopen(name, SYMBOLS).symbols as unknown as Libc;
    } catch (error) {
      // Not this libc: the next name. Without the permission, all will fail.
      if (error instanceof Deno.errors.Interrupted) throw error;
    }
  }
  return undefined;
}

// Constants of Linux on x86-64 and arm64.
const AF_INET = 2, AF_INET6 = 10, SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000, SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1, SO_ERROR = 4, IPPROTO_TCP = 6, TCP_NODELAY = 1;
export const POLLIN = 1, POLLOUT = 4;
export const EPOLLIN = 1, EPOLLOUT = 4, EPOLLERR = 8, EPOLLHUP = 16;
export const EPOLL_ADD = 1, EPOLL_DEL = 2, EPOLL_MOD = 3;
export const MSG_NOSIGNAL = 0x4000;
/** 32-bit words of one epoll event, and the word that holds its data: packed on x86-64 only. */
export const EVENT_WORDS = Deno.build.arch === "x86_64" ? 3 : 4;
export const EVENT_DATA = Deno.build.arch === "x86_64" ? 1 : 2;

const REASONS: Readonly<Record<number, [new (m: string) => Error, string]>> = {
  101: [Deno.errors.NetworkUnreachable, "the network is unreachable"],
  110: [Deno.errors.TimedOut, "no answer came in time"],
  111: [Deno.errors.ConnectionRefused, "connection refused"],
  113: [Deno.errors.NetworkUnreachable, "there is no route to the host"],
};

/**
 * Opens a non-blocking TCP connection to an IP address.
 *
 * @throws as `Deno.connect` does, when it fails or takes longer than the timeout
 */
export function connectTcp(
  libc: Libc,
  address: string,
  port: number,
  timeoutMs: number,
): number {
  const sockaddr = socketAddress(address, port);
  const family = address.includes(":") ? AF_INET6 : AF_INET;
  const fd = libc.socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw new Error("no more sockets: raise the limit of open files");
  const started = libc.connect(fd, sockaddr, sockaddr.length);
  const failure = started === 0 || awaitFd(libc, fd, POLLOUT, timeoutMs)
    ? pendingError(libc, fd)
    : 110;
  if (failure !== 0) {
    libc.close(fd);
    const [kind, text] = REASONS[failure] ?? [Error, `error ${failure}`];
    throw new kind(text);
  }
  libc.setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, Uint8Array.of(1, 0, 0, 0), 4);
  return fd;
}

/** Waits until a descriptor is ready, or broken; false when the time ran out. */
export function awaitFd(
  libc: Libc,
  fd: number,
  events: number,
  timeoutMs: number,
): boolean {
  const request = new Int32Array([fd, events]);
  return libc.poll(new Uint8Array(request.buffer), 1n, timeoutMs) > 0;
}

function pendingError(libc: Libc, fd: number): number {
  const value = new Int32Array(1);
  libc.getsockopt(
    fd,
    SOL_SOCKET,
    SO_ERROR,
    new Uint8Array(value.buffer),
    Uint8Array.of(4, 0, 0, 0),
  );
  return value[0];
}

/** A `sockaddr_in` or `sockaddr_in6` (both little-endian machines). */
function socketAddress(address: string, port: number): Uint8Array<ArrayBuffer> {
  const six = address.includes(":");
  const bytes = new Uint8Array(six ? 28 : 16);
  bytes[0] = six ? AF_INET6 : AF_INET;
  bytes[2] = port >> 8;
  bytes[3] = port;
  if (six) bytes.set(groups(address), 8);
  else bytes.set(address.split(".").map(Number), 4);
  return bytes;
}

function groups(address: string): number[] {
  const [head, tail] = address.split("%")[0].split("::")
    .map((side) => side === "" ? [] : side.split(":"));
  const zeros = Array(8 - head.length - (tail?.length ?? 0)).fill("0");
  return [...head, ...zeros, ...tail ?? []].flatMap((group) => {
    const n = parseInt(group, 16);
    return [n >> 8, n & 255];
  });
}
