import { mergeHistograms } from "../load/histogram.ts";
import type { SecondRecord, WorkerRecord } from "../load/plan.ts";
import { type Reason, reasons } from "../metrics/validity.ts";
import { clientsText } from "./clients_text.ts";
import { CODES } from "../platforms/driver.ts";
import type { Point, Round } from "./result.ts";
import type { StealReading } from "./steal.ts";
import type { Pass } from "./sweep.ts";

/** What one pass gave. */
export interface PassRecord {
  readonly pass: Pass;
  /** One for each worker that had clients. */
  readonly records: readonly WorkerRecord[];
  readonly steal: StealReading;
}

/** What is known of a point besides its records. */
export interface PointPlan {
  readonly index: number;
  readonly system: string;
  readonly clients: number;
  /** Operations that were asked for, over all rounds. */
  readonly planned: number;
  /** Operations a second that the engine reaches against a no-op. */
  readonly ceiling: number;
  /** The engine runs on the client's own cores. */
  readonly sharedCores: boolean;
  /** Why the system was lost at this point, if it was. */
  readonly lost?: string;
}

/**
 * Merges all rounds and workers of a point. Histograms are added bucket by
 * bucket; throughput is all operations over the sum of the rounds' durations,
 * each from the first planned to the last done instant.
 */
export function mergePoint(
  plan: PointPlan,
  passes: readonly PassRecord[],
): Point {
  const records = passes.flatMap((p) => p.records);
  const rounds = passes.flatMap(({ pass, records }) => roundOf(pass, records));
  const sum = (of: (record: WorkerRecord) => number) =>
    records.reduce((total, record) => total + of(record), 0);
  const operations = sum((r) => r.operations);
  const measuredSeconds = rounds.reduce((total, r) => total + r.seconds, 0);
  const stolen = passes.reduce((total, p) => total + p.steal.stolen, 0);
  const ticks = passes.reduce((total, p) => total + p.steal.total, 0);
  const mismatch = records.find((r) => r.mismatch !== undefined)?.mismatch;
  const lastError = plan.lost ??
    records.find((r) => r.lastError !== undefined)?.lastError;
  const merged = {
    index: plan.index,
    system: plan.system,
    clients: plan.clients,
    rounds,
    response: mergeHistograms(records.map((r) => r.response)),
    service: mergeHistograms(records.map((r) => r.service)),
    seconds: mergeSeconds(records.flatMap((r) => r.seconds)),
    operations,
    codes: sumOfCodes(records),
    rowsReturned: sum((r) => r.rows),
    bytesReturned: sum((r) => r.bytes),
    verified: sum((r) => r.verified),
    mismatched: sum((r) => r.mismatched),
    ...(mismatch === undefined ? {} : { mismatch }),
    measuredSeconds,
    throughput: measuredSeconds > 0 ? operations / measuredSeconds : NaN,
    clientCpu: operations > 0 ? sum((r) => r.cpu) / operations : NaN,
    busiestWorker: busiest(passes),
    worstPause: Math.max(0, ...records.map((r) => r.worstPause)),
    steal: ticks > 0 ? stolen / ticks : NaN,
    consumed: sumOfUnits(records),
    cutShort: plan.lost === undefined && operations < plan.planned,
    ...(lastError === undefined ? {} : { lastError }),
  };
  // That nothing was measured follows from the loss: one reason is enough.
  const found = plan.lost === undefined ? reasons({ ...merged, ...plan }) : [
    lostReason(plan),
    ...operations > 0 ? reasons({ ...merged, ...plan }) : [],
  ];
  return { ...merged, invalid: found.map((r) => r.text), reasons: found };
}

/** The reason against a point at which a system was lost. */
function lostReason({ lost, clients }: PointPlan): Reason {
  return {
    code: "vanished",
    spoils: "all",
    text: `The platform was lost at ${clientsText(clients)}: ${lost}`,
  };
}

function roundOf(pass: Pass, records: readonly WorkerRecord[]): Round[] {
  const ran = records.filter((r) => r.operations > 0);
  if (ran.length === 0) return [];
  const first = Math.min(...ran.map((r) => r.first));
  const last = Math.max(...ran.map((r) => r.last));
  return [{
    round: pass.round,
    position: pass.position,
    operations: ran.reduce((total, r) => total + r.operations, 0),
    seconds: (last - first) / 1e6,
    first,
    last,
  }];
}

/** The largest share of one core that any worker used in any round. */
function busiest(passes: readonly PassRecord[]): number {
  let most = NaN;
  for (const { records } of passes) {
    for (const { cpu, first, last, operations } of records) {
      if (operations === 0 || Number.isNaN(cpu)) continue;
      const share = cpu / (last - first);
      if (!(most >= share)) most = share;
    }
  }
  return most;
}

function mergeSeconds(seconds: readonly SecondRecord[]): SecondRecord[] {
  const bySecond = Map.groupBy(seconds, (s) => s.second);
  return [...bySecond].sort(([a], [b]) => a - b).map(([second, same]) => ({
    second,
    response: mergeHistograms(same.map((s) => s.response)),
    service: mergeHistograms(same.map((s) => s.service)),
  }));
}

function sumOfCodes(records: readonly WorkerRecord[]): number[] {
  return CODES.map((_, code) =>
    records.reduce((total, record) => total + record.codes[code], 0)
  );
}

function sumOfUnits(
  records: readonly WorkerRecord[],
): Record<string, number> {
  const units: Record<string, number> = {};
  for (const record of records) {
    for (const [unit, n] of Object.entries(record.consumed)) {
      units[unit] = (units[unit] ?? 0) + n;
    }
  }
  return units;
}
