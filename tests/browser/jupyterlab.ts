/**
 * Drives JupyterLab in Chromium by its own menus, as a person would, and prints
 * as JSON what its pages then hold:
 *
 *     deno run -A --frozen --config tests/browser/deno.json \
 *       tests/browser/jupyterlab.ts '{"url": …, "token": …, "steps": […]}'
 *
 * Exits with 3, and says what to install, where no browser can be had.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { Order, Seen, Step } from "./jupyterlab_order.ts";
import { launch, NoBrowser } from "./launch.ts";

const MENU = ".lm-MenuBar-itemLabel";
const ITEM = ".lm-Menu-itemLabel";
const INDICATOR = ".jp-Notebook-ExecutionIndicator";
const NOTEBOOK = ".jp-NotebookPanel:not(.lm-mod-hidden)";

async function main(order: Order): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "servemark-browser-" });
  try {
    const browser = await launch(folder);
    try {
      const page = await browser.newPage({
        viewport: { width: 1300, height: 1000 },
      });
      page.setDefaultTimeout(30_000);
      const seen: Seen[] = [];
      for (const step of order.steps) {
        seen.push(await orDialog(page, take(page, order, step)));
      }
      console.log(JSON.stringify(seen));
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

/** A dialog that nobody expected is named in the error that it led to. */
async function orDialog<T>(page: Page, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const dialogs = await page.locator(".jp-Dialog-content").allInnerTexts();
    throw new Error(`${error}; open dialogs: ${JSON.stringify(dialogs)}`);
  }
}

async function take(page: Page, order: Order, step: Step): Promise<Seen> {
  const { url, token, patience } = order;
  if (!page.url().includes(`/tree/${encodeURI(step.notebook)}`)) {
    // `reset` opens it in a workspace without the notebooks of earlier steps.
    await page.goto(
      `${url}/lab/tree/${encodeURI(step.notebook)}?reset&token=${token}`,
    );
    await page.locator(`${NOTEBOOK} .jp-Notebook-cell`).first().waitFor({
      timeout: 60_000,
    });
    await kernelReady(page);
  }
  await theme(page, step.theme ?? "light");
  if (step.do !== "view") {
    await menu(page, "Run", "Run All Cells");
    if (step.do === "stop") {
      await output(page, step.when ?? ".", patience);
      await page.locator(
        `${NOTEBOOK} [data-jp-item-name="interrupt"] jp-button`,
      )
        .first().click();
    }
    await finished(page, patience);
    await menu(page, "File", "Save Notebook");
    await page.waitForFunction(
      () => !document.querySelector(".jp-mod-current.jp-mod-dirty"),
      undefined,
      { timeout: 30_000 },
    );
  }
  await settle(page);
  const seen = await look(page);
  if (step.picture) await picture(page, step.picture);
  return seen;
}

/** Waits for the kernel that the notebook names. */
async function kernelReady(page: Page) {
  await page.locator(`${NOTEBOOK} .jp-KernelName jp-button[aria-label="Deno"]`)
    .waitFor({ timeout: 60_000 });
  await status(page, "idle", 60);
}

/** Chooses an entry of the menu bar with the mouse. */
async function menu(page: Page, title: string, ...path: string[]) {
  await page.locator(MENU, { hasText: new RegExp(`^${title}$`) }).click();
  for (const entry of path) {
    const item = page.locator(ITEM, { hasText: new RegExp(`^${entry}$`) });
    await item.first().click();
  }
}

async function theme(page: Page, wanted: "light" | "dark") {
  const isLight = await page.evaluate(() =>
    document.body.dataset.jpThemeLight === "true"
  );
  if (isLight === (wanted === "light")) return;
  const name = wanted === "light" ? "JupyterLab Light" : "JupyterLab Dark";
  await menu(page, "Settings", "Theme", name);
  await page.waitForFunction(
    (light) => document.body.dataset.jpThemeLight === light,
    String(wanted === "light"),
  );
}

/** Waits for the kernel's state as the notebook's toolbar tells it. */
async function status(page: Page, state: string, seconds: number) {
  await page.locator(
    `${NOTEBOOK} ${INDICATOR}[data-status="${state}"]`,
  ).waitFor({ timeout: seconds * 1e3, state: "attached" });
}

