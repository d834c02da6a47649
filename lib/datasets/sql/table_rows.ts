import { ServemarkError } from "../../core/errors.ts";
import { unknownName } from "../../core/names.ts";
import { PART_UNIT, stepsOf } from "../column_draw.ts";
import { cycleGap, cycleOf } from "../cycle.ts";
import { drawName, idleName } from "../draw_name.ts";
import { rankSteps, scatterOf } from "../popularity.ts";
import type { KeyForm } from "../schema.ts";
import type { ColumnSpec, DatasetSpec, TableSpec } from "../spec.ts";
import type { Dialect, RowRange } from "./dialect.ts";
import {
  compare,
  type Condition,
  div,
  type Expression,
  extreme,
  mod,
  name as nameOf,
  namesIn,
  namesInCondition,
  plus,
  times,
  when,
  wide,
} from "./expression.ts";
import {
  bindHash,
  columnHashes,
  type HashNames,
  lawText,
  plainText,
  thresholdOf,
} from "./hash_layers.ts";
import {
  cycled,
  type Place,
  scattered,
  spread,
  stepped,
  uniform,
} from "./law_layers.ts";
import { Layers, ROW } from "./layers.ts";
import { print, printCondition } from "./print.ts";
import { withUpdates } from "./update_cells.ts";

/** A column as integers: its value, and when it is NULL. */
export interface Cell {
  readonly column: ColumnSpec;
  readonly integer: Expression;
  readonly isNull?: Condition;
  /** For texts that are ids: their form, and how many keys there are. */
  readonly id?: { form: KeyForm & { as: "id" }; keys: number };
}

/**
 * A query of rows from, from + 1, … of a table, typed, in the schema's order.
 * It may be of rows beyond the table's end.
 *
 * @throws {ServemarkError} for an unknown table, and for one whose rows are not drawn
 */
export function rowsQuery(
  spec: DatasetSpec,
  tableName: string,
  dialect: Dialect,
  range: RowRange,
): string {
  const table = spec.tables.find((t) => t.name === tableName);
  if (!table) {
    throw unknownName("table", tableName, spec.tables.map((t) => t.name));
  }
  const layers = new Layers(dialect);
  const cells = withUpdates(
    spec,
    table,
    layers,
    (variant, prefix) => new Cells(spec, variant, layers, prefix).all(),
  );
  const needed = cells.flatMap((cell) => [
    ...namesIn(cell.integer),
    ...(cell.isNull ? namesInCondition(cell.isNull) : []),
  ]);
  const { expressions, last } = layers.print(range, needed);
  const columns = cells.map((cell, k) =>
    `  ${typed(cell, dialect)} AS ${dialect.quote(cell.column.name)}${
      k < cells.length - 1 ? "," : ""
    }  -- ${lawText(cell.column)}`
  );
  return [
    "WITH",
    expressions.join(",\n"),
    "SELECT",
    ...columns,
    `FROM ${last}`,
  ].join("\n");
}

function typed(cell: Cell, dialect: Dialect): string {
  const { column, integer, isNull, id } = cell;
  const { type, distribution: d } = column;
  const number = print(integer, dialect, "    ");
  let value: string;
  if (d.kind === "categorical") {
    value = dialect.at(
      dialect.texts(d.words),
      print(plus(integer, 1), dialect, "    "),
    );
  } else if (id) {
    const { prefix, digits } = id.form;
    const longer = String(id.keys - 1).length > digits;
    value = dialect.id(prefix, digits, number, longer);
  } else value = dialect.value(type, number);
  return isNull
    ? `CASE WHEN ${
      printCondition(isNull, dialect, "    ")
    } THEN NULL ELSE ${value} END`
    : value;
}

/** A table's columns as integers, in layers. */
class Cells {
  readonly #spec: DatasetSpec;
  readonly #table: TableSpec;
  readonly #layers: Layers;
  readonly #hashes = new Map<string, HashNames>();
  readonly #values: Expression[] = [];
  readonly #idle: Condition | undefined;
  readonly #prefix: string;

  /** @param prefix of all names, where a table's cells are made more than once */
  constructor(
    spec: DatasetSpec,
    table: TableSpec,
    layers: Layers,
    prefix: string,
  ) {
    this.#spec = spec;
    this.#table = table;
    this.#layers = layers;
    this.#prefix = prefix;
    if (table.idle && table.columns.some((c) => c.idle)) {
      const hash = bindHash(
        layers,
        `${prefix}idle`,
        `${idleName(spec, table)}/null`,
      );
      this.#idle = compare(hash, "<", thresholdOf(table.idle));
    }
  }

  all(): Cell[] {
    return this.#table.columns.map((column, c) => this.#cell(column, c));
  }

  #cell(column: ColumnSpec, c: number): Cell {
    const prefix = `${this.#prefix}c${c + 1}`;
    const text = drawName(this.#spec, this.#table, column);
    const { correlated } = column;
    const hashes = columnHashes(
      this.#layers,
      prefix,
      text,
      correlated && {
        share: correlated.share,
        with: correlated.with,
        other: this.#other(correlated.with),
      },
    );
    this.#hashes.set(column.name, hashes);
    const place = {
      layers: this.#layers,
      prefix,
      column: plainText(column.name),
      text,
    };
    const drawn = this.#drawn(column, place, hashes);
    const integer = column.idle === "zero" && this.#idle
      ? when(this.#idle, 0, drawn)
      : drawn;
    const value = integer.kind === "name" && integer.name === ROW
      ? integer
      : this.#layers.bind(
        `${prefix}_v`,
        wide(integer),
        `${place.column}: value`,
      );
    this.#values.push(value);
    return {
      column,
      integer: value,
      isNull: this.#isNull(column, prefix, text),
      id: this.#id(column),
    };
  }

