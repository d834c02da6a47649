import assert from "node:assert/strict";
import {
  ConnectionLost,
  endpointOf,
  HttpConnection,
} from "../../../lib/platforms/dynamodb/http_connection.ts";

type Serve = (socket: Deno.Conn, connection: number) => Promise<void>;

/** A server that speaks raw bytes, to break them where a real one might. */
async function withServer(
  serve: Serve,
  check: (connection: HttpConnection) => Promise<void>,
): Promise<number> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  let connections = 0;
  const served: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const socket of listener) {
      served.push(
        serve(socket, connections++).finally(() => socket.close()),
      );
    }
  })();
  const connection = new HttpConnection(
    endpointOf(`http://127.0.0.1:${port}`),
    () => performance.now(),
  );
  try {
    await check(connection);
  } finally {
    connection.close();
    listener.close();
    await accepting;
    await Promise.allSettled(served);
  }
  return connections;
}

const encoder = new TextEncoder();
const MESSAGE = encoder.encode("POST / HTTP/1.1\r\nhost: a\r\n\r\n");

async function request(socket: Deno.Conn): Promise<boolean> {
  return await socket.read(new Uint8Array(4096)) !== null;
}

async function bytewise(socket: Deno.Conn, text: string): Promise<void> {
  for (const byte of encoder.encode(text)) {
    await socket.write(Uint8Array.of(byte));
  }
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("HttpConnection reads lengths and chunks, however the bytes arrive", async () => {
  const connections = await withServer(async (socket) => {
    await request(socket);
    await bytewise(
      socket,
      "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nx: y\r\n\r\nhello\r\n\r\nyou",
    );
    await request(socket);
    await bytewise(
      socket,
      "HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab\r\nc\r\nb;x=y\r\ndefghijklmn\r\n0\r\n\r\n",
    );
    await request(socket);
    const large = "z".repeat(200_000);
    await bytewise(socket, "HTTP/1.1 200 OK\r\ncontent-length: 200000\r\n\r\n");
    for (let at = 0; at < large.length;) {
      at += await socket.write(encoder.encode(large.slice(at)));
    }
  }, async (connection) => {
    const first = await connection.exchange(MESSAGE);
    assert.equal(first.status, 200);
    assert.equal(text(first.body), "hello\r\n\r\nyou");
    assert.ok(connection.sent <= connection.firstByte);
    const second = await connection.exchange(MESSAGE);
    assert.equal(second.status, 400);
    assert.equal(text(second.body), "ab\r\ncdefghijklmn");
    const third = await connection.exchange(MESSAGE);
    assert.equal(text(third.body), "z".repeat(200_000));
    assert.ok(third.bytes > 200_000);
  });
  assert.equal(connections, 1);
});

const SHORT = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

Deno.test("HttpConnection replaces a connection that was closed while idle", async () => {
  const connections = await withServer(async (socket) => {
    // One answer, then the server closes without a word, as idle ones are.
    await request(socket);
    await socket.write(encoder.encode(SHORT));
  }, async (connection) => {
    for (let n = 0; n < 3; n++) {
      assert.equal(text((await connection.exchange(MESSAGE)).body), "{}");
    }
  });
  assert.equal(connections, 3);
});

Deno.test("HttpConnection sends nothing twice once an answer has begun", async () => {
  const connections = await withServer(async (socket) => {
    await request(socket);
    await socket.write(encoder.encode(SHORT));
    if (!await request(socket)) return;
    await socket.write(encoder.encode(SHORT.slice(0, 30)));
  }, async (connection) => {
    await connection.exchange(MESSAGE);
    await assert.rejects(connection.exchange(MESSAGE), ConnectionLost);
    // The next exchange connects again.
    assert.equal((await connection.exchange(MESSAGE)).status, 200);
  });
  assert.equal(connections, 2);
});

Deno.test("HttpConnection gives up an exchange when it is closed meanwhile", async () => {
  const connections = await withServer(async (socket) => {
    await request(socket);
    await socket.write(encoder.encode(SHORT));
    await request(socket);
    await request(socket);
  }, async (connection) => {
    await connection.exchange(MESSAGE);
    const waiting = connection.exchange(MESSAGE);
    setTimeout(() => connection.close(), 20);
    await assert.rejects(waiting, ConnectionLost);
  });
  assert.equal(connections, 1);
});
