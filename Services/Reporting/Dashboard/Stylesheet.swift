import Crypto

/// The style sheet and the icon. Their addresses contain a hash of their content, so browsers may keep them for ever.
enum Stylesheet {
    static let address = "/assets/\(hash(css)).css"
    static let iconAddress = "/assets/\(hash(icon)).svg"

    private static func hash(_ text: String) -> String { ContentHash.of(Array(text.utf8)) }

    static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#a3321f" d="M16 28C6 21 3 16 3 11a7 7 0 0 1 13-3 7 7 0 0 1 13 3c0 5-3 10-13 17z"/></svg>
        """

    static let css = screen + paper

    private static let screen = """
        :root {
          --ink: #1d2430; --soft: #545e6b; --line: #d9d5cc; --paper: #fcfbf8; --tint: #f3f0e9;
          --accent: #a3321f; --link: #0d5570; --bar: #2f6f80;
        }
        * { box-sizing: border-box; }
        html { font-size: 100%; -webkit-text-size-adjust: 100%; }
        body {
          margin: 0; color: var(--ink); background: var(--paper);
          font: 1rem/1.6 "Noto Sans", "Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Hiragino Sans GB",
            "Microsoft YaHei", system-ui, sans-serif;
          font-variant-numeric: tabular-nums;
        }
        html[lang="en"] body { font-family: "Noto Sans", system-ui, "Helvetica Neue", Arial, "Liberation Sans", sans-serif; }
        header, main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
        a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: .2em; }
        a:hover { text-decoration-thickness: 2px; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
        main:focus { outline: none; }
        .skip { position: absolute; left: -100rem; top: 0; padding: .5rem 1rem; background: var(--ink); color: #fff; z-index: 1; }
        .skip:focus { left: 0; }
        .hidden {
          position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; border: 0; overflow: hidden;
          clip-path: inset(50%); white-space: nowrap;
        }
        header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1.5rem; padding-top: 1rem; padding-bottom: .75rem; border-bottom: 1px solid var(--line); }
        .brand { font-weight: 700; color: var(--accent); text-decoration: none; font-size: 1.125rem; }
        header nav { flex: 1 1 auto; }
        header ul, .crumbs ol, .periods ul, .places, .age { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0 1.1rem; }
        header li a { display: inline-block; padding: .35rem 0; color: var(--ink); text-decoration: none; border-bottom: 2px solid transparent; }
        header li a:hover { border-color: var(--line); }
        header li a[aria-current] { border-color: var(--accent); font-weight: 600; }
        .language { padding: .35rem 0; }
        .crumbs { margin-top: 1rem; font-size: .875rem; color: var(--soft); }
        .crumbs li + li::before { content: "›"; margin-right: 1.1rem; color: var(--soft); }
        h1 { font-size: 1.75rem; line-height: 1.25; margin: 1.5rem 0 .5rem; font-weight: 700; overflow-wrap: anywhere; }
        h2 { font-size: 1.25rem; line-height: 1.35; margin: 2.5rem 0 .75rem; font-weight: 650; }
        h3 { font-size: 1rem; margin: 0 0 .5rem; font-weight: 650; }
        .lead { font-size: 1.0625rem; color: var(--soft); max-width: 46rem; margin: .25rem 0 1rem; }
        .asof { color: var(--soft); font-size: .9375rem; margin: 0 0 .75rem; }
        .warning { border-left: 4px solid var(--accent); background: var(--tint); padding: .6rem 1rem; }
        .periods { margin: .75rem 0 1.25rem; font-size: .9375rem; }
        .periods a { display: inline-block; padding: .2rem 0; }
        .periods a[aria-current] { color: var(--ink); font-weight: 650; text-decoration: none; border-bottom: 2px solid var(--accent); }
        .places { gap: .35rem 1.25rem; }
        .age { display: block; color: var(--soft); font-size: .9375rem; }
        #age { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        .topics { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1.75rem 2rem; margin: 0 0 2rem; }
        .topic { border-top: 2px solid var(--ink); padding-top: .6rem; }
        .topic h3 a { color: var(--ink); text-decoration: none; }
        .topic h3 a:hover { text-decoration: underline; }
        .topic dl { margin: 0; }
        .topic dl div { display: flex; justify-content: space-between; gap: 1rem; padding: .15rem 0; align-items: baseline; }
        .topic dt { color: var(--soft); font-size: .9375rem; }
        .topic dd { margin: 0; font-weight: 600; text-align: right; white-space: nowrap; }
        .topic dl div:first-child { flex-direction: column-reverse; gap: 0; padding-bottom: .4rem; }
        .topic dl div:first-child dd { font-size: 1.6rem; line-height: 1.25; text-align: left; color: var(--accent); }
        .scroll { overflow-x: auto; max-width: 100%; position: relative; }
        table { border-collapse: collapse; margin: 0 0 1.5rem; font-size: .9375rem; }
        caption { text-align: left; font-weight: 650; padding: .5rem 0; }
        th, td { padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: baseline; }
        thead th { color: var(--soft); font-weight: 500; font-size: .875rem; border-bottom-color: var(--soft); white-space: nowrap; }
        tbody th { font-weight: 400; }
        .number { text-align: right; white-space: nowrap; }
        td:last-child, th:last-child { padding-right: 0; }
        tr.part th { padding-left: 1.25rem; color: var(--soft); }
        td.short { color: var(--soft); white-space: nowrap; }
        table.figures:not(.narrow) { width: 100%; }
        table.figures:not(.narrow) tbody th { width: 45%; }
        table.bulletin { table-layout: fixed; }
        table.bulletin thead th { width: 16%; }
        table.bulletin thead th:first-child { width: 36%; }
        table.bulletin thead th:last-child { width: 16%; }
        td code, th code, .day { white-space: nowrap; }
        td[lang] { min-width: 12rem; }
        figure.chart { margin: 2.5rem 0; }
        figcaption { font-size: 1.125rem; font-weight: 650; margin-bottom: .75rem; }
        .beside { display: grid; grid-template-columns: minmax(0, 3fr) minmax(14rem, 2fr); gap: 2rem; align-items: start; }
        figure.wide .beside { grid-template-columns: minmax(0, 1fr); gap: .5rem; }
        figure.wide .drawing svg { min-width: 46rem; }
        svg.chart { display: block; overflow: visible; font-size: 14px; }
        svg.chart rect { fill: var(--bar); }
        svg.chart line { stroke: var(--soft); stroke-width: 1; }
        svg.chart text { fill: var(--ink); }
        svg.chart text.name { fill: var(--soft); }
        svg.columns { font-size: 12px; }
        svg.chart .middle { text-anchor: middle; }
        code { font-family: ui-monospace, "DejaVu Sans Mono", "Noto Sans Mono", monospace; font-size: .875em; overflow-wrap: anywhere; }
        pre { overflow-x: auto; background: var(--tint); padding: .75rem 1rem; font-size: .875rem; line-height: 1.45; }
        .facts div { display: flex; gap: 1rem; padding: .15rem 0; }
        .facts dt { color: var(--soft); min-width: 8rem; }
        .facts dd { margin: 0; overflow-wrap: anywhere; max-width: 46rem; }
        .sentence { max-width: 46rem; margin: .4rem 0; }
        .note { color: var(--soft); font-size: .875rem; max-width: 46rem; }
        .draft { display: inline-block; border: 1px solid var(--accent); color: var(--accent); padding: 0 .5rem; font-size: .875rem; }
        footer { margin-top: 3rem; padding-top: 1rem; padding-bottom: 2rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .875rem; }
        footer dl { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: .5rem 0; }
        footer dl div { display: flex; gap: .5rem; }
        footer dt { color: var(--ink); font-weight: 650; }
        footer dd { margin: 0; }
        footer p { margin: .35rem 0; }
        @media (max-width: 44rem) {
          h1 { font-size: 1.5rem; }
          .beside { grid-template-columns: minmax(0, 1fr); gap: 1rem; }
          .topics { grid-template-columns: minmax(0, 1fr); }
          header ul { gap: 0 .9rem; }
          table.figures:not(.narrow) tbody th { min-width: 11rem; }
          table.figures.bulletin { width: 42rem; }
        }

        """

    private static let paper = """
        @page { size: A4; margin: 15mm 16mm; }
        @media print {
          body { background: #fff; font-size: 10.5pt; line-height: 1.5; }
          header nav, .language, .skip, .crumbs, .periods, .places, nav, .noprint { display: none; }
          header, main, footer { max-width: none; padding: 0; }
          header { padding-bottom: 3mm; }
          a { color: inherit; text-decoration: none; }
          h1 { font-size: 17pt; margin: 5mm 0 2mm; }
          h2 { font-size: 12.5pt; margin: 6mm 0 2mm; }
          h1, h2, h3, caption, figcaption { break-after: avoid; }
          .scroll { overflow: visible; }
          table { font-size: 9.5pt; width: 100%; }
          thead { display: table-header-group; }
          tr, .topic, figure.chart .drawing { break-inside: avoid; }
          td, th { padding: 1mm 2.5mm 1mm 0; }
          td code, th code { white-space: normal; }
          figure.wide .drawing svg { min-width: 0; }
          /* Twelve amounts of money side by side are wider than the paper: one below the other. */
          figure.wide table { display: flex; width: auto; }
          figure.wide thead, figure.wide tbody { display: block; }
          figure.wide tr { display: flex; flex-direction: column; }
          figure.wide th, figure.wide td { display: block; height: 6mm; }
          svg.columns { font-size: 9px; }
          svg.chart rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          table.figures { break-inside: avoid; }
          .topics { grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 5mm; }
          .topic dd { white-space: normal; }
          .topic dl div:first-child dd { font-size: 14pt; }
          .beside { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 6mm; }
          pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 8.5pt; }
          footer { margin-top: 6mm; font-size: 8.5pt; }
          .sentence, .note { max-width: none; }
        }

        """
}

/// A short hash of content.
enum ContentHash {
    static func of(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).prefix(12).map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
    }
}
