/**
 * What requests cost.
 *
 * @module
 */
import type { CostModel } from "../platforms/platform.ts";

/** Hours of a month as the clouds bill it: 365 · 24 / 12. */
export const HOURS_PER_MONTH = 730;

/** What a system cost at one point, in USD. */
export interface Cost {
  readonly usdPerMillionRequests: number;
  /** An hour without any request. Storage is not in it. */
  readonly usdPerIdleHour: number;
  readonly usdPerIdleMonth: number;
  /** What is priced. */
  readonly item: string;
  /** True where the price is of a named reference, not of what ran. */
  readonly assumed: boolean;
  /** Where a price comes from; absent where nothing is billed. */
  readonly priceDate?: string;
  readonly source?: string;
  /** How it was computed, with its numbers: a sentence. */
  readonly basis: string;
}

/** What is needed of a point. */
export interface Usage {
  readonly operations: number;
  /** Operations a second. */
  readonly throughput: number;
  readonly consumed: Readonly<Record<string, number>>;
}

/**
 * The price of a point's requests. Hourly platforms: an hour's price over the
 * requests that it answered at the measured throughput. Metered ones: the units
 * that the service reported, at their price; NaN where it reported none.
 */
export function cost(model: CostModel, usage: Usage): Cost {
  switch (model.kind) {
    case "none":
      return {
        usdPerMillionRequests: 0,
        usdPerIdleHour: 0,
        usdPerIdleMonth: 0,
        item: model.item,
        assumed: false,
        basis: "Nothing is billed",
      };
    case "hourly": {
      const { usdPerHour, item, assumed, priceDate, source } = model;
      const hourly = usage.throughput * 3600;
      return {
        usdPerMillionRequests: hourly > 0 ? usdPerHour / hourly * 1e6 : NaN,
        usdPerIdleHour: usdPerHour,
        usdPerIdleMonth: usdPerHour * HOURS_PER_MONTH,
        item,
        assumed,
        priceDate,
        source,
        basis: `$${usdPerHour} an hour over ${
          Math.round(usage.throughput).toLocaleString("en-US")
        } requests a second, as measured`,
      };
    }
    case "metered": {
      const { usdPerUnit, item, assumed, priceDate, source } = model;
      const units = Object.entries(usage.consumed).filter(([, n]) => n > 0);
      const unpriced = units.filter(([unit]) =>
        !Object.hasOwn(usdPerUnit, unit)
      );
      const usd = units.reduce(
        (sum, [unit, n]) => sum + n * usdPerUnit[unit],
        0,
      );
      const known = units.length > 0 && unpriced.length === 0 &&
        usage.operations > 0;
      return {
        usdPerMillionRequests: known ? usd / usage.operations * 1e6 : NaN,
        usdPerIdleHour: 0,
        usdPerIdleMonth: 0,
        item,
        assumed,
        priceDate,
        source,
        basis: known
          ? units.map(([unit, n]) =>
            `${
              Number((n / usage.operations).toPrecision(4))
            } ${unit.toUpperCase()} a request, as the service reported them`
          ).join(" and ")
          : unpriced.length > 0
          ? `No price for ${unpriced.map(([unit]) => unit).join(", ")}`
          : "The service reported no consumed units",
      };
    }
  }
}
