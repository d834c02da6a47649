import { startEmulator } from "../../lib/platforms/dynamodb/embedded.ts";
import { openDynamodb } from "../../lib/platforms/dynamodb/platform.ts";
import { platformContract } from "./platform.ts";

platformContract("dynamodb", () => openDynamodb(), {
  fragile: async () => {
    const { server } = await startEmulator();
    const platform = await openDynamodb({
      endpoint: `http://127.0.0.1:${server.port}`,
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

platformContract(
  "dynamodb by dynalite",
  () => openDynamodb({ emulator: "dynalite" }),
);
