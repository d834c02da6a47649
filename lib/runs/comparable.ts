import type { System } from "./result.ts";

/**
 * Why no verdict is given between two systems; undefined where one may be. An
 * emulator says nothing about the service that it stands in for, and an embedded
 * engine is compared only with itself, read in another way.
 */
export function incomparable(a: System, b: System): string | undefined {
  for (const { facts, title } of [a, b]) {
    if (facts.nature === "emulated") {
      return `${title} is emulated: its response times say nothing about the service`;
    }
  }
  const same = a.platform === b.platform && a.facts.engine === b.facts.engine;
  if (same || standsForItself(a) && standsForItself(b)) return undefined;
  return "One of them runs on the client's own machine";
}

function standsForItself({ facts }: System): boolean {
  return facts.nature === "service" || facts.nature === "self-hosted";
}
