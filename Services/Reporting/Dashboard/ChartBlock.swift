import Messages

/// A chart with the table beside it, as the template `chart` has it.
struct ChartBlock {
    let id: String
    let caption: String
    /// The heading of its rows: territories or months.
    let head: String
    let unit: String
    let svg: String
    let isWide: Bool
    let rows: [FigureRow]

    private init(_ chart: Chart, id: String, head: String, unit: String) {
        self.id = id
        caption = chart.title
        self.head = head
        self.unit = unit
        isWide = chart.shape == .columns
        svg = chart.svg(id: id)
        rows = chart.rows
    }

    /// The chart of a key figure.
    /// - Returns: nil if the definition asks for no chart, or there is nothing to draw.
    static func of(
        _ figure: DefineBulletin.KeyFigure, _ id: String, _ request: PageRequest,
        in territory: TerritoryCode, _ source: PageSource
    ) throws -> ChartBlock? {
        let programme = figure.programme?.rawValue ?? ""
        return switch figure.chart {
        case .byTerritory:
            try byTerritory(id, figure.name, of: programme, request, inside: territory, source)
        case .byMonth: try byMonth(id, figure.name, of: programme, request, in: territory, source)
        case nil: nil
        }
    }

    /// A measure in each of the territories inside one.
    /// - Returns: nil if there are none.
    static func byTerritory(
        _ id: String, _ measure: String, of programme: String, _ request: PageRequest,
        inside parent: TerritoryCode, _ source: PageSource
    ) throws -> ChartBlock? {
        let children = try source.children(of: parent)
        guard !children.isEmpty, let info = source.measures[measure] else { return nil }
        let names = try source.names(of: children)
        let cells = children.map {
            CellName(
                dataset: info.dataset, territory: $0, period: request.period, programme: programme)
        }
        let figures = try source.figures(cells)
        let rows = cells.map { cell in
            var link = request.with(page: .territory(cell.territory))
            link.period = request.period
            return FigureRow(
                FigureName(cell: cell, measure: measure), in: figures, source,
                label: names[cell.territory], href: link.address)
        }
        let title = Self.title(info, measure, programme, .byTerritory, request.period, source)
        return ChartBlock(
            Chart(
                title: title, description: Words.seeTable[source.language], rows: rows,
                shape: .bars),
            id: id, head: Words.territory[source.language], unit: unit(info, source))
    }

    /// A measure month by month: those of the year of the page's period, or the last twelve with figures.
    static func byMonth(
        _ id: String, _ measure: String, of programme: String, _ request: PageRequest,
        in territory: TerritoryCode, _ source: PageSource
    ) throws -> ChartBlock? {
        guard let info = source.measures[measure], let bounds = source.months else { return nil }
        let last =
            request.period.year.flatMap { BusinessDate(year: $0, month: 12, day: 1) }
            ?? bounds.upperBound
        let months = (0..<12).reversed().compactMap { back -> PagePeriod? in
            let ordinal = last.year * 12 + last.month - 1 - back
            return PagePeriod.month(ordinal % 12 + 1, of: ordinal / 12)
        }
        let cells = months.map {
            CellName(
                dataset: info.dataset, territory: territory, period: $0, programme: programme)
        }
        let figures = try source.figures(cells)
        let rows = cells.map { cell in
            FigureRow(
                FigureName(cell: cell, measure: measure), in: figures, source,
                label: cell.period.shortMonth[source.language],
                href: request.with(period: cell.period).address)
        }
        let span = [months.first, months.last].compactMap { $0?.name[source.language] }
        // Columns are narrow: their unit stands here, once.
        let unit = unit(info, source)
        let isChinese = source.language == .zh
        let comma = isChinese ? "，" : ", "
        let details = [span.joined(separator: isChinese ? "至" : " to "), unit]
            .filter { !$0.isEmpty }.joined(separator: comma)
        let title =
            [name(info, programme, source), Words.byMonth[source.language]].joined(separator: comma)
            + (isChinese ? "（\(details)）" : " (\(details))")
        return ChartBlock(
            Chart(
                title: title, description: Words.seeTable[source.language], rows: rows,
                shape: .columns),
            id: id, head: Words.month[source.language], unit: unit)
    }

    private static func title(
        _ info: Measure, _ measure: String, _ programme: String, _ by: Words,
        _ period: PagePeriod, _ source: PageSource
    ) -> String {
        let language = source.language
        let parts = [name(info, programme, source), by[language], period.inline[language]]
        return parts.joined(separator: language == .zh ? "，" : ", ")
    }

    private static func name(
        _ info: Measure, _ programme: String, _ source: PageSource
    ) -> String {
        let language = source.language
        guard !programme.isEmpty else { return info.words[language] }
        let programme = source.programmeNames[programme][language]
        return programme + (language == .zh ? "：" : ": ") + info.words[language]
    }

    private static func unit(_ info: Measure, _ source: PageSource) -> String {
        info.unit.words[source.language]
    }
}

extension PagePeriod {
    /// With the year where it begins: a row of months is read from left to right.
    fileprivate var shortMonth: Words {
        guard case .of(let period) = self else { return name }
        guard period.start.month == 1 else { return period.shortName }
        return Words("\(period.start.year)年1月", "Jan \(period.start.year)")
    }
}
