import { ServemarkError } from "../../core/errors.ts";
import type { CostModel, PlatformSettings } from "../platform.ts";

// Aurora Serverless v2, us-east-1, Aurora Standard: $0.12 an ACU-hour.
// Source: https://aws.amazon.com/rds/aurora/pricing/
const USD_PER_ACU_HOUR = 0.12;
const PRICE_DATE = "2026-11-23";
// 4 ACU are about 8 GiB of memory with the processors that go with them.
const REFERENCE_ACU = 4;

/**
 * What an hour costs: the `usdPerHour` that the settings state, else that of a
 * named reference instance, marked as assumed. Storage and I/O are not in it.
 */
export function hourlyCost(settings: PlatformSettings): CostModel {
  const stated = settings.usdPerHour;
  if (stated === undefined) {
    return {
      kind: "hourly",
      usdPerHour: REFERENCE_ACU * USD_PER_ACU_HOUR,
      item:
        `Aurora PostgreSQL Serverless v2 at ${REFERENCE_ACU} ACU, us-east-1, assumed as reference`,
      assumed: true,
      priceDate: PRICE_DATE,
      source: "https://aws.amazon.com/rds/aurora/pricing/",
    };
  }
  const usdPerHour = Number(stated);
  if (!Number.isFinite(usdPerHour) || usdPerHour < 0) {
    throw new ServemarkError(`Cannot read usdPerHour "${stated}"`, {
      remedy: "State the price of an hour in USD, such as 0.48",
      exitCode: 2,
    });
  }
  return {
    kind: "hourly",
    usdPerHour,
    item: String(settings.priceItem ?? "the price stated in the settings"),
    assumed: false,
    priceDate: String(settings.priceDate ?? "not stated"),
    source: "settings",
  };
}
