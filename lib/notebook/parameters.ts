import { ServemarkError, throwProblems } from "../core/errors.ts";
import { unknownName } from "../core/names.ts";
import type { Cell, Notebook } from "./ipynb.ts";

/** A variable that a notebook lets its caller set. */
export interface Parameter {
  readonly name: string;
  readonly keyword: "let" | "const" | "var";
  /** The type of its literal; `json` for everything else. */
  readonly type: "string" | "number" | "boolean" | "json";
}

/** The tag of the cell that carries the caller's values. */
export const INJECTED = "injected-parameters";

const DECLARATION =
  /^[ \t]*(?:export\s+)?(let|const|var)\s+([A-Za-z_$][\w$]*)\s*(?::[^=\n]+)?=\s*(.*?)\s*;?\s*(?:\/\/.*)?$/gm;

/** The notebook's cell tagged `parameters`, if it has one. */
function parametersCell(notebook: Notebook): Cell | undefined {
  return notebook.cells.find((cell) => tagged(cell, "parameters"));
}

/** Whether a code cell has a tag. */
export function tagged(cell: Cell, tag: string): boolean {
  return cell.cell_type === "code" && !!cell.metadata.tags?.includes(tag);
}

/** The variables declared in the cell tagged `parameters`, one a line. */
export function parametersOf(notebook: Notebook): Parameter[] {
  const source = parametersCell(notebook)?.source ?? "";
  return [...source.matchAll(DECLARATION)].map((
    [, keyword, name, literal],
  ) => ({
    name,
    keyword: keyword as Parameter["keyword"],
    type: typeOf(literal),
  }));
}

function typeOf(literal: string): Parameter["type"] {
  if (/^(["'`]).*\1$/.test(literal)) return "string";
  if (/^(?:true|false)$/.test(literal)) return "boolean";
  if (/^-?[\d._]+(?:e[+-]?\d+)?$/i.test(literal)) return "number";
  return "json";
}

/**
 * Gives a notebook new parameters, in a cell of their own (tagged
 * `injected-parameters`) after the one tagged `parameters`; a cell injected
 * earlier is replaced. Each is declared again with the keyword that the notebook
 * uses, the only redeclaration that the kernel takes. Texts are read as the type
 * of the value they replace.
 *
 * @throws {ServemarkError} for an unknown name, listing the known ones, and for
 * values of another type, all at once
 */
export function injectParameters(
  notebook: Notebook,
  values: Readonly<Record<string, unknown>>,
  place: string,
): Notebook {
  const known = parametersOf(notebook);
  const problems: { place: string; message: string }[] = [];
  const declarations = Object.entries(values).map(([name, value]) => {
    const parameter = known.find((p) => p.name === name);
    if (!parameter) {
      if (known.length === 0) throw noParameters(name, place);
      throw unknownName("parameter", name, known.map((p) => p.name), place);
    }
    const typed = typedValue(parameter, value);
    if (typed === undefined) {
      problems.push({
        place,
        message: `Parameter "${name}" must be ${WANTED[parameter.type]}: ` +
          `current value is ${JSON.stringify(value)}`,
      });
    }
    return `${parameter.keyword} ${name} = ${JSON.stringify(typed)};`;
  });
  throwProblems("Cannot set the notebook's parameters", problems);
  const cells = notebook.cells.filter((c) => !tagged(c, INJECTED));
  if (declarations.length > 0) {
    const at = cells.findIndex((cell) => tagged(cell, "parameters")) + 1;
    cells.splice(at, 0, {
      cell_type: "code",
      id: INJECTED,
      metadata: { tags: [INJECTED] },
      source: ["// Parameters", ...declarations].join("\n"),
      outputs: [],
      execution_count: null,
    });
  }
  return { ...notebook, cells };
}

function noParameters(name: string, place: string): ServemarkError {
  return new ServemarkError(`Unknown parameter "${name}"`, {
    cause: "the notebook has no parameters",
    place,
    remedy: 'Tag the cell that declares its variables as "parameters"',
    exitCode: 2,
  });
}

const WANTED = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  json: "JSON",
} as const;

/** The value to inject, or `undefined` when it is of another type. */
function typedValue(parameter: Parameter, value: unknown): unknown {
  if (typeof value !== "string") {
    const fits = parameter.type === "json" || typeof value === parameter.type;
    return fits ? value : undefined;
  }
  switch (parameter.type) {
    case "string":
      return value;
    case "boolean":
      return value === "true" ? true : value === "false" ? false : undefined;
    case "number": {
      const n = value.trim() === "" ? NaN : Number(value.replaceAll("_", ""));
      return Number.isFinite(n) ? n : undefined;
    }
    case "json":
      try {
        return JSON.parse(value);
      } catch {
        // Not JSON: the caller reports it with the other problems.
        return undefined;
      }
  }
}
