/**
 * A worker that ends the sessions which wait for a lock: from another thread,
 * because a blocking driver leaves its own no time.
 *
 * @module
 */
import type { Connection } from "../../../lib/platforms/postgres/connection.ts";
import { openControl } from "../../../lib/platforms/postgres/control.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<Connection>) => void;
  postMessage(message: string): void;
};

scope.onmessage = async ({ data }) => {
  const control = await openControl(data);
  for (let ended = 0; ended < 2;) {
    const rows = await control.query(`SELECT pg_terminate_backend(pid)
      FROM pg_stat_activity WHERE wait_event_type = 'Lock'`);
    ended += rows.length;
    await new Promise((wake) => setTimeout(wake, 20));
  }
  await control.close();
  scope.postMessage("done");
};
