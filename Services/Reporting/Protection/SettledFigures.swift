import Disclosure
import Messages

/// The counts of one source and programme in one settled period of a district, by territory: current, and as published.
struct SettledFigures {
    /// Identifies the table.
    struct Name: Hashable, Sendable {
        let district: String
        let source: String
        let programme: String
        var start: BusinessDate
    }

    struct Values: Equatable, Sendable {
        var times: Int64 = 0
        var amount: Int64 = 0
        /// Distinct families; nil if a forgotten edition published the values.
        var contributors: Int64? = 0
    }

    /// A territory's values as an edition published them.
    struct Published: Sendable {
        /// If a forgotten edition hid them, any values that are not zero.
        let values: Values
        let showing: GuardedTable.Showing
        /// The range of counts that all editions so far leave possible; nil if none has shown the count.
        let told: ClosedRange<Int64>?

        /// Whether a forgotten edition published the values.
        var isRecalled: Bool { values.contributors == nil }

        /// Whether a forgotten edition hid the values, so that nobody knows them.
        var isUnknown: Bool { isRecalled && showing.isHidden }
    }

    let name: Name
    let source: GuardedSource
    /// Current values by territory.
    var now: [String: Values] = [:]
    /// As the last edition that rewrote the table published it; nil if none has. A new table of a stock starts with the
    /// published values of the period before, or of the one after.
    var published: [String: Published]?
    /// For a stock, the published values of the period before; nil if there are none.
    private(set) var earlier: [String: Values]?
    /// For a stock, the values of the period after as the last edition published them; nil if there are none.
    private(set) var later: [String: Values]?
    /// Whether no edition has published the table yet.
    var isNew = true
    /// The length of the deepest territory codes that are published; 0 if none are.
    var level: Int32 = 0
    /// The threshold that the last edition to rewrite the table used; nil if it is not known.
    var threshold: Int64?

    /// The first day after the period.
    var end: BusinessDate { name.start.adding(months: source.months) }

    /// Sets the published values of the period before and of the one after. No figure of a stock changes by few families
    /// from one of them to this one.
    /// - Parameter next: the table of the period after; nil if there is none.
    mutating func follow(
        _ last: (level: Int32, cells: [String: Published])?, before next: SettledFigures?
    ) {
        guard source.isStock else { return }
        if let next, !next.isNew, next.level > 0, let cells = next.published,
            !cells.values.contains(where: \.isUnknown)
        {
            later = cells.filter { $0.key.utf8.count <= next.level }.mapValues(known)
        }
        if let last, last.level > 0 {
            let cells = last.cells.filter { $0.key.utf8.count <= last.level }
            // Values that a forgotten edition hid are not known, so there is nothing to compare with.
            if !cells.values.contains(where: \.isUnknown) {
                earlier = cells.mapValues(known)
                start(with: cells, last.level)
            }
        }
        if let next, later != nil {
            start(
                with: (next.published ?? [:]).filter { $0.key.utf8.count <= next.level },
                next.level)
        }
    }

    /// Takes another period's published values for those of this one, if nothing of this one was published.
    private mutating func start(with cells: [String: Published], _ level: Int32) {
        guard self.level == 0, published?.isEmpty ?? true else { return }
        (isNew, self.level) = (true, level)
        published = cells.mapValues { cell in
            Published(values: known(cell), showing: cell.showing, told: cell.told)
        }
    }

    /// Published values; where the number of distinct families is not known, the count itself.
    private func known(_ cell: Published) -> Values {
        var values = cell.values
        values.contributors = values.contributors ?? source.count(values)
        return values
    }

    /// Whether the territory is below the district, at a level that is published.
    func publishes(_ territory: String) -> Bool {
        territory.utf8.count > 6 && territory.utf8.count <= level
    }
}

extension SettledFigures.Name {
    /// Identifies a source and programme of a district, in all periods.
    var series: String { "\(district)/\(source)/\(programme)" }

    /// Sorts the periods of a series one after the other, the earliest first.
    var order: String { "\(series)/\(start)" }
}
