/**
 * Opens a page in Chromium, and prints as JSON what came of it:
 *
 *     deno run -A --frozen --config tests/browser/deno.json \
 *       tests/browser/browse.ts '{"target": "report.html", "views": [{}]}'
 *
 * Exits with 3, and says what to install, where no browser can be had.
 *
 * @module
 */
import type { Browser } from "playwright-core";
import { launch, NoBrowser } from "./launch.ts";

/** What is to be opened. */
export interface Visit {
  /** A URL, or the path of a file. */
  readonly target: string;
  /** One page each. */
  readonly views: readonly View[];
}

export interface View {
  /** @default 1200 */
  readonly width?: number;
  /** @default 900 */
  readonly height?: number;
  /** @default "light" */
  readonly scheme?: "light" | "dark";
  /** Emulates paper. @default "screen" */
  readonly media?: "screen" | "print";
  /** Path of a PNG of the whole page. */
  readonly screenshot?: string;
  /** An expression; its value, which must be JSON, comes back as `value`. */
  readonly evaluate?: string;
}

/** What was seen. */
export interface Sight {
  /** Errors and warnings of the console, and errors nobody caught. */
  readonly complaints: readonly string[];
  /** Addresses that the page asked for, but itself and data within it. */
  readonly requests: readonly string[];
  /** px by which the page is wider than its window. */
  readonly overflow: number;
  readonly text: string;
  readonly value: unknown;
}

async function look(
  browser: Browser,
  address: string,
  view: View,
): Promise<Sight> {
  const { width = 1200, height = 900, scheme = "light" } = view;
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: scheme,
    isMobile: width < 600,
  });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) {
      complaints.push(message.text());
    }
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (url !== address && !url.startsWith("data:")) requests.push(url);
  });
  try {
    await page.emulateMedia({ media: view.media ?? "screen" });
    await page.goto(address, { waitUntil: "load" });
    const [overflow, text] = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return [scrollWidth - clientWidth, document.body.innerText] as const;
    });
    const value = view.evaluate ? await page.evaluate(view.evaluate) : null;
    if (view.screenshot) {
      await page.screenshot({ path: view.screenshot, fullPage: true });
    }
    return { complaints, requests, overflow, text, value };
  } finally {
    await page.close();
  }
}

async function main(argument: string): Promise<number> {
  const { target, views } = JSON.parse(argument) as Visit;
  const address = /^[a-z]+:\/\//.test(target)
    ? target
    : new URL(target, `file://${Deno.cwd()}/`).href;
  const folder = await Deno.makeTempDir({ prefix: "servemark-browser-" });
  try {
    const browser = await launch(folder);
    try {
      const sights: Sight[] = [];
      for (const view of views) sights.push(await look(browser, address, view));
      console.log(JSON.stringify(sights));
      return 0;
    } finally {
      await browser.close();
    }
  } catch (error) {
    if (!(error instanceof NoBrowser)) throw error;
    console.error(error.message);
    return 3;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args[0]));
