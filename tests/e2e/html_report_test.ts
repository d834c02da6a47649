import assert from "node:assert/strict";
import { reportModel } from "../../lib/reports/model.ts";
import { html } from "../../lib/reports/write.ts";
import { RUN, spoiled } from "../reports/variants.ts";

const ROOT = new URL("../../", import.meta.url);

interface Sight {
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
  readonly overflow: number;
  readonly text: string;
  readonly value: Seen;
}

/** What is asked of each page. */
interface Seen {
  readonly page: string;
  readonly charts: readonly {
    readonly title: string;
    readonly background: string;
    readonly ink: string;
    readonly width: number;
    /** Smallest text, px as drawn. */
    readonly least: number;
    /** Texts that leave the chart's frame. */
    readonly outside: readonly string[];
  }[];
  /** Tables wider than the page that cannot be scrolled. */
  readonly stuck: number;
}

const LOOK = `(() => {
  const colour = (e, p) => getComputedStyle(e)[p];
  const shown = [...document.querySelectorAll('figure svg[role="img"]')]
    .filter((s) => s.getBoundingClientRect().width > 0);
  return {
    page: colour(document.body, "backgroundColor"),
    charts: shown.map((svg) => {
      const box = svg.getBoundingClientRect();
      const scale = box.width / svg.viewBox.baseVal.width;
      const texts = [...svg.querySelectorAll("text")];
      return {
        title: svg.querySelector("title").textContent,
        background: colour(svg.querySelector("rect"), "fill"),
        ink: colour(svg.querySelector("text"), "fill"),
        width: box.width,
        least: Math.min(...texts.map((t) => parseFloat(colour(t, "fontSize")) * scale)),
        outside: texts.filter((t) => {
          const b = t.getBoundingClientRect();
          return b.left < box.left || b.right > box.right + 1 ||
            b.bottom > box.bottom + 1;
        }).map((t) => t.textContent),
      };
    }),
    stuck: [...document.querySelectorAll("table")].filter((t) =>
      t.getBoundingClientRect().width > t.parentElement.clientWidth + 1 &&
      colour(t.parentElement, "overflowX") !== "auto").length,
  };
})()`;

const VIEWS = [
  { width: 1200, scheme: "light" },
  { width: 1200, scheme: "dark" },
  { width: 390, height: 844, scheme: "light" },
  { width: 390, height: 844, scheme: "dark" },
  { width: 800, scheme: "dark", media: "print" },
] as const;

/** Opens the page in every view; undefined, with the reason printed, where no browser can be had. */
async function browse(file: string): Promise<Sight[] | undefined> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--frozen",
      "--config",
      "tests/browser/deno.json",
      "tests/browser/browse.ts",
      JSON.stringify({
        target: file,
        views: VIEWS.map((view) => ({ ...view, evaluate: LOOK })),
      }),
    ],
    cwd: ROOT,
  }).output();
  const said = new TextDecoder().decode(stderr);
  if (code === 3) {
    console.warn(said.trim());
    return undefined;
  }
  assert.equal(code, 0, said);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** One page for all tests: a browser takes seconds to start. */
const run = spoiled("postgres batched", 50);
const folder = await Deno.makeTempDir();
await Deno.writeTextFile(
  `${folder}/report.html`,
  html(reportModel(run, "PostgreSQL or DynamoDB?"), run),
);
const sights = await browse(`${folder}/report.html`);
await Deno.remove(folder, { recursive: true });

/** Red, green and blue of a computed colour, 0 to 255. */
function channels(colour: string): number[] {
  return (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
}

const brightness = (colour: string) =>
  channels(colour).reduce((sum, c) => sum + c, 0) / 3;

const test = (name: string, body: (sight: Sight, k: number) => void) =>
  Deno.test({
    name,
    ignore: sights === undefined,
    fn: () => sights?.forEach(body),
  });

test("the HTML report complains of nothing and asks for nothing", (sight) => {
  assert.deepEqual(sight.complaints, []);
  assert.deepEqual(sight.requests, []);
});

test("the HTML report is never wider than its window", (sight) => {
  assert.ok(sight.overflow <= 0, String(sight.overflow));
  assert.equal(sight.value.stuck, 0);
});

test(
  "the HTML report shows each chart once, in the colours of its scheme",
  ({ value }, k) => {
    const { scheme, width, ...view } = VIEWS[k];
    const dark = scheme === "dark" && !("media" in view);
    assert.equal(brightness(value.page) < 60, dark);
    assert.equal(value.charts.length, 4);
    assert.equal(new Set(value.charts.map((c) => c.title)).size, 4);
    for (const chart of value.charts) {
      assert.equal(brightness(chart.background) < 60, dark, chart.title);
      assert.equal(brightness(chart.ink) > 180, dark, chart.title);
      assert.ok(chart.width <= width);
      assert.ok(chart.least >= 9.5, `${chart.title}: ${chart.least}`);
      assert.deepEqual(chart.outside, [], chart.title);
    }
  },
);

test("the HTML report says in words what ran, what is invalid, and why", ({ text }) => {
  for (
    const said of [
      "PostgreSQL or DynamoDB?",
      "says nothing about the service",
      "emulator",
      "embedded",
      "The client was the bottleneck",
      RUN.dataset.digest,
      "no winner among services is named",
    ]
  ) assert.ok(text.includes(said), said);
});
