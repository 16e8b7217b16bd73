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
        /// Earlier editions have shown all that `own` is the rest of.
        public let ownWasTold: Bool
        /// What the count can be for who has seen earlier editions; nil if they told nothing of it.
        public let told: ClosedRange<Int64>?
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

    public func children(of unit: Int) -> [Int] { children[unit] }

    func isFew(_ count: Int64) -> Bool { count < threshold }

    /// Whether it tells of few families by itself.
    public func isSmall(_ unit: Int) -> Bool {
        isFew(min(units[unit].count, units[unit].contributors))
    }

    /// What is booked on a unit itself, for who knows; nil if nobody does. Of few families nobody may.
    func knownOwn(_ unit: Int) -> Int64? {
        let own = units[unit].own
        return own == 0 || units[unit].ownWasTold && !isFew(own) ? own : nil
    }

    /// What the unit can be while it and all within it are hidden, for who knows that nothing that is hidden is zero, and has
    /// seen earlier editions.
    private func bounds(_ unit: Int) -> Knowledge.Figure {
        let (count, told) = (units[unit].count, units[unit].told)
        var low = max(1, told?.lowerBound ?? 1)
        var high = told?.upperBound ?? Knowledge.unbounded
        if !children[unit].isEmpty {
            let (parts, own) = (children[unit].map(bounds), knownOwn(unit))
            low = max(low, parts.reduce(own ?? 0) { $0 + $1.low })
            if let own { high = min(high, parts.reduce(own) { $0 + $1.high }) }
        }
        // Parts that wait do not add up to it.
        return Knowledge.Figure(low: min(low, count), high: max(high, count))
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
        let own = units[unit].own
        var cover = Cover()
        if knownOwn(unit) == nil {
            let bounds = Knowledge.Figure(low: 0, high: Knowledge.unbounded)
            cover.add(own, bounds, need: isFew(own) ? threshold - 1 : 0)
        }
        var hidden: [Int] = []
        var open: [Int] = []
        for part in parts {
            // What cannot be protected within hides the part, and the search goes on around it.
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

    /// How far from each other the bounds of a part must be for itself and all within it. If what is within is protected by
    /// itself, the part may be what earlier editions told.
    private func need(of part: Int, isSafe: Bool) -> Int64 {
        guard isSafe, let told = units[part].told else { return widest(part) }
        return min(widest(part), told.upperBound - told.lowerBound)
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
                ownWasTold: unit.ownWasTold, told: unit.told,
                wasHidden: unit.wasHidden, wouldTellChange: unit.wouldTellChange,
                isPreferred: unit.isPreferred)
            kept.append(place)
        }
        return (table, kept)
    }
}

/// What is hidden together within a unit that is shown: parts, and what is booked on the unit itself. Each could be as
/// much more as the others could be less, and the other way round.
private struct Cover {
    private var parts: [(down: Int64, up: Int64, need: Int64)] = []

    mutating func add(_ count: Int64, _ bounds: Knowledge.Figure, need: Int64) {
        parts.append((count - bounds.low, bounds.high - count, need))
    }

    /// Whether the bounds of each are as far from each other as they must be.
    var isEnough: Bool {
        let down = parts.reduce(0) { $0 + $1.down }
        let up = parts.reduce(0) { $0 + $1.up }
        return parts.allSatisfy { part in
            min(down - part.down, part.up) + min(part.down, up - part.up) >= part.need
        }
    }
}
