/**
 * Runs that differ from the synthetic one where a report must say so.
 *
 * @module
 */
import {
  allocateSamples,
  SAMPLE_COLUMNS,
} from "../../lib/frames/sample_columns.ts";
import type { Nature } from "../../lib/platforms/platform.ts";
import type { Point, RunResult } from "../../lib/runs/result.ts";
import { fixtureResult } from "../fixtures/run_result.ts";

/** The synthetic run, made once: tests do not change it. */
export const RUN: RunResult = operationsOnly(fixtureResult());

/** The run without the samples of single requests, of which no report speaks: tests are quicker. */
function operationsOnly(run: RunResult): RunResult {
  const rows: number[] = [];
  for (let k = 0; k < run.samples.length; k++) {
    if (run.samples.part[k] < 0) rows.push(k);
  }
  const samples = allocateSamples(rows.length);
  for (const name of SAMPLE_COLUMNS) {
    rows.forEach((from, to) => samples[name][to] = run.samples[name][from]);
  }
  samples.length = rows.length;
  return { ...run, samples };
}

/** The run with some points changed. */
export function withPoints(
  change: (point: Point) => Partial<Point>,
  run: RunResult = RUN,
): RunResult {
  return { ...run, points: run.points.map((p) => ({ ...p, ...change(p) })) };
}

/** The run with one point that the client spoiled. */
export function spoiled(system: string, clients: number): RunResult {
  const text =
    "The client was the bottleneck: its busiest worker used 97 % of a core";
  return withPoints((p) =>
    p.system === system && p.clients === clients
      ? {
        invalid: [text],
        reasons: [{ code: "client", spoils: "all", text }],
      }
      : {}
  );
}

/** The run with every system of another nature, the engines named so. */
export function natured(nature: Nature, run: RunResult = RUN): RunResult {
  return {
    ...run,
    systems: run.systems.map((s) => ({
      ...s,
      facts: {
        ...s.facts,
        nature,
        engine: `${s.platform} engine`,
        caveats: [],
      },
    })),
  };
}

/** Words that HTML, XML, JSON in a script, Typst or a template might read. */
export const NASTY =
  `</script><img src=x onerror=alert(1)> & "quotes" 'single' #panic("typst") ` +
  `*bold* $x^2$ \\ @ref <label> \`code\` = heading \${template} // comment`;

/** The run with such words wherever a user or a server can put them. */
export function nasty(): RunResult {
  return {
    ...RUN,
    name: NASTY,
    warnings: [NASTY],
    systems: RUN.systems.map((s) => ({
      ...s,
      title: `${s.title} ${NASTY}`,
      facts: {
        ...s.facts,
        engine: NASTY,
        place: NASTY,
        settings: { [NASTY]: NASTY },
        caveats: [NASTY],
      },
    })),
    points: RUN.points.map((p, k) =>
      k === 0
        ? {
          ...p,
          invalid: [NASTY],
          reasons: [{ code: "errors", spoils: "all", text: NASTY }],
        }
        : p
    ),
  };
}
