/**
 * What ran, and what it was priced as.
 *
 * @module
 */
import { natureSentence, TAGS } from "./nature.ts";
import type { SystemReading } from "./readings.ts";
import type { Section } from "./section.ts";
import { left, right } from "./table.ts";
import { sentence, unbracketed, usd } from "./words.ts";

/** Engines, drivers, settings, and the limits of what was measured. */
export function systemsSection(systems: readonly SystemReading[]): Section {
  const all = systems.map((s) => s.system);
  const caveats = [
    ...new Set([
      ...all.map(natureSentence),
      ...all.flatMap((s) => s.facts.caveats),
    ]),
  ].filter((text) => text !== "").map(sentence);
  const settings = new Map(all.map((s) => [s.facts.engine, s.facts.settings]));
  return {
    id: "systems",
    title: "Systems",
    paragraphs: [],
    facts: [...settings].flatMap(([engine, own]): [string, string][] => {
      const text = Object.entries(own).map(([k, v]) => `${k}=${v}`).join(", ");
      return text ? [[`Settings of ${unbracketed(engine)}`, text]] : [];
    }),
    items: caveats,
    tables: [{
      id: "systems-table",
      caption: "What ran",
      head: "System",
      columns: [left("Engine"), left("Nature"), left("Place"), left("Driver")],
      groups: [{
        rows: systems.map(({ system, series }) => ({
          head: system.title,
          series,
          cells: [
            system.facts.engine,
            TAGS[system.facts.nature] || "service",
            system.facts.place,
            system.driver,
          ].map((text) => ({ text })),
        })),
      }],
      notes: [],
      remarks: [],
    }],
  };
}

/** What requests were priced as, and where the prices come from. */
export function costSection(systems: readonly SystemReading[]): Section {
  const costs = systems.flatMap(({ system, series, readings }) => {
    const cost = readings.at(-1)?.cost;
    return cost ? [{ system, series, cost }] : [];
  });
  const sources = costs.flatMap(({ cost }) =>
    cost.source ? [`${cost.item}: ${cost.source}, ${cost.priceDate}`] : []
  );
  return {
    id: "cost",
    title: "Cost",
    paragraphs: [
      "Hourly platforms: an hour's price over the requests that an hour holds " +
      "at the measured throughput. Metered platforms: the units that the " +
      "service reported, at their price. Storage and transfer are not in it.",
      ...(costs.some(({ cost }) => cost.assumed)
        ? [
          "A price marked as assumed is that of a named reference; what ran " +
          "here is not that instance, and would not perform like it.",
        ]
        : []),
    ],
    facts: [],
    tables: [{
      id: "cost-table",
      caption: "What was priced",
      head: "System",
      columns: [
        left("Priced as"),
        left("Assumed"),
        right("Idle month", "USD"),
        left("Basis, at the highest load"),
      ],
      groups: [{
        rows: costs.map(({ system, series, cost }) => {
          const tag = TAGS[system.facts.nature];
          return {
            head: system.title,
            series,
            ...(tag ? { tag } : {}),
            cells: [
              cost.item,
              cost.assumed ? "yes" : "no",
              usd(cost.usdPerIdleMonth),
              cost.basis,
            ].map((text) => ({ text })),
          };
        }),
      }],
      notes: [],
      remarks: [...new Set(sources)],
    }],
  };
}
