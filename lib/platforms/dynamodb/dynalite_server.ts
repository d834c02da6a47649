/**
 * Runs the JavaScript DynamoDB emulator on a port of 127.0.0.1, in memory: the
 * program of a process of its own.
 *
 * @module
 */
import type { Server } from "node:http";
import dynalite from "dynalite";

const create = dynalite as (options: Record<string, number>) => Server;

const [port] = Deno.args;
create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  .listen(Number(port), "127.0.0.1");
