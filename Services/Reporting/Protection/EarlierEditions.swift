/// What earlier editions tell of the counts of a table, to everybody who has kept them.
struct EarlierEditions {
    private let table: SettledFigures
    private let threshold: Int64
    /// The district's and those of which something was published.
    private let levels: [Int]
    /// Territories with a part that was hidden as long as it was published: what is booked on themselves was never told.
    private let veiled: Set<String>
    /// Of each territory, the sum of its parts as they were published.
    private let sums: [String: Int64]

    init(of table: SettledFigures, threshold: Int64) {
        (self.table, self.threshold) = (table, threshold)
        let published = table.published ?? [:]
        let lengths = Set(published.keys.map(\.utf8.count))
        let levels =
            [6] + table.source.levels.filter { $0 <= table.level || lengths.contains($0) }
        var veiled: Set<String> = []
        var sums: [String: Int64] = [:]
        for (territory, cell) in published {
            guard let length = levels.last(where: { $0 < territory.utf8.count }) else { continue }
            let whole = String(territory.prefix(length))
            sums[whole, default: 0] += table.source.count(cell.values)
            if cell.told == nil { veiled.insert(whole) }
        }
        (self.levels, self.veiled, self.sums) = (levels, veiled, sums)
    }

    /// What a count can be that is hidden now.
    /// - Parameter mayDiffer: by few families, since this edition publishes such corrections.
    /// - Returns: nil if it was never shown, or is not near what was.
    func told(of territory: String, now count: Int64, mayDiffer: Bool) -> ClosedRange<Int64>? {
        guard let told = table.published?[territory]?.told else { return nil }
        let few = mayDiffer ? threshold - 1 : 0
        let range = max(1, told.lowerBound - few)...max(1, told.upperBound + few)
        return range.contains(count) ? range : nil
    }

    /// Whether all was shown that what is booked on a territory itself is the rest of, and it is near that rest.
    func toldOwn(of territory: String, now own: Int64) -> Bool {
        let hasParts = levels.contains { $0 > territory.utf8.count }
        guard table.published != nil, hasParts, !veiled.contains(territory) else { return false }
        // The district is always shown, and not kept here.
        if territory.utf8.count == 6 { return true }
        guard let cell = table.published?[territory], cell.told != nil else { return false }
        let before = table.source.count(cell.values) - sums[territory, default: 0]
        return (own - before).magnitude < threshold.magnitude
    }
}
