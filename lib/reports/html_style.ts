import { cssVariables } from "../charts/theme.ts";

/** The report's style sheet: one file, light and dark, wide and narrow, screen and paper. */
export function styleSheet(): string {
  return `:root{${cssVariables("light")};${PAGE_LIGHT}}
@media (prefers-color-scheme:dark){:root{${cssVariables("dark")};${PAGE_DARK}}}
@media print{:root{${cssVariables("light")};${PAGE_LIGHT}}}
${RULES}`;
}

const PAGE_LIGHT =
  "--page:#ffffff;--panel:#f6f7f8;--line:#dfe2e6;--accent:#0067a3;" +
  "--warn:#8a5300;--warn-back:#fff7e8";
const PAGE_DARK =
  "--page:#14171b;--panel:#1b1f25;--line:#333a43;--accent:#7cc4f5;" +
  "--warn:#f0c27a;--warn-back:#2a2417";

const RULES = `*{box-sizing:border-box}
html{color-scheme:light dark;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--sm-text);font:16px/1.55 'Source Sans 3',system-ui,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
main,header,footer{max-width:68rem;margin:0 auto;padding:0 1.5rem}
header{padding-top:3.5rem}
.over{margin:0;font-size:.8rem;font-weight:600;letter-spacing:.09em;text-transform:uppercase;color:var(--sm-muted)}
h1{margin:.35rem 0 .4rem;font-size:2.25rem;line-height:1.15;font-weight:650;letter-spacing:-.015em;text-wrap:balance}
.sub{margin:0;color:var(--sm-muted)}
h2{margin:3.25rem 0 .75rem;padding-top:1rem;border-top:2px solid var(--sm-text);font-size:1.35rem;line-height:1.25;font-weight:650}
h3{margin:2rem 0 .5rem;font-size:1.05rem;font-weight:650}
p{margin:.6rem 0;max-width:44rem;text-wrap:pretty}
a{color:var(--accent)}
.summary{margin:1.75rem 0 0;padding:0;list-style:none;font-size:1.13rem;line-height:1.55}
.summary li{max-width:46rem;text-wrap:pretty;padding:.7rem 0;border-top:1px solid var(--line)}
.summary b{display:block;margin-bottom:.1rem;font-size:.8rem;font-weight:600;letter-spacing:.05em;text-transform:uppercase;color:var(--sm-muted)}
.notices{max-width:46rem;margin:1.5rem 0 0;padding:.8rem 1.1rem;list-style:none;border-left:4px solid var(--warn);background:var(--warn-back)}
.notices li{margin:.2rem 0}
nav ul{display:flex;flex-wrap:wrap;gap:.3rem 1.25rem;margin:1.75rem 0 0;padding:0;list-style:none;font-size:.95rem}
figure{margin:1.75rem 0 0}
figure svg{display:block;width:100%;height:auto;max-width:52rem;border:1px solid var(--line);border-radius:4px}
figure .narrow{display:none}
figcaption{max-width:44rem;margin-top:.5rem;font-size:.92rem;color:var(--sm-muted)}
.table{position:relative;margin:1rem 0 0;overflow-x:auto;border-bottom:1px solid var(--line);background:linear-gradient(90deg,transparent,var(--page) 70%) right/3rem 100% no-repeat local,linear-gradient(90deg,transparent,var(--line)) right/.9rem 100% no-repeat scroll}
.table:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;min-width:100%;font-size:.86rem;line-height:1.35}
caption{padding:0 0 .4rem;text-align:left;font-weight:600;font-size:.95rem;color:var(--sm-text)}
th,td{padding:.34rem .42rem;text-align:left;vertical-align:top}
thead th{vertical-align:bottom;border-bottom:1px solid var(--sm-text);font-weight:600}
tbody th{font-weight:400;min-width:9rem}
tbody tr+tr>*{border-top:1px solid var(--line)}
th:first-child{position:sticky;left:0;z-index:1;padding-left:0;background:var(--page)}
.group th{padding-top:.9rem;border-bottom:1px solid var(--line);font-weight:600}
.group th span{position:sticky;left:0}
td{min-width:2.6rem}
td:not(.r){min-width:7.5rem}
.r{text-align:right;white-space:nowrap}
thead .r{white-space:normal}
.unit{display:block;font-weight:400;color:var(--sm-muted)}
.key{display:inline-block;width:.62em;height:.62em;margin-right:.45em;border-radius:50%}
.tag{display:inline-block;padding:0 .4em;border:1px solid var(--sm-axis);border-radius:3px;font-size:.78em;line-height:1.4;color:var(--sm-muted);white-space:nowrap}
.invalid{color:var(--sm-invalid)}
.notes{margin:.6rem 0;padding-left:1.4rem;font-size:.9rem}
.remark{margin:.35rem 0;font-size:.88rem;color:var(--sm-muted)}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.3rem 1.25rem;margin:.9rem 0;font-size:.95rem}
dt{color:var(--sm-muted)}
dd{margin:0;min-width:0;overflow-wrap:anywhere}
details{margin:1rem 0}
summary{cursor:pointer;font-weight:600}
#fingerprints td:last-child{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.92em}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
footer{margin-top:4rem;padding-top:1rem;padding-bottom:3rem;font-size:.88rem;color:var(--sm-muted)}
@media (max-width:38rem){
main,header,footer{padding-left:1rem;padding-right:1rem}
header{padding-top:2rem}
h1{font-size:1.7rem}
.summary{font-size:1.05rem}
figure .wide{display:none}
figure .narrow{display:block}
figure svg{max-width:26rem}
dl{grid-template-columns:1fr;gap:0}
dt{margin-top:.5rem}
tbody th{min-width:8rem}
}
@media print{
@page{size:A4;margin:16mm}
body{font-size:10pt}
header{padding-top:0}
nav{display:none}
main,header,footer{max-width:none;padding:0}
table{font-size:6.6pt}
th,td{padding:.2rem .28rem}
tbody th,td,td:not(.r){min-width:0}
.table{overflow:visible;background:none}
details::details-content{content-visibility:visible;height:auto}
figure svg{max-width:40rem}
figure,tr{break-inside:avoid}
h2,h3,caption{break-after:avoid}
}`;
