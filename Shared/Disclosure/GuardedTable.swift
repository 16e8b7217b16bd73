/// The counts of one source in one settled period, by territory: what may be said of each below the district.
///
/// A table is a forest. Its roots (districts) are shown exactly, because one family of tens of thousands is nobody.
/// Below them a count of few families is hidden, and with it as many of its neighbours as it takes so that nobody who
/// knows what `Knowledge` lists can tell it. Zero is shown. A table holds units that are not zero, each after its parent.
public struct GuardedTable: Sendable {
    /// A territory and its count.
    public struct Unit: Sendable {
        /// The place of the territory around it; nil for a root.
        public let parent: Int?
        /// Steps below the root.
        public let depth: Int
        public let count: Int64
        /// Distinct families among what is counted; the count itself where they are not known.
        public let contributors: Int64
        /// Of `count`, what is booked on the territory itself and on none within it.
        public let own: Int64
        /// An earlier edition has hidden it. Shown now, it could tell what was hidden beside it then.
        public let wasHidden: Bool
        /// Shown anew, it would tell of few families by how it differs from before.
        public let wouldTellChange: Bool
        /// Hidden elsewhere, in another period: hidden here too it costs readers least.
        public let isPreferred: Bool
        public internal(set) var showing: Showing = .shown
    }

    /// What is published of a count.
    public enum Showing: String, Sendable {
        case shown = "-"
        /// Few families.
        case small = "p"
        /// It would tell a small one.
        case neighbour = "c"

        public var isHidden: Bool { self != .shown }
    }

    /// Counts from 1 up to one less are of few families; 1 hides nothing.
    public let threshold: Int64
    public private(set) var units: [Unit] = []
    private var children: [[Int]] = []

    public init(threshold: Int64) { self.threshold = threshold }

    /// - Parameter parent: the place that adding it has returned; nil for a root.
    /// - Returns: its place.
    @discardableResult
    public mutating func add(
        parent: Int?, count: Int64, contributors: Int64, own: Int64, wasHidden: Bool = false,
        wouldTellChange: Bool = false, isPreferred: Bool = false
    ) -> Int {
        precondition(count > 0 && own >= 0, "a table holds what is not zero")
        let place = units.count
        units.append(
            Unit(
                parent: parent, depth: parent.map { units[$0].depth + 1 } ?? 0, count: count,
                contributors: contributors, own: own, wasHidden: wasHidden,
                wouldTellChange: wouldTellChange, isPreferred: isPreferred))
        children.append([])
        if let parent { children[parent].append(place) }
        return place
    }

    public func children(of unit: Int) -> [Int] { children[unit] }

    func isFew(_ count: Int64) -> Bool { count < threshold }

    /// Whether it tells of few families by itself.
    public func isSmall(_ unit: Int) -> Bool {
        isFew(min(units[unit].count, units[unit].contributors))
    }

    /// What the unit is at least, for who knows that nothing that is hidden is zero: one for each that is hidden within.
    public func least(_ unit: Int) -> Int64 {
        max(1, children[unit].reduce(0) { $0 + least($1) })
    }

    /// How far from each other the bounds of a hidden count must be: a small one could be any small one, many records of few
    /// families any up to themselves.
    func width(_ unit: Int) -> Int64 {
        isFew(units[unit].count) || !isSmall(unit) ? threshold - 1 : units[unit].count
    }

    /// The same of a unit and of all within it, which can be told no better than itself.
    private func widest(_ unit: Int) -> Int64 {
        children[unit].reduce(width(unit)) { max($0, widest($1)) }
    }
}

extension GuardedTable {
    /// Hides what must be hidden.
    /// - Returns: false if hiding everything within a root would not do; then the table may not be published.
    public mutating func protect() -> Bool {
        for unit in units.indices { units[unit].showing = .shown }
        guard threshold > 1 else { return true }
        return units.indices.filter { units[$0].parent == nil }.allSatisfy { protect(within: $0) }
    }

    /// Hides what must be hidden of the parts of a unit that is shown.
    /// - Returns: false if the unit itself must be hidden.
    private mutating func protect(within unit: Int) -> Bool {
        let parts = children[unit]
        // Nothing within it is published, so nothing adds up to it.
        guard !parts.isEmpty else { return true }
        var hidden: [Int] = []
        var open: [Int] = []
        for part in parts {
            let isSensitive =
                isSmall(part) || units[part].wasHidden || units[part].wouldTellChange
            // What cannot be protected within hides the part, and the search goes on around it.
            if isSensitive || !protect(within: part) {
                hidden.append(part)
            } else {
                open.append(part)
            }
        }
        let own = units[unit].own
        guard !hidden.isEmpty || (1..<threshold).contains(own) else { return true }
        var need = max(hidden.map(widest).max() ?? 0, threshold - 1)
        var slack = own + hidden.reduce(0) { $0 + units[$1].count - least($1) }
        var count = hidden.count + (own > 0 ? 1 : 0)
        let neighbours = open.sorted { left, right in
            (units[left].isPreferred ? 0 : 1, units[left].count, left)
                < (units[right].isPreferred ? 0 : 1, units[right].count, right)
        }
        for part in neighbours where count < 2 || slack < need {
            hidden.append(part)
            slack += units[part].count - least(part)
            need = max(need, widest(part))
            count += 1
        }
        guard count >= 2, slack >= need else { return false }
        for part in hidden { hideAll(part) }
        return true
    }

    /// Parts of what is hidden are hidden: shown, they would add up to it.
    private mutating func hideAll(_ unit: Int) {
        units[unit].showing = isSmall(unit) ? .small : .neighbour
        for part in children[unit] { hideAll(part) }
    }

    /// The same without the units furthest from the roots.
    /// - Returns: nil if there are only roots.
    public func withoutDeepest() -> (table: GuardedTable, kept: [Int])? {
        guard let deepest = units.map(\.depth).max(), deepest > 1 else { return nil }
        var table = GuardedTable(threshold: threshold)
        var places: [Int: Int] = [:]
        var kept: [Int] = []
        for (place, unit) in units.enumerated() where unit.depth < deepest {
            let isLast = unit.depth == deepest - 1
            places[place] = table.add(
                parent: unit.parent.flatMap { places[$0] }, count: unit.count,
                contributors: unit.contributors, own: isLast ? 0 : unit.own,
                wasHidden: unit.wasHidden, wouldTellChange: unit.wouldTellChange,
                isPreferred: unit.isPreferred)
            kept.append(place)
        }
        return (table, kept)
    }
}
