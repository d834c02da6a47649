import { openControl } from "../../../lib/platforms/postgres/control.ts";
import { startEmbeddedPostgres } from "../../../lib/platforms/postgres/embedded.ts";
import { agreesOnEveryLaw } from "./agreement.ts";

Deno.test("rowsQuery() for PostgreSQL makes the same rows under every law", async () => {
  const { connection, server } = await startEmbeddedPostgres();
  try {
    const control = await openControl(connection);
    try {
      const ask = async (sql: string) =>
        (await control.query<object>(sql)).map((row) => Object.values(row));
      await agreesOnEveryLaw("postgres", ask, 1000);
    } finally {
      await control.close();
    }
  } finally {
    await server.close();
  }
});
