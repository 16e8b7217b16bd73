/// A table of one period as readers know it: the values that editions have published, by territory.
struct PublishedPeriod {
    typealias Values = SettledFigures.Values

    /// The length of the deepest territory codes that are published; 0 if none are.
    let level: Int
    /// Includes cells of deeper levels, which earlier editions published.
    let cells: [String: SettledFigures.Published]
    /// Levels up to this one are not compared, because a nearer period publishes them.
    private let above: Int
    /// Code lengths of the cells.
    private let lengths: Set<Int>

    init(level: Int, cells: [String: SettledFigures.Published], above: Int = 0) {
        (self.level, self.cells, self.above) = (level, cells, above)
        lengths = Set(cells.keys.map(\.utf8.count))
    }

    /// The length of the deepest territory codes that editions have published.
    private var deepest: Int { max(level, lengths.max() ?? 0) }

    /// The periods on one side of another one, the nearest first: this one, and others for the levels that it does not
    /// publish.
    func before(_ further: [PublishedPeriod]) -> [PublishedPeriod] {
        [self]
            + further.filter { $0.deepest > level }.map {
                PublishedPeriod(level: $0.level, cells: $0.cells, above: max(level, $0.above))
            }
    }

    /// Whether the values of a territory are known, and to be compared. One without a cell is zero.
    func knows(_ territory: String) -> Bool {
        let length = territory.utf8.count
        return length > above && (length <= level || lengths.contains(length))
            && !isUnknown(territory)
    }

    /// Whether a forgotten edition hid the territory's values, so that nobody knows them.
    func isUnknown(_ territory: String) -> Bool { cells[territory]?.isUnknown ?? false }

    /// Whether the values of a territory and of its parts are known, so that its own records are to be compared. Without
    /// parts, all records are its own.
    func divides(_ territory: String, _ parts: [String]) -> Bool {
        guard !parts.isEmpty else { return knows(territory) }
        return !isUnknown(territory)
            && parts.allSatisfy { part in
                part.utf8.count > above && part.utf8.count <= level && !isUnknown(part)
            }
    }

    /// The values booked on each territory of a level itself. A territory that is not divided has none.
    /// - Parameter next: the level of the parts.
    func own(at level: Int, within next: Int) -> [String: Values] {
        guard next > above, next <= self.level, lengths.contains(level) else { return [:] }
        let unknown = Set(
            cells.filter { $0.key.utf8.count == next && $0.value.isUnknown }.keys.map {
                String($0.prefix(level))
            })
        return Self.own(of: cells.mapValues(\.values), at: level, within: next)
            .filter { !isUnknown($0.key) && !unknown.contains($0.key) }
    }

    static func own(
        of values: [String: Values], at level: Int, within next: Int
    ) -> [String: Values] {
        var own = values.filter { $0.key.utf8.count == level }
        for (territory, value) in values where territory.utf8.count == next {
            own[String(territory.prefix(level)), default: Values()].subtract(value)
        }
        return own
    }

    /// The values of a territory. Those of a level that the plan got later are the sum of the published parts.
    /// - Parameter parts: the parts of each territory.
    func value(of territory: String, _ parts: [String: [String]]) -> Values {
        if let cell = cells[territory] { return cell.values }
        let length = territory.utf8.count
        guard length <= level, !lengths.contains(length) else { return Values() }
        return (parts[territory] ?? []).reduce(into: Values()) { sum, part in
            sum.add(value(of: part, parts))
        }
    }
}

extension SettledFigures.Values {
    mutating func add(_ other: Self) {
        times = times.adding(other.times)
        amount = amount.adding(other.amount)
        contributors = contributors.flatMap { own in other.contributors.map { own + $0 } }
    }

    /// Parts may count the same family, so `contributors` stops at zero.
    mutating func subtract(_ other: Self) {
        times = times.adding(-max(other.times, -.max))
        amount = amount.adding(-max(other.amount, -.max))
        contributors = contributors.flatMap { all in other.contributors.map { max(0, all - $0) } }
    }

    /// Compares sums, not the number of distinct families.
    func isSame(as other: Self) -> Bool {
        (times, amount) == (other.times, other.amount)
    }
}

extension Int64 {
    /// A sum that is too large becomes the largest number.
    func adding(_ other: Int64) -> Int64 {
        let (sum, isTooLarge) = addingReportingOverflow(other)
        return isTooLarge ? (other > 0 ? .max : -.max) : sum
    }
}
