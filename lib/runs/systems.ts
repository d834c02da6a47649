import type { Problem } from "../core/errors.ts";
import { throwProblems } from "../core/errors.ts";
import type { Strategy } from "../platforms/driver.ts";
import type { DriverSpec } from "../platforms/driver.ts";
import type { Platform } from "../platforms/platform.ts";
import {
  nameOf,
  type PlatformRequest,
  type RunSpec,
  strategiesOf,
} from "./run_spec.ts";
import type { System } from "./result.ts";

/** An open platform, and what was asked of it. */
export interface OpenedPlatform {
  readonly request: PlatformRequest;
  readonly platform: Platform;
}

/** A system, with how its workers reach it. Holds secrets: never stored or shown. */
export interface PlannedSystem {
  readonly system: System;
  readonly driver: () => DriverSpec;
}

/**
 * Expands platforms into systems, one for each strategy and driver.
 *
 * @throws {ServemarkError} listing the strategies and drivers that do not exist
 */
export async function planSystems(
  spec: RunSpec,
  opened: readonly OpenedPlatform[],
): Promise<PlannedSystem[]> {
  const problems: Problem[] = [];
  const planned: PlannedSystem[] = [];
  for (const { request, platform } of opened) {
    const facts = await platform.facts();
    const drivers = request.driver === undefined
      ? [platform.drivers[0]]
      : [request.driver].flat().map((name) => shortName(platform, name));
    for (const name of drivers) {
      if (!platform.drivers.includes(name)) {
        problems.push({
          place: `.on({ driver: "${name}" })`,
          message: `${platform.title} has no driver "${name}"`,
          remedy: `Known: ${platform.drivers.join(", ")}`,
        });
      }
    }
    for (const strategy of supported(spec, request, platform, problems)) {
      for (const driver of drivers) {
        const several = drivers.length > 1;
        const { strategy: _, ...workload } = spec.workload;
        planned.push({
          driver: () => platform.driver(driver),
          system: {
            id: [nameOf(request), strategy, ...(several ? [driver] : [])]
              .join(" "),
            platform: platform.name,
            title: [titleOf(platform), strategy, ...(several ? [driver] : [])]
              .join(", "),
            driver: `${platform.kind}/${driver}`,
            workload: { ...workload, strategy },
            facts,
            cost: platform.cost,
          },
        });
      }
    }
  }
  throwProblems(`Cannot run "${spec.name}"`, problems);
  return planned;
}

/** A driver's name without the platform's: `postgres/pg` is `pg` of PostgreSQL. */
function shortName(platform: Platform, name: string): string {
  const prefix = `${platform.kind}/`;
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

/** A platform's title, with its own name where it has one. */
function titleOf(platform: Platform): string {
  return platform.name === platform.kind
    ? platform.title
    : `${platform.title} (${platform.name})`;
}

/**
 * The strategies to run. Where several were asked for, those that the platform
 * cannot do are left out; a single one that it cannot do is a problem.
 */
function supported(
  spec: RunSpec,
  request: PlatformRequest,
  platform: Platform,
  problems: Problem[],
): readonly Strategy[] {
  const asked = strategiesOf(spec.workload, request);
  const can = asked.filter((s) => platform.strategies.includes(s));
  if (can.length === 0) {
    problems.push({
      place: `.workload("${spec.workload.name}", { strategy })`,
      message: `${platform.title} cannot read ${asked.join(" or ")}`,
      remedy: `Known there: ${platform.strategies.join(", ")}`,
    });
  }
  return can;
}
