/**
 * Showing things: in a notebook by the Jupyter display protocol, on a terminal
 * as text. Nothing here touches `Deno.jupyter` before it is asked to show.
 *
 * @module
 */

/** The method by which a value says how it looks in a notebook. */
export const DISPLAY = Symbol.for("Jupyter.display");

/** One thing in several forms, by MIME type; the text form is always there. */
export interface MimeBundle {
  readonly "text/plain": string;
  /** Pictures in base64, SVG and HTML as text, JSON as it is. */
  readonly [mime: string]: unknown;
}

/** A value that can be shown. */
export interface Displayable {
  [DISPLAY](): MimeBundle | Promise<MimeBundle>;
}

/** Makes a displayable of a finished bundle. */
export function bundle(forms: MimeBundle): Displayable {
  return {
    [DISPLAY]: () => forms,
    toString: () => forms["text/plain"],
  } as Displayable;
}

/** Where a display goes, when it is to be replaced later. */
export interface DisplayOptions {
  /** Names the display, so that a later one can take its place. */
  id?: string;
  /** Replaces the display of this id instead of adding one. @default false */
  update?: boolean;
}

/**
 * The kernel reports a cell as done before its last outputs have left; outputs
 * sent this much earlier stay under their cell (none of 600 was misplaced).
 */
const FLUSH_MS = 30;

/** Displays are sent one after the other, in the order in which they were asked for. */
let sending: Promise<void> = Promise.resolve();
let unflushed = false;

/** The kernel's display service, where this code runs in a notebook. */
function kernel(): typeof Deno.jupyter | undefined {
  try {
    return Deno.jupyter;
  } catch {
    // Outside the kernel the getter throws: that is how one can tell.
    return undefined;
  }
}

/** True in a notebook's kernel. */
export function inNotebook(): boolean {
  return kernel() !== undefined;
}

/**
 * Shows values, each under the one before, and waits until they have arrived.
 * In a notebook, end a cell with `await show(…)`: the kernel misplaces a bare
 * last expression. On a terminal the text form is printed.
 *
 * @param things Anything with `Symbol.for("Jupyter.display")`, plain values, or
 * promises of either.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { show } from "servemark";
 *
 * assert.equal(await show("p99 = 4.2 ms"), undefined);
 * ```
 */
export async function show(...things: unknown[]): Promise<void> {
  for (const thing of things) await display(await formsOf(await thing));
  await flushDisplays();
}

/**
 * Shows one bundle without waiting for the flush; a display with an `id` can be
 * replaced. On a terminal only new displays are printed, never updates.
 */
export function display(
  forms: MimeBundle,
  options: DisplayOptions = {},
): Promise<void> {
  const service = kernel();
  const { id, update = false } = options;
  if (!service) {
    if (!update) console.log(forms["text/plain"]);
    return Promise.resolve();
  }
  unflushed = true;
  const sent = sending.then(() =>
    service.display(withoutFormulas(forms), {
      raw: true,
      update,
      ...(id === undefined ? {} : { display_id: id }),
    })
  );
  // One display that fails must not hold up those behind it; whoever asked for
  // it is told by the promise that is returned.
  sending = sent.catch(() => {});
  return sent;
}

/** Notebooks typeset what stands between two dollar signs, unless told that they are prices. */
function withoutFormulas(forms: MimeBundle): MimeBundle {
  const html = forms["text/html"];
  return typeof html !== "string" ? forms : {
    ...forms,
    "text/html": `<div class="mathjax_ignore tex2jax_ignore">${html}</div>`,
  };
}

/** Waits until everything displayed so far has reached the notebook. */
export async function flushDisplays(): Promise<void> {
  if (!unflushed) return;
  await sending;
  unflushed = false;
  await new Promise((resolve) => setTimeout(resolve, FLUSH_MS));
}

/** The forms of any value; a plain one has its text form only. */
export async function formsOf(thing: unknown): Promise<MimeBundle> {
  const own = (thing as Partial<Displayable> | null | undefined)?.[DISPLAY];
  if (typeof own === "function") {
    const forms = await own.call(thing as Displayable);
    return typeof forms["text/plain"] === "string"
      ? forms
      : { ...(forms as object), "text/plain": String(thing) };
  }
  return {
    "text/plain": typeof thing === "string" ? thing : Deno.inspect(thing),
  };
}

/** Escapes text for HTML, attributes included. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
