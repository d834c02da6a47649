/**
 * A program that starts a server, says where, and then ends as it was told to:
 * `wait`, `exit`, `throw`, `return`. The tests kill the first.
 *
 * @module
 */
import { startEmbeddedPostgres } from "../../../lib/platforms/postgres/embedded.ts";
import { markerServer } from "./marker_server.ts";

const [kind, end] = Deno.args;
const server = kind === "postgres"
  ? (await startEmbeddedPostgres()).server
  : await markerServer();
console.log(JSON.stringify({ pid: server.pid, folder: server.folder }));
if (end === "wait") await new Promise((wake) => setTimeout(wake, 60_000));
if (end === "exit") Deno.exit(3);
if (end === "throw") throw new Error("the program failed");
