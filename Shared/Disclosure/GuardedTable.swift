/// The counts of one source in one settled period, by territory, and which of them may be shown below the district.
///
/// A table is a forest. Its roots (districts) are shown exactly, because nobody can identify one family of tens of thousands.
/// Below them, a count of few families is hidden (primary suppression). As many of its neighbours are hidden with it as it
/// takes so that an intruder with the knowledge that `Knowledge` lists cannot infer it (secondary suppression). Zero is
/// shown. A table holds only units that are not zero, each after its parent.
public struct GuardedTable: Sendable {
    /// A territory and its count.
    public struct Unit: Sendable {
        /// The index of the territory around it; nil for a root.
        public let parent: Int?
        /// The number of steps below the root.
        public let depth: Int
        public let count: Int64
        /// The number of distinct families in the count; the count itself if that number is not known.
        public let contributors: Int64
        /// The part of `count` that is booked on the territory itself, and on none within it.
        public let own: Int64
        /// Whether earlier editions have shown the unit and all its parts, so that readers can infer `own`.
        public let ownWasTold: Bool
        /// The range of counts that earlier editions leave possible; nil if they told nothing of it.
        public let told: ClosedRange<Int64>?
        /// Whether an earlier edition has hidden it. Showing it now could reveal counts that were hidden beside it then.
        public let wasHidden: Bool
        /// Whether its difference from the published count would reveal few families.
        public let wouldTellChange: Bool
        /// Whether another period hides it. Hiding it here too costs readers least.
        public let isPreferred: Bool
        public internal(set) var showing: Showing = .shown
    }

    /// Whether a count is shown, or why it is hidden. Raw values are stored.
    public enum Showing: String, Sendable {
        case shown = "-"
        /// Hidden because it is of few families.
        case small = "p"
        /// Hidden because it would reveal a small one.
        case neighbour = "c"

        public var isHidden: Bool { self != .shown }
    }

    /// Counts from 1 to `threshold - 1` are of few families. A threshold of 1 hides nothing.
    public let threshold: Int64
    public private(set) var units: [Unit] = []
    private var children: [[Int]] = []

    public init(threshold: Int64) { self.threshold = threshold }

    /// Adds a unit. `count` is positive, `own` is not negative, and `told` contains `count`.
    /// - Parameter parent: the parent's index, as returned by this function; nil for a root.
    /// - Returns: the unit's index.
    @discardableResult
    public mutating func add(
        parent: Int?, count: Int64, contributors: Int64, own: Int64, ownWasTold: Bool = false,
        told: ClosedRange<Int64>? = nil, wasHidden: Bool = false, wouldTellChange: Bool = false,
        isPreferred: Bool = false
    ) -> Int {
        precondition(count > 0 && own >= 0, "a table holds what is not zero")
        precondition(told?.contains(count) ?? true, "what was told is true")
        let place = units.count
        units.append(
            Unit(
                parent: parent, depth: parent.map { units[$0].depth + 1 } ?? 0, count: count,
                contributors: contributors, own: own, ownWasTold: ownWasTold, told: told,
                wasHidden: wasHidden, wouldTellChange: wouldTellChange, isPreferred: isPreferred))
        children.append([])
        if let parent { children[parent].append(place) }
        return place
    }

    /// The indices of the parts of a unit.
    public func children(of unit: Int) -> [Int] { children[unit] }

    /// Whether a number of families is below the threshold.
    func isFew(_ count: Int64) -> Bool { count < threshold }

    /// Whether a unit is of few families by itself.
    public func isSmall(_ unit: Int) -> Bool {
        isFew(min(units[unit].count, units[unit].contributors))
    }

    /// The count booked on a unit itself, if an intruder knows it; nil if not. A count of few families must not be known.
    func knownOwn(_ unit: Int) -> Int64? {
        let own = units[unit].own
        return own == 0 || units[unit].ownWasTold && !isFew(own) ? own : nil
    }

    /// The bounds of a unit's count while it and all units within it are hidden. The intruder knows that hidden counts are not
    /// zero, and has seen earlier editions.
    private func bounds(_ unit: Int) -> Knowledge.Figure {
        let (count, told) = (units[unit].count, units[unit].told)
        var low = max(1, told?.lowerBound ?? 1)
        var high = told?.upperBound ?? Knowledge.unbounded
        if !children[unit].isEmpty {
            let (parts, own) = (children[unit].map(bounds), knownOwn(unit))
            low = max(low, parts.reduce(own ?? 0) { $0 + $1.low })
            if let own { high = min(high, parts.reduce(own) { $0 + $1.high }) }
        }
        // Parts that wait do not add up to the unit, so the bounds may miss its count.
        return Knowledge.Figure(low: min(low, count), high: max(high, count))
    }

