import type { ArchiveEntry } from "../../../formats/pg_dump/archive_parts.ts";
import type { RestoreStep } from "./plan.ts";
import type { RestoreSession } from "./session.ts";

/**
 * Does steps over several sessions, each step once what it waits for is done
 * and nobody changes its tables; the largest first. After the first error no
 * further step is begun; those under way are waited for.
 *
 * @param isDone whether an earlier restore has done an entry
 */
export async function runSteps(
  steps: readonly RestoreStep[],
  sessions: readonly RestoreSession[],
  work: (session: RestoreSession, step: RestoreStep) => Promise<void>,
  isDone: (entry: ArchiveEntry) => boolean,
): Promise<void> {
  const left = new Set(steps.map(({ entry }) => entry.dumpId));
  const waiting = steps.toSorted((a, b) => b.size - a.size);
  const running = new Set<RestoreStep>();
  const lanes = [...sessions];
  let failure: { error: unknown } | undefined;
  const free = (step: RestoreStep) =>
    [...running].every((other) =>
      !other.locks.some((id) =>
        step.locks.includes(id) || step.shares.includes(id)
      ) && !other.shares.some((id) => step.locks.includes(id))
    );
  const { promise, resolve } = Promise.withResolvers<void>();
  const advance = () => {
    while (!failure && lanes.length > 0) {
      const at = waiting.findIndex((step) =>
        step.waitsFor.every((id) => !left.has(id)) && free(step)
      );
      // A circle among the entries: nothing runs that could end the wait.
      const next = at >= 0
        ? waiting.splice(at, 1)[0]
        : running.size === 0
        ? waiting.shift()
        : undefined;
      if (!next) break;
      start(lanes.pop()!, next);
    }
    if (running.size === 0 && (failure || waiting.length === 0)) resolve();
  };
  const start = (session: RestoreSession, step: RestoreStep) => {
    running.add(step);
    const doing = isDone(step.entry) ? Promise.resolve() : work(session, step);
    doing.catch((error) => {
      failure ??= { error };
    }).then(() => {
      running.delete(step);
      left.delete(step.entry.dumpId);
      lanes.push(session);
      advance();
    });
  };
  advance();
  await promise;
  if (failure) throw failure.error;
}
