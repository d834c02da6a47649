/**
 * The layout of the typeset report, in Typst. All words and figures come from
 * `/report.json`, so nothing in them is read as markup.
 */
export const TEMPLATE = `
#let report = json("/report.json")
#let ink = rgb("#16191d")
#let muted = rgb("#565e68")
#let line-colour = rgb("#cfd4da")
#let warn = rgb("#8a5300")
#let bad = rgb("#b3261e")
#let series = report.series.map(rgb)

#set document(title: report.title, author: "Servemark", date: none)
#set page(
  paper: "a4",
  margin: (x: 20mm, top: 20mm, bottom: 22mm),
  footer: context [
    #set text(size: 8pt, fill: muted)
    #grid(
      columns: (1fr, auto),
      report.title,
      [#counter(page).display("1 / 1", both: true)],
    )
  ],
)
#set text(font: report.font, size: 10pt, fill: ink, lang: "en", hyphenate: false)
#set par(leading: 0.62em, spacing: 0.9em)
#show heading: set block(above: 1.7em, below: 0.8em, sticky: true)
#show heading.where(level: 1): set text(size: 15pt, weight: 600)
#show heading.where(level: 2): set text(size: 11.5pt, weight: 600)
#show heading.where(level: 1): it => block(
  above: 2em, below: 0.9em, sticky: true, width: 100%,
  stroke: (top: 1pt + ink), inset: (top: 8pt), it.body,
)

#let tag(name) = box(
  stroke: 0.4pt + muted, radius: 1.5pt, inset: (x: 2pt), outset: (y: 1.5pt),
  text(size: 0.82em, fill: muted, name),
)
#let key(k) = box(circle(radius: 2pt, fill: series.at(calc.rem(k, series.len())), stroke: none))

#let cell-body(cell) = {
  if cell.at("invalid", default: false) {
    text(fill: bad, strike(cell.text))
  } else { cell.text }
  let notes = cell.at("notes", default: ())
  if notes.len() > 0 { super(notes.map(str).join(",")) }
}

#let head-body(row) = {
  if "series" in row { key(row.series); h(3pt) }
  row.head
  if "tag" in row { h(3pt); tag(row.tag) }
}

#let row-count(t) = t.groups.map(g => g.rows.len()).sum(default: 0)
#let data-table(t, size: 8pt, widths: none) = block(width: 100%, above: 1.5em, below: 1.2em, breakable: row-count(t) > 16, {
  let columns = t.columns.len() + 1
  let rows = ()
  for group in t.groups {
    if "title" in group {
      rows.push(table.cell(colspan: columns, inset: (top: 7pt, bottom: 2.5pt), text(weight: 600, group.title)))
      rows.push(table.hline(stroke: 0.4pt + line-colour))
    }
    for row in group.rows {
      rows.push(table.cell(align: left, head-body(row)))
      for (k, cell) in row.cells.enumerate() {
        rows.push(table.cell(align: if t.columns.at(k).align == "right" { right } else { left }, cell-body(cell)))
      }
      rows.push(table.hline(stroke: 0.3pt + line-colour))
    }
  }
  block(below: 0.55em, sticky: true, text(weight: 600, size: 9.5pt, t.caption))
  set text(size: size)
  set par(leading: 0.5em)
  table(
    columns: if widths == none { (auto,) * columns } else { widths },
    stroke: none,
    inset: (x: 3.5pt, top: 3.6pt, bottom: 3pt),
    table.header(
      table.cell(align: left + bottom, text(weight: 600, t.head)),
      ..t.columns.map(c => table.cell(
        align: (if c.align == "right" { right } else { left }) + bottom,
        {
          text(weight: 600, c.title)
          if "unit" in c { linebreak(); text(fill: muted, c.unit) }
        },
      )),
      table.hline(stroke: 0.7pt + ink),
    ),
    ..rows,
  )
  for (k, note) in t.notes.enumerate() {
    block(spacing: 0.5em, [#super(str(k + 1)) #note])
  }
  for remark in t.remarks {
    block(spacing: 0.5em, text(fill: muted, remark))
  }
})

#let layout-of = (
  client: (7.4pt, (auto,) * 2 + (1fr,) * 7),
  cost-table: (8pt, (auto, 1.2fr, auto, auto, 1fr)),
  systems-table: (8pt, (auto, 1fr, auto, auto, auto)),
  fingerprints: (6.4pt, none),
)

// Title, notices, summary
#text(size: 8.5pt, weight: 600, fill: muted, tracking: 0.08em, upper("Servemark report"))
#v(-4pt)
#text(size: 24pt, weight: 600, report.title)
#v(-8pt)
#text(fill: muted, report.subtitle)

#if report.notices.len() > 0 {
  block(
    width: 100%, fill: rgb("#fff7e8"), stroke: (left: 2.5pt + warn), inset: 9pt,
    for notice in report.notices { par(notice) },
  )
}
#for (k, sentence) in report.summary.enumerate() {
  block(
    width: 100%, above: 0pt, below: 0pt, inset: (y: 7pt), stroke: (top: 0.4pt + line-colour), breakable: false,
    {
      text(size: 8pt, weight: 600, fill: muted, tracking: 0.05em, upper(report.summaryHeads.at(k)))
      linebreak()
      text(size: 11pt, sentence)
    },
  )
}

= Charts
#for chart in report.charts {
  block(breakable: false, above: 1.1em, width: 100%, {
    block(below: 0.5em, stroke: 0.4pt + line-colour, radius: 2pt, clip: true, image("/" + chart.file, width: 78%, alt: chart.alt))
    text(size: 9pt, fill: muted, chart.caption)
  })
}

#if report.verdicts.len() > 0 {
  [= Verdict between equals]
  par(report.verdictsLead)
  for t in report.verdicts { data-table(t, widths: (auto, auto, 1fr, auto, 1fr)) }
}

#page(flipped: true, margin: (x: 15mm, top: 15mm, bottom: 18mm))[
  = Every figure
  #data-table(report.figures, size: 7.4pt, widths: (auto,) + (1fr,) * report.figures.columns.len())
]

= How it was measured
#for section in report.methodology {
  heading(level: 2, section.title)
  for paragraph in section.paragraphs { par(paragraph) }
  if section.facts.len() > 0 {
    grid(
      columns: (36mm, 1fr), column-gutter: 4mm, row-gutter: 5pt,
      ..section.facts.map(f => (text(fill: muted, f.at(0)), f.at(1))).flatten(),
    )
  }
  if "items" in section { list(..section.items) }
  for t in section.tables {
    let (size, widths) = layout-of.at(t.id, default: (8pt, none))
    data-table(t, size: size, widths: widths)
  }
}
`;