/** Waits until an output matches. */
async function output(page: Page, pattern: string, seconds: number) {
  await page.locator(`${NOTEBOOK} .jp-OutputArea-output`, {
    hasText: new RegExp(pattern),
  }).first().waitFor({ timeout: seconds * 1e3 });
}

/** Waits until no cell is queued or running. */
async function finished(page: Page, seconds: number) {
  await page.waitForFunction(
    (notebook) => {
      const prompts = [
        ...document.querySelectorAll(`${notebook} .jp-InputArea-prompt`),
      ].map((prompt) => prompt.textContent ?? "");
      return prompts.every((prompt) => !prompt.includes("*"));
    },
    NOTEBOOK,
    { timeout: seconds * 1e3 },
  );
  await status(page, "idle", 30);
}

/** Scrolls through, so that cells which render lazily do. */
async function settle(page: Page) {
  const cells = page.locator(`${NOTEBOOK} .jp-Notebook-cell`);
  for (let n = 0; n < await cells.count(); n++) {
    await cells.nth(n).scrollIntoViewIfNeeded();
    await page.waitForTimeout(60);
  }
  await page.waitForTimeout(300);
}

function look(page: Page): Promise<Seen> {
  return page.evaluate(([notebook, indicator]) => {
    const all = (root: ParentNode, selector: string) => [
      ...root.querySelectorAll<HTMLElement>(selector),
    ];
    const panel = document.querySelector(notebook)!;
    const channels = (color: string) =>
      (color.match(/[\d.]+/g) ?? []).map(Number);
    const behind = (element: HTMLElement | null): number[] => {
      for (let e = element; e; e = e.parentElement) {
        const color = channels(getComputedStyle(e).backgroundColor);
        if ((color[3] ?? 1) > 0.5) return color;
      }
      return [255, 255, 255];
    };
    const luminance = (color: number[]) =>
      color.slice(0, 3).map((c) => c / 255)
        .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const contrast = (cell: HTMLElement) => {
      const [a, b] = [
        luminance(channels(getComputedStyle(cell).color)),
        luminance(behind(cell)),
      ].sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05);
    };
    return {
      cells: all(panel, ".jp-CodeCell").map((cell) => ({
        prompt: cell.querySelector(".jp-InputArea-prompt")?.textContent ?? "",
        outputs: all(cell, ".jp-OutputArea-output").map((o) =>
          o.innerText.trim()
        ),
      })),
      pictures: all(panel, ".jp-OutputArea-output img").map((img) => ({
        width: img.getBoundingClientRect().width,
        height: img.getBoundingClientRect().height,
        decoded: (img as HTMLImageElement).naturalWidth > 0,
      })),
      tables: all(panel, ".jp-OutputArea-output table").map((table) => ({
        rows: all(table, "tr").length,
        width: table.getBoundingClientRect().width,
        contrast: Math.min(...all(table, "td, th").map(contrast)),
      })),
      trust: document.querySelector<HTMLElement>(".jp-StatusItem-trust")
        ?.title ?? "",
      kernel: panel.querySelector(indicator)?.getAttribute("data-status") ?? "",
    };
  }, [NOTEBOOK, INDICATOR] as const);
}

/** Pictures the notebook in pieces of one screen: `name.png`, `name.2.png` … */
async function picture(page: Page, path: string) {
  const scroller = page.locator(`${NOTEBOOK} .jp-WindowedPanel-outer`);
  const { height, total } = await scroller.evaluate((e) => ({
    height: e.clientHeight,
    total: e.scrollHeight,
  }));
  for (let n = 0; n * height < total && n < 8; n++) {
    await scroller.evaluate((e, top) => e.scrollTo(0, top), n * height);
    await page.waitForTimeout(250);
    await page.screenshot({
      path: n === 0 ? path : path.replace(/\.png$/, `.${n + 1}.png`),
    });
  }
}

if (import.meta.main) {
  Deno.exit(await main(JSON.parse(Deno.args[0]) as Order));
}
