/**
 * What stands behind a system's name, in words.
 *
 * @module
 */
import type { Nature } from "../platforms/platform.ts";
import type { System } from "../runs/result.ts";

/** One or two words beside every figure; empty for a service. */
export const TAGS: Readonly<Record<Nature, string>> = {
  service: "",
  "self-hosted": "self-hosted",
  embedded: "embedded",
  emulated: "emulator",
  "in-process": "in process",
};

/** What a chart says beside a system's name. */
export function chartNote({ facts }: System): string {
  switch (facts.nature) {
    case "service":
      return facts.engine;
    case "self-hosted":
      return `${facts.engine}, self-hosted`;
    case "embedded":
      return `${facts.engine}, embedded on the client's machine`;
    case "emulated": {
      const engine = /emulator/i.test(facts.engine)
        ? facts.engine
        : `${facts.engine}, emulator`;
      return `${engine}: says nothing about the service`;
    }
    case "in-process":
      return `${facts.engine}, in process: no network, no server`;
  }
}

/** What a nature means for a reader, as a sentence; empty for a service. */
export function natureSentence(system: System): string {
  const { engine, nature } = system.facts;
  switch (nature) {
    case "service":
      return "";
    case "self-hosted":
      return `${engine} is self-hosted: its figures depend on the machine it runs on`;
    case "embedded":
      return `${engine} is the real engine, embedded: it shares the client's ` +
        `machine, and no network lies between`;
    case "emulated":
      return `${engine} is an emulator: its response times and throughput say ` +
        `nothing about the service that it stands in for`;
    case "in-process":
      return `${engine} runs inside the client: it shows the engine's own limit`;
  }
}

/** True where figures may be held against those of another platform as a service. */
export function standsForItself(system: System): boolean {
  const { nature } = system.facts;
  return nature === "service" || nature === "self-hosted";
}
