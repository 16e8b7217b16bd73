import Messages
import Postgres

/// Identifies a cell of a dataset.
struct CellName: Hashable, Sendable {
    let dataset: Dataset
    let territory: TerritoryCode
    let period: PagePeriod
    /// Empty for what belongs to no programme.
    let programme: String
}

/// A measure of a cell, or one part of it.
struct FigureName: Hashable, Sendable {
    let cell: CellName
    /// With its part: `insured_households:low_income`.
    let measure: String
}

/// Public cells. Pages read all their figures from here. Only `BoundaryCells` and `GroupSums` add figures up, and they make no
/// sum with a suppressed part.
struct PublishedFigures: Sendable {
    var cells: [CellName: CellChanged] = [:]

    /// A figure as readers see it. One that the cell does not name was not collected.
    subscript(name: FigureName) -> PublishedFigure {
        cells[name.cell]?.measures[name.measure] ?? PublishedFigure(state: .notCollected)
    }

    /// Adds the cells of these names that exist, each as in the last message on the stream.
    mutating func read(
        _ names: [CellName], in epoch: Int64, _ read: DatasetState.Reading
    ) throws {
        guard !names.isEmpty else { return }
        for row in try read(Self.statement(names)) {
            let summary = try Summary(row)
            let cell = summary.published(in: epoch)
            guard let dataset = Dataset(rawValue: cell.dataset),
                let period = PagePeriod(cell.key.period)
            else { continue }
            let name = CellName(
                dataset: dataset, territory: cell.key.territory, period: period,
                programme: cell.key.programme)
            cells[name] = cell
        }
    }

    /// One look into the index for each name: however often a cell was published, its newest edition is found at
    /// once.
    static func statement(_ names: [CellName]) -> Statement {
        Statement(
            trusted: Summary.selection + """
                 JOIN (
                    SELECT w.dataset, newest.seq
                    FROM unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::text[])
                        AS w (dataset, territory, span, start, programme)
                    JOIN dataset d ON d.name = w.dataset
                    CROSS JOIN LATERAL (
                        SELECT x.seq FROM summary x
                        WHERE x.dataset = w.dataset AND x.territory = w.territory
                          AND x.span = w.span::span AND x.programme = w.programme
                          AND x.start = w.start AND x.seq <= d.published
                        ORDER BY x.seq DESC LIMIT 1) newest
                ) k ON k.dataset = s.dataset AND k.seq = s.seq
                """,
            [
                .array(names.map(\.dataset.rawValue)), .array(names.map(\.territory)),
                .array(names.map(\.period.span)), .array(names.map(\.period.start)),
                .array(names.map(\.programme)),
            ])
    }
}

extension PublishedFigure {
    /// The value, if the state shows one. Other states have a sign in its place.
    var shown: Int64? { state == .value || state == .zero ? value : nil }
}
