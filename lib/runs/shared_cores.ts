import type { PlatformFacts } from "../platforms/platform.ts";

/** Whether an engine runs on the client's own machine, and so on its cores. */
export function sharesCores({ nature, place }: PlatformFacts): boolean {
  return nature === "embedded" || nature === "emulated" ||
    nature === "in-process" || /^(127\.|localhost\b|\[::1\])/.test(place);
}
