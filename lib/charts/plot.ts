/**
 * One panel drawn by Observable Plot over linkedom's document: no DOM global.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Axis } from "./scales.ts";
import { textWidth } from "./svg_text.ts";
import { type Colours, FONT_FAMILY, SIZE } from "./theme.ts";

/** A panel: where it stands, its axes, what is drawn in it. */
export interface Panel {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly margins: Margins;
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  readonly colours: Colours;
  readonly marks: readonly Plot.Markish[];
}

/** Room around a panel's frame, px. */
export interface Margins {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** Draws a panel as a nested `<svg>` element. */
export function drawPanel(panel: Panel): string {
  const { xAxis, yAxis, colours, margins } = panel;
  const document = parseHTML("<!doctype html><html><body></body></html>")
    .document as unknown as Document;
  const text = { fill: colours.muted, fontSize: SIZE.tick };
  const svg = Plot.plot({
    document,
    width: panel.width,
    height: panel.height,
    marginTop: margins.top,
    marginRight: margins.right,
    marginBottom: margins.bottom,
    marginLeft: margins.left,
    className: "panel",
    x: { type: xAxis.type, domain: [...xAxis.domain], label: null },
    y: { type: yAxis.type, domain: [...yAxis.domain], label: null },
    marks: [
      Plot.gridY([...yAxis.ticks], {
        stroke: colours.grid,
        strokeOpacity: 1,
      }),
      Plot.gridX([...xAxis.ticks], {
        stroke: colours.grid,
        strokeOpacity: 1,
      }),
      // `text`, not `tickFormat`: on a logarithmic scale the latter leaves out
      // labels that it deems too many.
      Plot.axisX([...xAxis.ticks], {
        text: xAxis.format,
        tickSize: 4,
        stroke: colours.axis,
        label: null,
        ...text,
      }),
      Plot.axisY([...yAxis.ticks], {
        text: yAxis.format,
        tickSize: 0,
        stroke: colours.axis,
        label: null,
        ...text,
      }),
      Plot.ruleY([yAxis.domain[0]], { stroke: colours.axis }),
      ...panel.marks,
    ],
  });
  return nest(svg as unknown as Element, panel);
}

/** Plot's `<svg>` as an element inside another: its own style sheet gone, its place and type stated. */
function nest(svg: Element, panel: Panel): string {
  for (const style of [...svg.querySelectorAll("style")]) style.remove();
  for (const name of ["class", "style", "xmlns:xlink"]) {
    svg.removeAttribute(name);
  }
  svg.setAttribute("x", String(panel.x));
  svg.setAttribute("y", String(panel.y));
  svg.setAttribute("fill", panel.colours.text);
  svg.setAttribute("font-family", FONT_FAMILY);
  // Nested and covered by the outer description: a reader hears the chart once.
  svg.setAttribute("aria-hidden", "true");
  return svg.outerHTML;
}

/** Room for the longest tick label of a vertical axis, px. */
export function labelRoom(axis: Axis): number {
  const widths = axis.ticks.map((t) => textWidth(axis.format(t), SIZE.tick));
  return Math.ceil(Math.max(20, ...widths) + 16);
}

/** Position of a value along an axis, px from the panel's edge. */
export function place(
  axis: Axis,
  value: number,
  from: number,
  to: number,
): number {
  const f = axis.type === "log" ? Math.log : (v: number) => v;
  const [a, b] = axis.domain;
  return from + (f(value) - f(a)) / (f(b) - f(a)) * (to - from);
}
