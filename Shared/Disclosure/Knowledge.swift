/// The knowledge that an intruder is assumed to have, and the bounds of hidden figures that follow from it. This is the one
/// proof that no hidden figure can be inferred. It is used before an edition is published and by `reporting protection audit`.
///
/// An intruder:
/// 1. has every edition that was ever published, including those from before a restore.
/// 2. knows that a total is the sum of the territories within it and of the records booked on the total itself. Knows also
///    which totals never have records of their own.
/// 3. knows that a period is the sum of the periods within it, and that a stock at the end of a year is the stock at the end of
///    its last quarter.
/// 4. knows that a hidden figure is not zero, because zero is shown. It is at least 1, and at least 1 for each hidden territory
///    within it.
/// 5. knows unit costs (a premium, a grant, the pieces of a set), so that money or pieces reveal the count. Therefore count,
///    money and pieces are hidden together.
/// 6. knows which sources count the same families (a parent–child pair also counts as attendance). Therefore only one
///    of them is published below the district. A plan with two is refused.
/// 7. knows which records belong to one family. Therefore a count of many records of few families is hidden like a small one.
/// 8. compares each edition with earlier ones. Therefore a change of few families is not published below the district until it
///    has become one of many, or until somebody explicitly requests such changes. In that case the figure is hidden.
///    This concerns territories without published parts, and what is booked on others themselves. A sum of parts reveals no
///    more than they do. The district is exempt: its changes from night to night reveal single records, and the plan decides
///    to show them, because one family of tens of thousands is nobody.
/// 9. assumes that a figure that was shown once and is hidden now has not changed, or by few families if somebody has
///    requested such changes since. Therefore it protects its neighbours little or not at all.
///
/// An intruder has no other knowledge of a family, such as that of the clerk who recorded it.
public struct Knowledge: Sendable {
    /// The inclusive bounds of a figure. They are equal if it is known.
    public struct Figure: Sendable {
        public internal(set) var low: Int64
        public internal(set) var high: Int64
    }

    /// The upper bound of a figure that has none. No count comes near it, and sums of a few million of them do not overflow.
    static let unbounded: Int64 = 1 << 40

    public private(set) var figures: [Figure] = []
    /// Totals and their parts, as indices of `figures`.
    private var sums: [(total: Int, parts: [Int])] = []
    /// For each figure, the indices of the sums it is in.
    private var sumsOf: [[Int]] = []

    public init() {}

    /// Adds a figure that is known.
    /// - Returns: its index.
    public mutating func known(_ value: Int64) -> Int { add(Figure(low: value, high: value)) }

    /// Adds a hidden figure.
    /// - Parameter high: nil if it has no upper bound.
    /// - Returns: its index.
    public mutating func hidden(atLeast low: Int64, atMost high: Int64? = nil) -> Int {
        add(Figure(low: low, high: high ?? Self.unbounded))
    }

    private mutating func add(_ figure: Figure) -> Int {
        figures.append(figure)
        sumsOf.append([])
        return figures.count - 1
    }

    /// Adds the knowledge that a figure is the sum of others.
    public mutating func total(_ total: Int, of parts: [Int]) {
        for place in [total] + parts { sumsOf[place].append(sums.count) }
        sums.append((total, parts))
    }

    /// Narrows the bounds of all figures until no sum narrows them further.
    public mutating func infer() {
        var waiting = Array(sums.indices)
        var isWaiting = [Bool](repeating: true, count: sums.count)
        while let index = waiting.popLast() {
            isWaiting[index] = false
            for place in narrowed(by: sums[index].total, sums[index].parts) {
                for other in sumsOf[place] where !isWaiting[other] {
                    isWaiting[other] = true
                    waiting.append(other)
                }
            }
        }
    }