  #isNull(
    column: ColumnSpec,
    prefix: string,
    text: string,
  ): Condition | undefined {
    if (!column.nullable) return undefined;
    let isNull: Condition | undefined;
    if (column.nulls > 0) {
      const hash = bindHash(this.#layers, `${prefix}_n`, `${text}/null`);
      isNull = compare(hash, "<", thresholdOf(column.nulls));
    }
    const idle = this.#idle;
    if (!idle || !column.idle) return isNull;
    if (column.idle === "null") {
      return isNull ? { kind: "either", of: [idle, isNull] } : idle;
    }
    // An idle row's 0 stands, whatever the share of NULLs among the others.
    const busy: Condition = idle.kind === "compare"
      ? { ...idle, operator: ">=" }
      : idle;
    return isNull && { kind: "both", of: [busy, isNull] };
  }

  #drawn(column: ColumnSpec, place: Place, hashes: HashNames): Expression {
    const d = column.distribution;
    const steps = stepsOf(column);
    if (steps) return stepped(place, hashes, steps);
    const row = nameOf(ROW);
    switch (d.kind) {
      case "key": {
        const { keyForm, entity } = this.#table;
        return this.#table.events
          ? this.#key(place, entity, keyForm)
          : plus(row, firstOf(keyForm));
      }
      case "foreign_key":
        return this.#key(place, d.entity, d.keyForm);
      case "uniform":
        return plus(uniform(place, hashes, d.max - d.min + 1), d.min);
      case "sequential":
        return plus(times(row, d.step), d.start);
      case "time": {
        const even = uniform(place, hashes, d.to - d.from);
        const moved = d.cycle ? cycled(place, even, cycleOf(d.cycle)) : even;
        return plus(moved, d.from);
      }
      case "event_time": {
        const interval = Math.floor((d.to - d.from) / this.#table.rows);
        const cycle = d.cycle && cycleOf(d.cycle);
        const gap = cycle ? cycleGap(cycle) : 1;
        const jitter = uniform(place, hashes, interval - gap + 1);
        const even = plus(times(row, interval), jitter);
        return plus(cycle ? cycled(place, even, cycle) : even, d.from);
      }
      case "fraction": {
        const { least = 0 } = d;
        const lowest = Math.round(d.min * PART_UNIT);
        const span = Math.round(d.max * PART_UNIT) - lowest + 1;
        const part = this.#layers.bind(
          `${place.prefix}_p`,
          plus(spread(hashes.first(), span), lowest),
          `${place.column}: part in 2^-20ths`,
        );
        const whole = this.#earlier(d.of);
        const low = times(mod(whole, PART_UNIT), part);
        const product = plus(
          times(div(whole, PART_UNIT), part),
          div(plus(low, PART_UNIT / 2), PART_UNIT),
        );
        const floor = typeof least === "number" ? least : this.#earlier(least);
        return extreme("least", whole, extreme("greatest", floor, product));
      }
      case "product": {
        const [a, b] = d.of.map((of) => this.#earlier(of));
        const half = Math.floor(d.divisor / 2);
        return div(plus(times(a, b), half), d.divisor);
      }
      default:
        throw new ServemarkError(
          `Cannot write table "${this.#table.name}" as SQL`,
          {
            cause:
              "its rows are not drawn: they are in the catalog's parts alone",
            remedy: "Import it from the catalog that it was loaded into",
          },
        );
    }
  }

  /** A key of an entity, popular ones more often. The hashes are the column's own, correlated or not. */
  #key(place: Place, entityName: string, form: KeyForm): Expression {
    const hashes = columnHashes(this.#layers, place.prefix, place.text);
    const { entities, seed } = this.#spec;
    const entity = entities.find((e) => e.name === entityName);
    if (!entity) {
      throw unknownName("entity", entityName, entities.map((e) => e.name));
    }
    const rank = this.#layers.bind(
      `${place.prefix}_k`,
      wide(stepped(place, hashes, rankSteps(entity))),
      `${place.column}: rank of the key`,
    );
    return plus(scattered(rank, scatterOf(seed, entity)), firstOf(form));
  }

  #id({ distribution: d }: ColumnSpec): Cell["id"] {
    const { keyForm, entity, events, rows } = this.#table;
    const of = d.kind === "key"
      ? { form: keyForm, entity }
      : d.kind === "foreign_key"
      ? { form: d.keyForm, entity: d.entity }
      : undefined;
    if (of?.form.as !== "id") return undefined;
    const keys = d.kind === "key" && !events
      ? rows
      : this.#spec.entities.find((e) => e.name === of.entity)!.keys;
    return { form: of.form, keys };
  }

  #other(name: string): HashNames {
    const found = this.#hashes.get(name);
    if (found) return found;
    throw unknownName(
      "earlier column",
      name,
      [...this.#hashes.keys()],
      `table ${this.#table.name}`,
    );
  }

  #earlier(name: string): Expression {
    const { columns } = this.#table;
    const place = columns.findIndex((c) => c.name === name);
    if (place >= 0 && place < this.#values.length) return this.#values[place];
    const known = columns.slice(0, this.#values.length).map((c) => c.name);
    throw unknownName(
      "earlier column",
      name,
      known,
      `table ${this.#table.name}`,
    );
  }
}

function firstOf(form: KeyForm): number {
  return form.as === "integer" ? form.first : 0;
}
