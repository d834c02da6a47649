import { popularDraw, popularPick } from "./popularity.ts";
import type { DatasetSpec, EntitySpec } from "./spec.ts";

/** The virtual table of requests: row i says which key of each entity request i asks for. */
export interface RequestTable {
  /** The entities' names, in the order of the keys. */
  readonly entities: readonly string[];
  /** Writes request i's key numbers, one for each entity. Allocates nothing. */
  keys(i: number, out: Float64Array): void;
  /**
   * Writes one entity's key numbers of consecutive requests to `out[at]` …: the
   * same as {@link keys}, in half the time.
   *
   * @param entity the entity's place
   */
  block(
    entity: number,
    from: number,
    count: number,
    out: Float64Array,
    at: number,
  ): void;
}

/** The requests of a dataset: a pure function of its seed, popularity laws and sizes. */
export function requestTable(spec: DatasetSpec): RequestTable {
  const name = (entity: EntitySpec) => `${spec.seed}/requests/${entity.name}`;
  const picks = spec.entities.map((entity) =>
    popularPick(name(entity), spec.seed, entity)
  );
  const draws = spec.entities.map((entity) =>
    popularDraw(name(entity), spec.seed, entity)
  );
  return {
    entities: spec.entities.map((entity) => entity.name),
    keys(i, out) {
      for (let e = 0; e < picks.length; e++) out[e] = picks[e](i);
    },
    block: (entity, from, count, out, at) =>
      draws[entity](from, count, out, at),
  };
}
