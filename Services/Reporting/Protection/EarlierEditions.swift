/// The knowledge about the counts of a table that readers have from earlier editions, if they have kept them all.
struct EarlierEditions {
    private let table: SettledFigures
    private let threshold: Int64
    /// Code lengths of the district and of all levels that were ever published.
    private let levels: [Int]
    /// Territories with a part that no edition has shown. Their own records, outside all parts, were never revealed.
    private let veiled: Set<String>
    /// The sum of each territory's published parts.
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

    /// The range in which readers expect a count that is hidden now.
    /// - Parameter mayDiffer: whether the count may have changed by few families, because this edition publishes such
    ///   corrections.
    /// - Returns: nil if no edition has shown the count, or if it is outside the range.
    func told(of territory: String, now count: Int64, mayDiffer: Bool) -> ClosedRange<Int64>? {
        guard let told = table.published?[territory]?.told else { return nil }
        let few = mayDiffer ? threshold - 1 : 0
        let range = max(1, told.lowerBound - few)...max(1, told.upperBound + few)
        return range.contains(count) ? range : nil
    }

    /// Whether earlier editions showed a territory and all its parts, so that readers know the count of its own records, and
    /// whether that count has changed by less than the threshold.
    func toldOwn(of territory: String, now own: Int64) -> Bool {
        let hasParts = levels.contains { $0 > territory.utf8.count }
        guard table.published != nil, hasParts, !veiled.contains(territory) else { return false }
        // The district is always shown, and has no row here.
        if territory.utf8.count == 6 { return true }
        guard let cell = table.published?[territory], cell.told != nil else { return false }
        let before = table.source.count(cell.values) - sums[territory, default: 0]
        return (own - before).magnitude < threshold.magnitude
    }
}
