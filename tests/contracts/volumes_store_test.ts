import { join } from "node:path";
import { freePort } from "../../lib/platforms/embedded/ports.ts";
import { startFilesApi } from "../emulators/files_api.ts";
import { type Failure, storeContract } from "./store.ts";

storeContract("volumes store (on a stand-in of the Files API)", async () => {
  const api = startFilesApi({ volumes: ["main.bench.data"], pageSize: 50 });
  const spool = await Deno.makeTempDir();
  const uri = "volumes:/Volumes/main/bench/data/team one";
  const failures: Failure[] = [{
    title: "an unknown volume",
    uri: "/Volumes/main/bench/nothing/x",
    says: /there is no volume main\.bench\.nothing[^]*CREATE VOLUME/,
  }, {
    title: "a wrong token",
    uri,
    env: { DATABRICKS_TOKEN: "wrong-token" },
    says: /Invalid access token[^]*WRITE VOLUME ON VOLUME main\.bench\.data/,
  }, {
    title: "a workspace that is down",
    uri,
    env: { DATABRICKS_HOST: `http://127.0.0.1:${freePort()}` },
    says: /cannot be reached: nothing listens there/,
  }];
  return {
    uri,
    env: {
      DATABRICKS_HOST: api.host,
      DATABRICKS_TOKEN: api.token,
      TMPDIR: spool,
    },
    all: async () => {
      const spooled = [];
      for await (const folder of Deno.readDir(spool)) {
        for await (const { name } of Deno.readDir(join(spool, folder.name))) {
          spooled.push(name);
        }
      }
      return [...api.files.keys(), ...spooled];
    },
    page: 120,
    sentAgain: NaN,
    failures,
    secrets: [api.token, "wrong-token"],
    close: async () => {
      await api.close();
      await Deno.remove(spool, { recursive: true });
    },
  };
});
