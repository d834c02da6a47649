import { openPostgres } from "../../lib/platforms/postgres/platform.ts";
import { startEmbeddedPostgres } from "../../lib/platforms/postgres/embedded.ts";
import { platformContract } from "./platform.ts";

platformContract("postgres", () => openPostgres(), {
  fragile: async () => {
    const { connection, server } = await startEmbeddedPostgres();
    const { user, password, host, port, database } = connection;
    const platform = await openPostgres({
      uri: `postgres://${user}:${password}@${host}:${port}/${database}`,
    });
    return {
      platform,
      crash: async () => {
        Deno.kill(server.pid, "SIGKILL");
        await server.close();
      },
    };
  },
});
