import { pick } from "../core/names.ts";
import type { Driver, DriverSpec } from "./driver.ts";

type Connection = DriverSpec["connection"];
type Factory = (connection: Connection) => Driver;

/** Every driver, imported when it is asked for. Workers import this file. */
const DRIVERS: Readonly<Record<string, () => Promise<Factory>>> = {
  "memory/direct": async () =>
    (await import("./memory/direct_driver.ts")).directDriver,
  "memory/polled": async () =>
    (await import("./memory/polled_driver.ts")).polledDriver,
  "postgres/epoll": async () =>
    (await import("./postgres/epoll_driver.ts")).epollDriver,
  "postgres/socket": async () =>
    (await import("./postgres/socket_driver.ts")).socketDriver,
  "postgres/pg": async () => (await import("./postgres/pg_driver.ts")).pgDriver,
  "dynamodb/http": async () =>
    (await import("./dynamodb/http_driver.ts")).httpDriver,
  "dynamodb/sdk": async () =>
    (await import("./dynamodb/sdk_driver.ts")).sdkDriver,
};

/** Makes the driver that a spec names. Unknown names are an error that lists the known ones. */
export async function createDriver(spec: DriverSpec): Promise<Driver> {
  const factory = await pick("driver", spec.driver, DRIVERS)();
  return factory(spec.connection);
}