    /// Narrows the bounds of a total and its parts by their sum.
    /// - Returns: the indices of figures whose bounds have become narrower.
    private mutating func narrowed(by total: Int, _ parts: [Int]) -> [Int] {
        var changed: [Int] = []
        let low = parts.reduce(Int64(0)) { $0 + figures[$1].low }
        // With an unbounded part, the total has no upper bound; with two, no part has a lower bound from the total.
        let open = parts.count { figures[$0].high >= Self.unbounded }
        let high = parts.reduce(Int64(0)) {
            $0 + (figures[$1].high >= Self.unbounded ? 0 : figures[$1].high)
        }
        func narrow(_ place: Int, _ low: Int64, _ high: Int64) {
            let figure = figures[place]
            let narrower = Figure(low: max(figure.low, low), high: min(figure.high, high))
            if narrower.low > figure.low || narrower.high < figure.high {
                figures[place] = narrower
                changed.append(place)
            }
        }
        narrow(total, low, open == 0 ? high : Self.unbounded)
        let whole = figures[total]
        for part in parts {
            let figure = figures[part]
            let isOpen = figure.high >= Self.unbounded
            let othersLow = low - figure.low
            let othersOpen = open - (isOpen ? 1 : 0)
            let othersHigh = high - (isOpen ? 0 : figure.high)
            narrow(
                part, othersOpen == 0 ? whole.low - othersHigh : figure.low,
                whole.high >= Self.unbounded ? figure.high : whole.high - othersLow)
        }
        return changed
    }
}

/// A hidden count whose bounds are too close to each other.
public struct Finding: Sendable, Hashable {
    /// The unit's index in the table.
    public let unit: Int
    /// The least count possible.
    public let low: Int64
    /// The greatest count possible.
    public let high: Int64
    /// The least distance that these should have.
    public let wanted: Int64
}

extension GuardedTable {
    /// Finds hidden counts that an intruder can infer too closely from this table alone. No hidden count may be known exactly,
    /// and the bounds of a count of few families must be `width` apart.
    public func findings() -> [Finding] {
        var knowledge = Knowledge()
        let figures = units.indices.map { unit in
            let (count, told) = (units[unit].count, units[unit].told)
            return units[unit].showing.isHidden
                ? knowledge.hidden(atLeast: max(1, told?.lowerBound ?? 1), atMost: told?.upperBound)
                : knowledge.known(count)
        }
        var owns: [(figure: Int, unit: Int)] = []
        for unit in units.indices where !children(of: unit).isEmpty {
            let (within, own) = (children(of: unit), units[unit].own)
            let sum = within.reduce(own) { $0 + units[$1].count }
            // Parts that wait do not add up to a total that does not wait.
            let isExact = sum == units[unit].count
            guard isExact || !units[unit].showing.isHidden else { continue }
            var parts = within.map { figures[$0] }
            if let own = knownOwn(unit) {
                if own > 0 { parts.append(knowledge.known(own)) }
            } else {
                owns.append((knowledge.hidden(atLeast: 0), unit))
                parts.append(owns[owns.count - 1].figure)
            }
            knowledge.total(isExact ? figures[unit] : knowledge.known(sum), of: parts)
        }
        knowledge.infer()
        var found: [Finding] = []
        for unit in units.indices where units[unit].showing.isHidden {
            let figure = knowledge.figures[figures[unit]]
            let room = units[unit].told.map { $0.upperBound - $0.lowerBound } ?? .max
            let wanted = min(room, isSmall(unit) ? width(unit) : 1)
            if figure.high - figure.low < wanted {
                found.append(
                    Finding(unit: unit, low: figure.low, high: figure.high, wanted: wanted))
            }
        }
        for (place, unit) in owns where isFew(units[unit].own) && threshold > 1 {
            let figure = knowledge.figures[place]
            if figure.high - figure.low < threshold - 1 {
                found.append(
                    Finding(
                        unit: unit, low: figure.low, high: figure.high, wanted: threshold - 1))
            }
        }
        return found
    }
}
