import os from "node:os";
import config from "../../deno.json" with { type: "json" };
import type { Environment } from "./result.ts";

/** npm packages behind the drivers that are not our own. */
const PACKAGES: Readonly<Record<string, string>> = {
  "postgres/pg": "pg",
  "dynamodb/sdk": "@aws-sdk/client-dynamodb",
};

/** The machine and the software of the client, with the packages of these drivers. */
export function environment(drivers: readonly string[]): Environment {
  const imports: Readonly<Record<string, string>> = config.imports;
  const versions: Record<string, string> = {
    servemark: config.version,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
  };
  for (const driver of drivers) {
    const name = PACKAGES[driver];
    const version = name && /@([^@/]+)$/.exec(imports[name] ?? "")?.[1];
    if (version) versions[name] = version;
  }
  return {
    cpu: os.cpus()[0]?.model.trim() || "unknown",
    cores: navigator.hardwareConcurrency,
    memoryBytes: os.totalmem(),
    os: `${os.type()} ${os.release()} (${Deno.build.arch})`,
    versions,
  };
}