    /// The least distance between the bounds of a hidden count. A small count could be any small count. A large count of few
    /// families could be any count up to itself.
    func width(_ unit: Int) -> Int64 {
        isFew(units[unit].count) || !isSmall(unit) ? threshold - 1 : units[unit].count
    }

    /// The largest `width` of a unit and of all units within it. Their bounds are no narrower than the unit's.
    private func widest(_ unit: Int) -> Int64 {
        children[unit].reduce(width(unit)) { max($0, widest($1)) }
    }
}

extension GuardedTable {
    /// Hides the units that must be hidden.
    /// - Returns: false if hiding everything within a root is not enough. Then the table must not be published.
    public mutating func protect() -> Bool {
        for unit in units.indices { units[unit].showing = .shown }
        guard threshold > 1 else { return true }
        return units.indices.filter { units[$0].parent == nil }.allSatisfy { protect(within: $0) }
    }

    /// Hides those parts of a shown unit that must be hidden.
    /// - Returns: false if the unit itself must be hidden.
    private mutating func protect(within unit: Int) -> Bool {
        let parts = children[unit]
        // A unit without parts has no sums that reveal anything.
        guard !parts.isEmpty else { return true }
        let own = units[unit].own
        var cover = Cover()
        if knownOwn(unit) == nil {
            let bounds = Knowledge.Figure(low: 0, high: Knowledge.unbounded)
            cover.add(own, bounds, need: isFew(own) ? threshold - 1 : 0)
        }
        var hidden: [Int] = []
        var open: [Int] = []
        for part in parts {
            // A part whose own parts cannot be protected is hidden. Neighbours of the part then protect it.
            let isSafe = protect(within: part)
            if !isSafe || isSmall(part) || units[part].wasHidden || units[part].wouldTellChange {
                hidden.append(part)
                cover.add(units[part].count, bounds(part), need: need(of: part, isSafe: isSafe))
            } else {
                open.append(part)
            }
        }
        guard !hidden.isEmpty || (1..<threshold).contains(own) else { return true }
        let neighbours = open.filter { units[$0].told?.count != 1 }.sorted { left, right in
            (units[left].isPreferred ? 0 : 1, units[left].count, left)
                < (units[right].isPreferred ? 0 : 1, units[right].count, right)
        }
        for part in neighbours where !cover.isEnough {
            hidden.append(part)
            cover.add(units[part].count, bounds(part), need: need(of: part, isSafe: true))
        }
        guard cover.isEnough else { return false }
        for part in hidden { hideAll(part) }
        return true
    }

    /// The least distance between the bounds of a hidden part, for itself and all units within it. If those are protected by
    /// themselves, the range that earlier editions told of the part is enough.
    private func need(of part: Int, isSafe: Bool) -> Int64 {
        guard isSafe, let told = units[part].told else { return widest(part) }
        return min(widest(part), told.upperBound - told.lowerBound)
    }

    /// Hides a unit and all units within it. If they were shown, they would add up to it.
    private mutating func hideAll(_ unit: Int) {
        units[unit].showing = isSmall(unit) ? .small : .neighbour
        for part in children[unit] { hideAll(part) }
    }

    /// Makes the same table without its deepest level.
    /// - Returns: the table, and the indices that its units have in this one; nil if no level below the roots would remain.
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
                ownWasTold: unit.ownWasTold, told: unit.told,
                wasHidden: unit.wasHidden, wouldTellChange: unit.wouldTellChange,
                isPreferred: unit.isPreferred)
            kept.append(place)
        }
        return (table, kept)
    }
}

/// The counts that are hidden together within a shown unit: parts, and the unit's own count. Their sum is known. So each count
/// could be higher by as much as the others could be lower, and the other way round.
private struct Cover {
    /// How much lower and higher each count could be, and the least distance between its bounds.
    private var parts: [(down: Int64, up: Int64, need: Int64)] = []

    mutating func add(_ count: Int64, _ bounds: Knowledge.Figure, need: Int64) {
        parts.append((count - bounds.low, bounds.high - count, need))
    }

    /// Whether the bounds of every count are far enough from each other.
    var isEnough: Bool {
        let down = parts.reduce(0) { $0 + $1.down }
        let up = parts.reduce(0) { $0 + $1.up }
        return parts.allSatisfy { part in
            min(down - part.down, part.up) + min(part.down, up - part.up) >= part.need
        }
    }
}
