import { ServemarkError } from "../core/errors.ts";

/** The reason of an interrupted run. */
export function stopped(): ServemarkError {
  return new ServemarkError("Stopped before anything was measured", {
    cause: "the run was interrupted",
    remedy: "Run it again: finished parts of the dataset are kept",
  });
}
