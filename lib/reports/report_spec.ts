import type { Objective } from "../metrics/objective.ts";
import type { ResultJson } from "../runs/result_json.ts";

/** What a report was asked to be: JSON. */
export interface ReportSpec {
  /** The first run's name where absent. */
  readonly title?: string;
  /** The run's own where absent. */
  readonly objective?: Objective;
  /** The runs without their samples. */
  readonly results: readonly ResultJson[];
}
