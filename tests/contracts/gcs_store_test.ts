import { freePort } from "../../lib/platforms/embedded/ports.ts";
import { startGcs } from "../emulators/fake_gcs.ts";
import { type Failure, storeContract } from "./store.ts";

storeContract("Google Cloud Storage store", async () => {
  const server = await startGcs();
  if ("missing" in server) return server;
  await server.makeBucket("catalogs");
  const failures: Failure[] = [{
    title: "an unknown bucket",
    uri: "gs://nowhere/x",
    says: /there is no bucket "nowhere"[^]*buckets create gs:\/\/nowhere/,
  }, {
    title: "a service that is down",
    uri: "gs://catalogs/x",
    env: { STORAGE_EMULATOR_HOST: `127.0.0.1:${freePort()}` },
    says: /cannot be reached: nothing listens there/,
  }];
  return {
    uri: "gs://catalogs/team/one",
    env: { STORAGE_EMULATOR_HOST: server.endpoint },
    all: async () => {
      const answer = await fetch(`${server.endpoint}/storage/v1/b/catalogs/o`);
      const { items = [] } = await answer.json();
      return items.map(({ name }: { name: string }) => name);
    },
    page: 1_010,
    // The part with the head, and what was under way.
    sentAgain: 5 * 1024 * 1024 + 4_096,
    failures,
    secrets: [],
    close: () => server.close(),
  };
});
