const CYCLE =
  "[2, 1, 1, 0, 0, 1, 2, 4, 6, 7, 8, 8, 9, 8, 7, 7, 8, 10, 12, 13, 11, 8, 5, 3]";

/** A domain in which every law occurs, at its edges too. */
export const ALL_LAWS = `name: laws
version: "1"
seed: 11
description: Every law
as_of: 2026-06-01
rows: 60_000
sizes: { exponent: 0 }
entities:
  card:
    key: { column: card_id, as: integer, first: 4_000_000_001 }
    popularity: { hot: 0.01, traffic: 0.8 }
  device:
    key: { column: device_id, as: id, prefix: dev_, digits: 9 }
    popularity: 0.9
tables:
  card_laws:
    entity: card
    description: Laws of one column
    columns:
      narrow: { type: integer, uniform: { min: -7, max: 92 } }
      wide: { type: bigint, uniform: { min: 0, max: 4_503_599_627_370_494 } }
      bell: { type: integer, normal: { mean: 50_000, deviation: 8000, min: 0, max: 100_000 }, nulls: 0.1 }
      power: { type: integer, power_law: { min: 1, max: 1_000_000, exponent: 1.8 } }
      hot: { type: integer, hot_set: { min: 1, max: 1_000_000, hot: 0.02, traffic: 0.75 } }
      hot_wide: { type: bigint, hot_set: { min: 0, max: 900_000_000_000, hot: 0.5, traffic: 0.2 } }
      serial: { type: bigint, sequential: { start: 1_000, step: 3 } }
      down: { type: "decimal(15,2)", sequential: { start: 0, step: -0.25 } }
      kind: { type: text, categorical: { a: 5, b: 3, c: 0, d: 2 } }
      sure: { type: boolean, flag: 0.3 }
      born: { type: date, time: { from: 1960-01-01, to: 2008-01-01 } }
      seen_at: { type: timestamp, time: { last: 30d } }
      paid_at: { type: timestamp, time: { last: 30d, cycle: ${CYCLE} } }
      device: { type: text, foreign_key: device }
      friend: { type: bigint, foreign_key: card, nulls: 0.2 }
  device_rows:
    entity: device
    description: Laws that look at other columns
    idle: 0.25
    columns:
      count: { type: integer, power_law: { min: 1, max: 5000, exponent: 1.9 }, idle: 0 }
      average: { type: "decimal(12,2)", power_law: { min: 1, max: 5000, exponent: 2.4, shift: 45 }, idle: null }
      total: { type: "decimal(14,2)", product: { of: [count, average] }, idle: 0 }
      largest: { type: "decimal(14,2)", fraction: { of: total, min: 0.3, max: 1, least: average }, idle: null }
      ratio: { type: "decimal(5,4)", uniform: { min: 0, max: 1 } }
      returned: { type: integer, product: { of: [count, ratio] } }
      distinct: { type: integer, fraction: { of: count, min: 0.2, max: 0.9, least: 1 } }
      huge: { type: bigint, uniform: { min: 4_000_000_000_000_000, max: 8_000_000_000_000_000 } }
      most: { type: bigint, fraction: { of: huge, min: 0.999, max: 1 } }
      score: { type: integer, normal: { mean: 500_000, deviation: 90_000, min: 0, max: 1_000_000 } }
      like: { type: "decimal(12,4)", uniform: { min: 0, max: 1_000_000 }, correlated: { with: score, share: 0.7 } }
      unlike: { type: bigint, uniform: { min: 0, max: 900_000_000_000 }, correlated: { with: like, share: -0.5 } }
      hot_like: { type: integer, hot_set: { min: 0, max: 1_000_000, hot: 0.1, traffic: 0.6 }, correlated: { with: score, share: 0.9 } }
events:
  visits:
    entity: device
    description: Events with a daily cycle
    rows_per_key: 1.5
    columns:
      event_time: { type: timestamp, event_time: { last: 600d, cycle: ${CYCLE} } }
      card: { type: bigint, foreign_key: card }
      amount: { type: "decimal(12,2)", power_law: { min: 0.5, max: 15000, exponent: 2.4, shift: 40 } }
`;
