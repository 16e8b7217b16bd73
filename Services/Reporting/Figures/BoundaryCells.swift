import Messages
import Postgres

/// Published cells on the boundaries of a day.
///
/// All figures here are made only of figures that the edition shows, so they tell no more than the edition. A sum is hidden if
/// one of its parts is hidden. It is missing if a part may have something that is not published. Figures that cannot be added
/// up (distinct counts, smallest and largest) are missing unless a single part has them.
struct BoundaryCells: Sendable {
    let boundaries: Boundaries
    let measures: MeasureCatalogue

    /// The cell of a unit, as if it had been published: provisional if a part is, with the `seq` of the newest one.
    /// - Parameter cell: of a code, of this period and one programme.
    /// - Returns: nil if no part has one.
    func cell(
        of unit: TerritoryCode, in period: PagePeriod, _ cell: (TerritoryCode) -> CellChanged?
    ) -> CellChanged? {
        let parts = boundaries.parts(of: unit).map {
            Part(code: $0.code, sign: $0.sign, cell: cell($0.code))
        }
        let cells = parts.compactMap(\.cell)
        guard let newest = cells.max(by: { $0.seq < $1.seq }) else { return nil }
        guard parts.count > 1 else { return newest }
        let names = Set(cells.flatMap(\.measures.keys))
        let figures = names.map { ($0, figure($0, of: parts, in: period)) }
        return CellChanged(
            dataset: newest.dataset, epoch: newest.epoch, seq: newest.seq, edition: newest.edition,
            asOf: newest.asOf,
            key: CellChanged.Key(
                territory: unit, period: newest.key.period, programme: newest.key.programme),
            vintage: cells.map(\.vintage).max() ?? 0, status: Self.status(cells.map(\.status)),
            reason: newest.reason.code,
            measures: Dictionary(uniqueKeysWithValues: figures))
    }

    private struct Part {
        let code: TerritoryCode
        let sign: Int64
        let cell: CellChanged?
    }

    private func figure(
        _ name: String, of parts: [Part], in period: PagePeriod
    ) -> PublishedFigure {
        let none = PublishedFigure(state: .notCollected)
        guard let info = measures[name] else { return none }
        let figures = parts.map { (part: $0, figure: $0.cell?.measures[name]) }
        if figures.contains(where: { $0.figure?.state == .suppressed }) {
            return PublishedFigure(state: .suppressed)
        }
        let shown = figures.compactMap { part, figure in
            figure?.shown.map { (part: part, value: $0) }
        }
        let levels = Set(shown.map(\.part.code.level))
        for (part, figure) in figures where figure?.shown == nil {
            // A figure that is not about families is published of all units of a level that have one.
            let hasNone =
                !info.isAboutFamilies && levels.contains(part.code.level)
                || !boundaries.mayHave(part.code, in: period, isStock: info.isStock)
            if !hasNone { return none }
        }
        if info.isAdditive, !shown.isEmpty {
            return StoredCell.published(
                shown.reduce(0) { Self.sum($0, $1.part.sign, $1.value) })
        }
        guard shown.count == 1, let only = shown.first, only.part.sign > 0 else { return none }
        return StoredCell.published(only.value)
    }

    /// Cuts sums that do not fit to the largest or smallest number.
    private static func sum(_ sum: Int64, _ sign: Int64, _ value: Int64) -> Int64 {
        let (result, overflow) =
            sign > 0 ? sum.addingReportingOverflow(value) : sum.subtractingReportingOverflow(value)
        guard overflow else { return result }
        return sum > 0 ? .max : -.max
    }

    private static func status(_ parts: [CellStatus]) -> CellStatus {
        [.provisional, .revised].first(where: parts.contains) ?? .final
    }
}

extension BoundaryCells {
    /// All cells of a dataset of some units, of all periods.
    func cells(
        of units: some Collection<TerritoryCode>, in dataset: DatasetState,
        _ read: DatasetState.Reading
    ) throws -> [CellChanged] {
        let codes = Set(units.flatMap { boundaries.parts(of: $0).map(\.code) })
        var cells: [CellChanged.Key: CellChanged] = [:]
        for row in try read(Self.statement(dataset, codes.sorted())) {
            let cell = try Summary(row).published(in: dataset.epoch)
            cells[cell.key] = cell
        }
        let keys = Dictionary(grouping: cells.keys, by: \.territory)
        return units.flatMap { unit in
            let places = Set(
                boundaries.parts(of: unit).flatMap { keys[$0.code] ?? [] }
                    .map { Place(programme: $0.programme, period: $0.period) })
            return places.sorted().compactMap { place in
                PagePeriod(place.period).flatMap { period in
                    cell(of: unit, in: period) { cells[place.key(of: $0)] }
                }
            }
        }
    }

    private struct Place: Hashable, Comparable {
        let programme: String
        let period: String

        func key(of code: TerritoryCode) -> CellChanged.Key {
            CellChanged.Key(territory: code, period: period, programme: programme)
        }

        static func < (left: Place, right: Place) -> Bool {
            (left.programme, left.period) < (right.programme, right.period)
        }
    }

    private static func statement(
        _ dataset: DatasetState, _ codes: [TerritoryCode]
    ) -> Statement {
        Statement(
            trusted: Summary.selection + """
                 WHERE s.dataset = $1 AND s.territory = ANY ($2) AND s.seq <= $3
                AND (s.superseded_by IS NULL OR s.superseded_by > $3)
                """,
            [Parameter(dataset.name), .array(codes), Parameter(dataset.seq)])
    }
}

extension PublishedFigures {
    /// Adds the cells of these names on other boundaries.
    /// - Parameter cells: nil for figures where they were booked.
    mutating func read(
        _ names: [CellName], on cells: BoundaryCells?, in epoch: Int64,
        _ read: DatasetState.Reading
    ) throws {
        guard let cells else { return try self.read(names, in: epoch, read) }
        var booked = PublishedFigures()
        let parts = names.flatMap { name in
            cells.boundaries.parts(of: name.territory).map { name.of($0.code) }
        }
        try booked.read(Array(Set(parts)), in: epoch, read)
        for name in names {
            self.cells[name] = cells.cell(of: name.territory, in: name.period) {
                booked.cells[name.of($0)]
            }
        }
    }
}

extension CellName {
    /// The same cell of another territory.
    func of(_ territory: TerritoryCode) -> CellName {
        CellName(dataset: dataset, territory: territory, period: period, programme: programme)
    }
}
