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
        /// Of flows, the distinct families in the records booked on the territory itself; nil if that is not known.
        var ownContributors: Int64?
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

        /// Uses the count where the values are known and the number of distinct families is not.
        func counted(_ source: GuardedSource) -> Published {
            guard isRecalled, !isUnknown else { return self }
            var values = values
            values.contributors = source.count(values)
            return Published(values: values, showing: showing, told: told)
        }
    }

    let name: Name
    let source: GuardedSource
    /// Current values by territory.
    var now: [String: Values] = [:]
    /// As the last edition that rewrote the table published it; nil if none has. A new table of a stock starts with the
    /// published values of the period before, or of the one after.
    var published: [String: Published]?
    /// For a stock, published periods before and after, as far as readers compare them with this one. Those after are as the
    /// last edition published them.
    private(set) var beside: [PublishedPeriod] = []
    /// Whether no edition has published the table yet.
    var isNew = true
    /// The length of the deepest territory codes that are published; 0 if none are.
    var level: Int32 = 0
    /// The threshold that the last edition to rewrite the table used; nil if it is not known.
    var threshold: Int64?

    /// The first day after the period.
    var end: BusinessDate { name.start.adding(months: source.months) }

    /// Sets the published periods before and after, the nearest first. No figure of a stock changes by few families from one
    /// of them to this one.
    mutating func follow(_ earlier: [PublishedPeriod], before later: [PublishedPeriod]) {
        guard source.isStock else { return }
        beside = earlier + later
        // If nothing of this period was published, its figures begin as those of another.
        guard level == 0, published?.isEmpty ?? true, let other = beside.first else { return }
        (isNew, level) = (true, Int32(other.level))
        published = other.cells.filter { $0.key.utf8.count <= other.level }
    }

    /// This table and others on the same side, the nearest first, as the next table on the other side compares them.
    func known(before further: [PublishedPeriod]) -> [PublishedPeriod] {
        guard source.isStock, !isNew, level > 0 else { return further }
        let cells = (published ?? [:]).mapValues { $0.counted(source) }
        return PublishedPeriod(level: Int(level), cells: cells).before(further)
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
