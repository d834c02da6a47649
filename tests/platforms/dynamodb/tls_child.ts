/**
 * Makes one signed request over TLS to a port of this machine, and prints the
 * answer's body: the program of a process that trusts the test's certificate.
 *
 * @module
 */
import {
  endpointOf,
  HttpConnection,
} from "../../../lib/platforms/dynamodb/http_connection.ts";
import { RequestWriter } from "../../../lib/platforms/dynamodb/request_writer.ts";

const endpoint = endpointOf(`https://localhost:${Deno.args[0]}`);
const connection = new HttpConnection(endpoint, () => performance.now());
const message = new RequestWriter(endpoint, "eu-west-1").write(
  "GetItem",
  "{}",
  { accessKeyId: "A", secretAccessKey: "s" },
);
const { status, body } = await connection.exchange(message);
console.log(status, new TextDecoder().decode(body));
connection.close();
