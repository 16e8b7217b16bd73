import Messages

/// One figure on a page: exact, short, and the name of its cell.
struct FigureRow {
    let label: String
    /// A page with more about it.
    let href: String?
    /// Whether it is a part of the row above.
    let isPart: Bool
    let exact: String
    /// For machines: the value in the measure's own unit; nil if there is none.
    let value: Int64?
    let unit: String
    let short: String
    /// In short, without the unit.
    let bare: String
    /// `value`, `zero`, `not_collected` or `suppressed`.
    let state: String
    /// The meaning of a sign without a value, for readers who do not see it.
    let spokenState: String?
    /// The status of the cell: provisional, final, revised.
    let status: String
    /// `funding/350203/all/accident-insurance/insured_households:low_income`.
    let cell: String
}

extension FigureRow {
    init(
        _ name: FigureName, in figures: PublishedFigures, _ source: PageSource,
        label: String? = nil, href: String? = nil
    ) {
        let cell = name.cell
        self.init(
            name.measure, figures[name], figures.cells[cell]?.status,
            cell: """
                \(cell.dataset.rawValue)/\(cell.territory)/\(cell.period.code)/\(cell.programme)/\
                \(name.measure)
                """, source, label: label, href: href)
    }

    /// - Parameters:
    ///   - measure: with its part.
    ///   - cell: the name of the cell, for machines.
    init(
        _ measure: String, _ figure: PublishedFigure, _ status: CellStatus?, cell: String,
        _ source: PageSource, label: String? = nil, href: String? = nil
    ) {
        let unit = source.measures.unit(of: measure)
        let language = source.language
        isPart = label == nil && MeasureCatalogue.split(measure).part != nil
        let text = label ?? source.measures.words(for: measure)[language]
        // Names of measures begin with a small letter in English, rows do not.
        self.label = isPart ? text : text.prefix(1).uppercased() + text.dropFirst()
        self.href = href
        exact = source.format.exact(figure, unit)
        value = figure.shown
        self.unit = unit.map { $0.words[language] } ?? ""
        short = source.format.short(figure, unit)
        bare = source.format.bare(figure, unit)
        state = figure.state.rawValue
        spokenState = source.signs.spoken(figure.state)?[language]
        self.status = status.map { Words($0.zh, $0.en)[language] } ?? ""
        self.cell = cell
    }
}

/// A figure as text: its exact value, or a sign with its meaning for readers who do not see it.
struct SignedText {
    let text: String
    let spokenState: String?

    init(_ figure: PublishedFigure, _ unit: MeasureUnit?, _ source: PageSource) {
        text = source.format.exact(figure, unit)
        spokenState = source.signs.spoken(figure.state)?[source.language]
    }

    /// A cell of a table, for a value of this name.
    static func cell(_ name: String) -> String {
        """
        <td class="number">{{#\(name)}}{{#.spokenState}}<span aria-hidden="true">{{text}}</span>\
        <span class="hidden">{{spokenState}}</span>{{/.spokenState}}{{^.spokenState}}{{text}}{{/.spokenState}}{{/\(name)}}</td>
        """
    }
}

/// Figures under a caption.
struct TableBlock {
    let caption: String
    let rows: [FigureRow]

    /// All figures of a cell under its programme's name; nil if there are none.
    static func ofCell(
        _ cell: CellName, _ figures: PublishedFigures, _ source: PageSource
    ) -> TableBlock? {
        guard let published = figures.cells[cell], !published.measures.isEmpty else { return nil }
        let language = source.language
        let caption = [source.programmeNames[cell.programme], cell.period.inline].map {
            $0[language]
        }
        return TableBlock(
            caption: caption.joined(separator: language == .zh ? "，" : ", "),
            rows: source.measures.sorted(published.measures.keys).map {
                FigureRow(FigureName(cell: cell, measure: $0), in: figures, source)
            })
    }
}
