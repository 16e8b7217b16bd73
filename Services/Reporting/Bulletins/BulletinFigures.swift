import Messages
import Postgres
import ServiceKit

/// A line of the bulletin: a figure without its month.
struct BulletinLine: Sendable {
    let number: Int
    let name: Words
    let dataset: Dataset
    let unit: MeasureUnit?
    let programme: String
    /// With its part.
    let measure: String
    let territory: TerritoryCode
    /// `all` for a line with figures of each month. A line about a certain period names that in every bulletin.
    let period: PagePeriod

    /// The lines of the bulletin in force; none before one is defined.
    static func all(_ read: DatasetState.Reading) throws -> [BulletinLine] {
        try DefinedBulletin.withLines(read)?.lines ?? []
    }

    init(_ row: inout RowCursor) throws {
        number = Int(try row.next(Int32.self))
        name = Words(try row.next(), try row.next())
        dataset = try row.next()
        unit = MeasureUnit(rawValue: try row.next(String.self))
        programme = try row.next()
        measure = try row.next()
        territory = try row.next()
        period = try row.next(period: "a line of the bulletin")
    }

    /// The periods that the line has figures of in the bulletin of a month.
    func columns(of month: Period) -> [PagePeriod] {
        guard period == .all else { return [period] }
        return [.of(month), .year(month.start.year), .all].compactMap(\.self)
    }
}

/// One figure of a bulletin, as it was published then.
struct BulletinFigure: Sendable, Hashable {
    let number: Int
    let name: Words
    let dataset: Dataset
    let unit: MeasureUnit?
    let programme: String
    let measure: String
    let territory: TerritoryCode
    let period: PagePeriod
    let figure: PublishedFigure
    /// Of its cell; nil if there was none.
    let status: CellStatus?
    let vintage: Int

    /// Identifies a figure without its value.
    struct Place: Hashable {
        let programme: String
        let measure: String
        let territory: TerritoryCode
        let period: PagePeriod
    }

    /// Without the number of the line, which may change.
    var place: Place {
        Place(programme: programme, measure: measure, territory: territory, period: period)
    }

    /// The figures of a month as they are published now.
    static func published(
        _ lines: [BulletinLine], of month: Period, in epoch: Int64, _ read: DatasetState.Reading
    ) throws -> [BulletinFigure] {
        func cell(_ line: BulletinLine, _ period: PagePeriod) -> CellName {
            CellName(
                dataset: line.dataset, territory: line.territory, period: period,
                programme: line.programme)
        }
        var figures = PublishedFigures()
        let cells = lines.flatMap { line in line.columns(of: month).map { cell(line, $0) } }
        try figures.read(Array(Set(cells)), in: epoch, read)
        return lines.flatMap { line in
            line.columns(of: month).map { period in
                let cell = cell(line, period)
                return BulletinFigure(
                    number: line.number, name: line.name, dataset: line.dataset, unit: line.unit,
                    programme: line.programme, measure: line.measure, territory: line.territory,
                    period: period,
                    figure: figures[FigureName(cell: cell, measure: line.measure)],
                    status: figures.cells[cell]?.status, vintage: figures.cells[cell]?.vintage ?? 0)
            }
        }
    }

    /// Whether a reader sees a difference.
    func differs(from other: BulletinFigure) -> Bool {
        figure != other.figure || status != other.status || vintage != other.vintage
    }
}

extension RowCursor {
    /// A period by its name, `all` included.
    mutating func next(period where: String) throws -> PagePeriod {
        guard let period = PagePeriod(try next(String.self)) else {
            throw StoredValueError(type: "period of \(`where`)")
        }
        return period
    }
}
