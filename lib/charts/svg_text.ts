/**
 * Text inside SVG: escaping, estimated widths, wrapping. A chart is laid out
 * without a browser, so widths are estimates that err on the wide side.
 *
 * @module
 */

/** Escapes text for XML content and attributes; drops characters that XML forbids. */
export function escapeXml(text: string): string {
  return text
    // deno-lint-ignore no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/**
 * Estimated width of a text in px. The classes follow the advance widths of
 * common sans-serif faces (Helvetica, Segoe UI, DejaVu), the wider ones.
 */
export function textWidth(text: string, size: number): number {
  let em = 0;
  for (const ch of text) {
    if (/[iljI.,:;'|!() ]/.test(ch)) em += 0.32;
    else if (/[mwMW—@%]/.test(ch)) em += 0.88;
    else if (/[A-Z]/.test(ch)) em += 0.67;
    else em += 0.56;
  }
  return em * size;
}

/** Breaks a text into lines that fit a width; a single long word stands alone. */
export function wrapText(
  text: string,
  size: number,
  width: number,
): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((w) => w !== "")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && textWidth(longer, size) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line !== "") lines.push(line);
  return lines;
}
