import Messages

/// How the published cells of a series add up.
struct SeriesTree {
    struct Sum: Hashable {
        let total: PublishedCell
        /// Of periods, and not of territories.
        let isOfPeriods: Bool
    }

    /// Of all that is published.
    private let levels: [Int]
    /// Of what is published below the district, the shortest first.
    let spans: [PublishedSpan]
    private var parts: [Sum: [PublishedCell]] = [:]
    /// Counts booked on territories themselves.
    private var booked: [PublishedCell: Int64] = [:]
    private let isStock: Bool

    init(_ series: PublishedSeries) {
        let cells = Set(series.versions.map(\.cell))
        levels = Set(cells.map(\.territory.utf8.count)).sorted()
        spans = Set(cells.filter(\.isBelowDistrict).map(\.span)).sorted()
        isStock = series.isStock
        for cell in cells where spans.contains(cell.span) {
            for sum in wholes(of: cell) { parts[sum, default: []].append(cell) }
        }
        for (cell, value) in series.booked { book(value, cell) }
    }

    /// The sums that a cell is a part of.
    func wholes(of cell: PublishedCell) -> [Sum] {
        let level = levels.last { $0 < cell.territory.utf8.count }
        let span = spans.first { $0 > cell.span }
        return [
            level.map {
                Sum(total: cell.of(String(cell.territory.prefix($0))), isOfPeriods: false)
            },
            span.map { Sum(total: cell.around(in: $0), isOfPeriods: true) },
        ].compactMap(\.self)
    }

    /// All that ever added up to it.
    func parts(of sum: Sum) -> [PublishedCell] { parts[sum] ?? [] }

    /// Puts what is booked under territories that are not published with those around that are.
    private mutating func book(_ value: Int64, _ cell: PublishedCell) {
        guard let level = levels.last(where: { $0 <= cell.territory.utf8.count }),
            level != levels.last
        else { return }
        let place = cell.of(String(cell.territory.prefix(level)))
        for span in spans where span >= cell.span {
            let place = place.around(in: span)
            booked[place] = (booked[place] ?? 0).adding(value)
        }
    }

    /// The count booked now on a territory itself in a period; for a stock, until its end.
    func booked(on cell: PublishedCell) -> Int64 {
        guard isStock else { return booked[cell] ?? 0 }
        return booked.reduce(0) { sum, other in
            let isBefore =
                other.key.territory == cell.territory && other.key.span == cell.span
                && other.key.start <= cell.start
            return isBefore ? sum.adding(other.value) : sum
        }
    }
}
