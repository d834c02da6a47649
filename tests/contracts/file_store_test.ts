import { join } from "node:path";
import { storeContract } from "./store.ts";

storeContract("file store", async () => {
  const folder = await Deno.makeTempDir();
  return {
    uri: join(folder, "store"),
    env: {},
    all: () => filesIn(join(folder, "store")),
    page: 100,
    sentAgain: 0,
    failures: [{
      title: "a file where a folder is needed",
      uri: join(await Deno.makeTempFile({ dir: folder }), "x"),
      says: /Cannot write a\/.: a file stands where a folder is needed/,
    }],
    secrets: [],
    close: () => Deno.remove(folder, { recursive: true }),
  };
});

async function filesIn(folder: string): Promise<string[]> {
  const files: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory) files.push(...await filesIn(path));
      else files.push(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return files.sort();
}
