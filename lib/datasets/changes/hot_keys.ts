import { unknownName } from "../../core/names.ts";
import type { DatasetSpec, Popularity } from "../spec.ts";
import type { ChangeKind, Parameter } from "./change.ts";
import { refuse } from "./edit.ts";

/** The largest exponent that a domain may state. */
const MAX_EXPONENT = 10;

const ENTITY: Parameter = {
  kind: "text",
  what: "the entity whose keys are meant; all where none is named",
  optional: true,
};

const factor = (value: number): Parameter => ({
  kind: "number",
  what: "what exponents are multiplied by, and shares of cold keys divided by",
  min: 1,
  max: 10,
  default: value,
});

/** Requests, events and foreign keys go to popular keys more often. */
export const increaseHotKeys: ChangeKind = {
  about: "popular keys become more popular: in requests, events, foreign keys",
  parameters: { entity: ENTITY, factor: factor(1.5) },
  apply: (spec, given) =>
    scaled(spec, given.maybeText("entity"), given.number("factor")),
};

/** Requests, events and foreign keys go to popular keys less often. */
export const decreaseHotKeys: ChangeKind = {
  about: "popular keys become less popular: in requests, events, foreign keys",
  parameters: { entity: ENTITY, factor: factor(1.5) },
  apply: (spec, given) =>
    scaled(spec, given.maybeText("entity"), 1 / given.number("factor")),
};

function scaled(
  spec: DatasetSpec,
  entity: string | undefined,
  factor: number,
): DatasetSpec {
  const known = spec.entities.map(({ name }) => name);
  if (entity !== undefined && !known.includes(entity)) {
    throw unknownName("entity", entity, known);
  }
  const chosen = spec.entities.filter(({ name, popularity }) =>
    (entity === undefined || name === entity) && popularity !== 0
  );
  if (chosen.length === 0) {
    throw refuse(
      "Cannot change how hot the keys are",
      "all keys are equally popular, so that no factor makes some hot",
      'Begin with a dataset of distribution "power_law"',
    );
  }
  return {
    ...spec,
    entities: spec.entities.map((e) =>
      chosen.includes(e)
        ? { ...e, popularity: scaledPopularity(e.popularity, factor) }
        : e
    ),
  };
}

function scaledPopularity(popularity: Popularity, factor: number): Popularity {
  if (typeof popularity === "number") {
    return rounded(Math.min(MAX_EXPONENT, popularity * factor));
  }
  const { hot, traffic } = popularity;
  return { hot, traffic: rounded(Math.max(hot, 1 - (1 - traffic) / factor)) };
}

/** Without the noise of a multiplication, so that it reads well. */
function rounded(n: number): number {
  return Number(n.toPrecision(6));
}
