import {
  type Meaning,
  PHYSICAL,
  type Physical,
  type TimeUnit,
} from "./metadata.ts";
import type { ThriftReader } from "./thrift_reader.ts";

/** One node of a file's schema, in the order in which they are stored. */
export interface SchemaElement {
  readonly name: string;
  readonly physical?: Physical;
  readonly length: number;
  /** 0 required, 1 optional, 2 repeated. */
  readonly repetition: number;
  readonly children: number;
  readonly meaning: Meaning;
  /** What a group stands for, where it says so. */
  readonly group?: string;
}

const UNITS: readonly (TimeUnit | undefined)[] = [
  undefined,
  "MILLIS",
  "MICROS",
  "NANOS",
];

/** Names of logical types that have no column of ours, by their field in the format. */
const OTHERS: Readonly<Record<number, string>> = {
  15: "FLOAT16",
  16: "VARIANT",
  17: "GEOMETRY",
  18: "GEOGRAPHY",
};

/** Reads the fields of one element, and adds it to the others at the last field. */
export function schemaElement(
  thrift: ThriftReader,
  elements: SchemaElement[],
): (id: number, type: number) => void {
  const element = {
    name: "",
    physical: undefined as Physical | undefined,
    length: 0,
    repetition: 0,
    children: 0,
    meaning: { kind: "none" } as Meaning,
    group: undefined as string | undefined,
  };
  elements.push(element);
  let scale = 0;
  let converted = -1;
  let logical: Meaning | undefined;
  const settle = () => {
    element.meaning = logical ??
      ofConverted(converted, scale, precision) ?? { kind: "none" };
    if (converted === 1 || converted === 2) element.group = "a map";
    if (converted === 3) element.group = "a list";
  };
  let precision = 0;
  return (id, type) => {
    switch (id) {
      case 1:
        element.physical = PHYSICAL[thrift.int(type)];
        return;
      case 2:
        element.length = thrift.int(type);
        return;
      case 3:
        element.repetition = thrift.int(type);
        return;
      case 4:
        element.name = thrift.text(type);
        return;
      case 5:
        element.children = thrift.int(type);
        if (element.children < 0) thrift.fail("its schema has a negative size");
        return;
      case 6:
        converted = thrift.int(type);
        return settle();
      case 7:
        scale = thrift.int(type);
        return settle();
      case 8:
        precision = thrift.int(type);
        return settle();
      case 10:
        thrift.structField(type, (id, type) => {
          if (id === 2) element.group = "a map";
          if (id === 3) element.group = "a list";
          logical = logicalType(thrift, id, type) ?? logical;
        });
        return settle();
      default:
        thrift.skip(type);
    }
  };
}

function logicalType(
  thrift: ThriftReader,
  id: number,
  type: number,
): Meaning | undefined {
  const fields = new Map<number, number>();
  let unit: TimeUnit | undefined;
  thrift.structField(type, (field, type) => {
    if (id === 7 || id === 8) {
      if (field === 1) fields.set(1, thrift.bool(type) ? 1 : 0);
      else if (field === 2) {
        thrift.structField(type, (which, type) => {
          unit = UNITS[which];
          thrift.skip(type);
        });
      } else thrift.skip(type);
    } else if (id === 10 && field === 2) {
      fields.set(2, thrift.bool(type) ? 1 : 0);
    } else if (id === 5 || id === 10) fields.set(field, thrift.int(type));
    else thrift.skip(type);
  });
  const get = (field: number) => fields.get(field) ?? 0;
  switch (id) {
    case 1:
      return { kind: "string" };
    case 4:
      return { kind: "enum" };
    case 5:
      return { kind: "decimal", scale: get(1), precision: get(2) };
    case 6:
      return { kind: "date" };
    case 7:
      if (!unit) thrift.fail("a time has no unit");
      return { kind: "time", unit };
    case 8:
      if (!unit) thrift.fail("a timestamp has no unit");
      return { kind: "timestamp", unit, utc: get(1) === 1 };
    case 10:
      return { kind: "integer", bits: get(1), signed: get(2) === 1 };
    case 11:
      return { kind: "null" };
    case 12:
      return { kind: "json" };
    case 13:
      return { kind: "bson" };
    case 14:
      return { kind: "uuid" };
    case 2:
    case 3:
      return undefined;
    default:
      return { kind: "other", name: OTHERS[id] ?? `logical type ${id}` };
  }
}

function ofConverted(
  converted: number,
  scale: number,
  precision: number,
): Meaning | undefined {
  if (converted >= 11 && converted <= 18) {
    const k = converted - 11;
    return { kind: "integer", bits: 8 << k % 4, signed: k >= 4 };
  }
  switch (converted) {
    case 0:
      return { kind: "string" };
    case 4:
      return { kind: "enum" };
    case 5:
      return { kind: "decimal", scale, precision };
    case 6:
      return { kind: "date" };
    case 7:
      return { kind: "time", unit: "MILLIS" };
    case 8:
      return { kind: "time", unit: "MICROS" };
    case 9:
      return { kind: "timestamp", unit: "MILLIS", utc: true };
    case 10:
      return { kind: "timestamp", unit: "MICROS", utc: true };
    case 19:
      return { kind: "json" };
    case 20:
      return { kind: "bson" };
    case 21:
      return { kind: "other", name: "INTERVAL" };
  }
}
