/**
 * Figures and lists as people read them.
 *
 * @module
 */

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[], last = "and"): string {
  if (items.length < 2) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} ${last} ${items.at(-1)}`;
}

/** `1 client`, `50 clients`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;
}

/** Dollars in two to four figures: `$0.063`, `$1.88`, `$1,204`. */
export function usd(value: number): string {
  if (!Number.isFinite(value)) return "n/a";
  if (value === 0) return "$0";
  if (value >= 1000) return `$${Math.round(value).toLocaleString("en-US")}`;
  if (value >= 1) return `$${value.toFixed(2)}`;
  const digits = Math.min(9, 1 - Math.floor(Math.log10(value)) + 1);
  return `$${value.toFixed(digits).replace(/0+$/, "").replace(/\.$/, "")}`;
}

/** A rate or count in three figures, with thousands: `31.4`, `1,204`. */
export function few(value: number): string {
  if (!Number.isFinite(value)) return "n/a";
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString("en-US")
    : String(Number(value.toPrecision(3)));
}

/** A share as a percentage: `0.4 %`, `42 %`. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return "n/a";
  const value = share * 100;
  return `${Number(value.toPrecision(Math.abs(value) >= 99.5 ? 3 : 2))} %`;
}

/** The first letter in upper case. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The first letter in lower case, unless the word is an abbreviation. */
export function uncapital(text: string): string {
  return /^\p{Lu}\p{Ll}/u.test(text)
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text;
}

/** Ends a text as a sentence. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** An ISO instant as `23 November 2026, 08:00 UTC`; other texts as they are. */
export function dateTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const day = date.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
  return `${day}, ${date.toISOString().slice(11, 16)} UTC`;
}

/** A name fit for standing inside brackets: `dynoxide 1.2.1, DynamoDB emulator`. */
export function unbracketed(name: string): string {
  return name.replace(/\s*\(([^()]*)\)/g, ", $1");
}

/** A ratio in two decimals, or two figures where it is small: `0.66`, `0.031`. */
export function ratio(value: number): string {
  if (!Number.isFinite(value)) return "n/a";
  if (Math.abs(value) >= 10) return few(value);
  return Math.abs(value) >= 0.1
    ? value.toFixed(2)
    : String(Number(value.toPrecision(2)));
}

/** A system's title without its comma, for sentences: `PostgreSQL batched`. */
export function inProse(title: string): string {
  return title.replaceAll(", ", " ");
}
