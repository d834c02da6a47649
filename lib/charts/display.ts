import { bundle, type Displayable } from "../core/display.ts";
import { FAMILY, fontFiles } from "./fonts.ts";

/** Pixels of the picture for each px of the chart: sharp on dense screens and in print. */
const ZOOM = 2;

/**
 * A chart as notebooks show it: a PNG, which survives everywhere, and the SVG
 * for those that keep it; text elsewhere. Never HTML: a notebook that is not
 * trusted would show that instead of the picture, and strip it.
 */
export async function chartDisplay(
  svg: string,
  text: string,
): Promise<Displayable> {
  return bundle({
    "image/png": (await chartPng(svg)).toString("base64"),
    "image/svg+xml": svg,
    "text/plain": text,
  });
}

/** Draws an SVG as a PNG, with the fonts of the charts and no others. */
export async function chartPng(svg: string) {
  const { Resvg } = await import("@resvg/resvg-js");
  const picture = new Resvg(svg, {
    font: {
      loadSystemFonts: false,
      fontFiles: fontFiles(),
      defaultFontFamily: FAMILY,
      sansSerifFamily: FAMILY,
    },
    fitTo: { mode: "zoom", value: ZOOM },
  });
  return picture.render().asPng();
}
