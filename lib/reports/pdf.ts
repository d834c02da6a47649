import { Buffer } from "node:buffer";
import { FAMILY, fontFiles } from "../charts/fonts.ts";
import { coloursOf } from "../charts/theme.ts";
import { ServemarkError } from "../core/errors.ts";
import { DRAWINGS } from "./drawings.ts";
import { SUMMARY_HEADS, VERDICTS_LEAD } from "./headings.ts";
import type { ReportModel } from "./model.ts";
import { TEMPLATE } from "./pdf_template.ts";

/** The compiler's own folder: its files are in memory, and nothing on disk is read. */
const FOLDER = "/servemark-report";

/**
 * A report as a typeset PDF: A4, charts as vectors, fonts embedded. The Typst
 * compiler is a native module; it is loaded when it is first asked for.
 */
export async function reportPdf(model: ReportModel): Promise<Uint8Array> {
  const { NodeCompiler } = await import("typst");
  const fonts = await Promise.all(
    fontFiles().map(async (path) => Buffer.from(await Deno.readFile(path))),
  );
  const compiler = NodeCompiler.create({
    workspace: FOLDER,
    fontArgs: [{ fontBlobs: fonts }],
  });
  for (const { id, draw } of DRAWINGS) {
    const svg = draw(model.charts, { id, width: 720, scheme: "light" });
    compiler.mapShadow(`${FOLDER}/${id}.svg`, Buffer.from(svg));
  }
  compiler.mapShadow(`${FOLDER}/report.json`, Buffer.from(pdfData(model)));
  const compiled = compiler.compile({ mainFileContent: TEMPLATE });
  const document = compiled.result;
  if (!document) {
    const error = compiled.takeDiagnostics() ?? compiled.takeError();
    throw new ServemarkError("Cannot typeset the report", {
      cause: JSON.stringify(error?.shortDiagnostics ?? "no diagnostics"),
    });
  }
  return new Uint8Array(compiler.pdf(document));
}

/** Everything that the template prints. */
function pdfData(model: ReportModel): string {
  return JSON.stringify({
    font: FAMILY,
    series: coloursOf("light").series,
    title: model.title,
    subtitle: model.subtitle,
    notices: model.notices,
    summary: model.summary,
    summaryHeads: SUMMARY_HEADS,
    charts: DRAWINGS.map(({ id, caption }) => ({
      file: `${id}.svg`,
      alt: caption,
      caption,
    })),
    verdictsLead: VERDICTS_LEAD,
    verdicts: model.verdicts,
    figures: model.figures,
    methodology: model.methodology,
  });
}
