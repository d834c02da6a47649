import { ServemarkError } from "../../core/errors.ts";
import type {
  CostModel,
  PlatformFacts,
  PlatformSettings,
} from "../platform.ts";
import {
  type DynamodbConnection,
  isLoopback,
  isService,
} from "./connection.ts";

/**
 * On-demand prices of the Standard table class in us-east-1, after the cut of
 * November 2024; other regions charge up to twice as much.
 */
const PRICE = {
  usdPerUnit: { rru: 0.125e-6, wru: 0.625e-6 },
  priceDate: "2024-11-01",
  source: "https://aws.amazon.com/dynamodb/pricing/on-demand/",
} as const;

/**
 * What reads cost: the service's price for the units that the other side
 * meters, or what the settings state as `usdPerMillionRru` (with `priceItem`,
 * `priceDate` and `priceSource`).
 */
export function priceOf(
  connection: DynamodbConnection,
  settings: PlatformSettings = {},
): CostModel {
  const stated = settings.usdPerMillionRru;
  if (stated !== undefined) return statedPrice(stated, settings);
  const service = isService(connection.endpoint);
  const here = service && connection.region === "us-east-1";
  return {
    kind: "metered",
    ...PRICE,
    item: "DynamoDB on-demand request units, us-east-1" +
      (here
        ? ""
        : service
        ? `, assumed for ${connection.region}`
        : ", assumed for the units that the endpoint metered"),
    assumed: !here,
  };
}

/** Refuses a stated price that is none. */
export function checkPrice({ usdPerMillionRru: stated }: PlatformSettings) {
  const usd = Number(stated ?? 0);
  if (stated === "" || !Number.isFinite(usd) || usd < 0) {
    throw new ServemarkError(`Cannot read usdPerMillionRru "${stated}"`, {
      remedy:
        "State the price of a million read request units in USD, such as 0.125",
      exitCode: 2,
    });
  }
}

function statedPrice(stated: unknown, settings: PlatformSettings): CostModel {
  return {
    kind: "metered",
    usdPerUnit: { rru: Number(stated) / 1e6 },
    item: String(settings.priceItem ?? "the price stated in the settings"),
    assumed: false,
    priceDate: String(settings.priceDate ?? "not stated"),
    source: String(settings.priceSource ?? "the settings"),
  };
}

/** Says what answers at the endpoint; an emulator of ours by its title. */
export async function describe(
  connection: DynamodbConnection,
  emulator?: string,
): Promise<PlatformFacts> {
  const service = isService(connection.endpoint);
  const local = isLoopback(connection.endpoint);
  return {
    engine: service
      ? `Amazon DynamoDB (${connection.region})`
      : emulator ?? await engineOf(connection.endpoint),
    nature: service ? "service" : local ? "emulated" : "self-hosted",
    place: new URL(connection.endpoint).host,
    settings: {
      billing: "on-demand",
      reads: connection.consistentRead
        ? "strongly consistent"
        : "eventually consistent",
      region: connection.region,
    },
    caveats: service ? [] : CAVEATS,
  };
}

const CAVEATS = [
  "An emulator's latency and throughput say nothing about DynamoDB, the service.",
  "The emulator never throttles.",
  "The emulator answers every read consistently, whatever is asked for.",
  "Request units are the emulator's own count, at the service's price.",
] as const;

/** The name by which the server gives itself away: `dynoxide 1.2.1 (DynamoDB emulator)`. */
async function engineOf(endpoint: string): Promise<string> {
  const answer = await fetch(endpoint);
  await answer.body?.cancel();
  const server = answer.headers.get("server") ?? "";
  const dynoxide = /^dynoxide\/(\S+)/i.exec(server);
  if (dynoxide) return `dynoxide ${dynoxide[1]} (DynamoDB emulator)`;
  return server === ""
    ? "DynamoDB-compatible endpoint"
    : `${server} (DynamoDB-compatible endpoint)`;
}
