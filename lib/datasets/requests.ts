import { popularPick } from "./popularity.ts";
import type { DatasetSpec } from "./spec.ts";

/** The virtual table of requests: row i says which key of each entity request i asks for. */
export interface RequestTable {
  /** The entities' names, in the order of the keys. */
  readonly entities: readonly string[];
  /** Writes request i's key numbers, one for each entity. Allocates nothing. */
  keys(i: number, out: Float64Array): void;
}

/** The requests of a dataset: a pure function of its seed, popularity laws and sizes. */
export function requestTable(spec: DatasetSpec): RequestTable {
  const picks = spec.entities.map((entity) =>
    popularPick(`${spec.seed}/requests/${entity.name}`, spec.seed, entity)
  );
  return {
    entities: spec.entities.map((entity) => entity.name),
    keys(i, out) {
      for (let e = 0; e < picks.length; e++) out[e] = picks[e](i);
    },
  };
}
