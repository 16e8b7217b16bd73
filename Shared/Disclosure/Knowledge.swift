/// What an intruder is taken to know, and what follows from it: the one proof that nothing hidden can be told, used before an
/// edition is published and by `reporting protection audit`.
///
/// An intruder:
/// 1. has every edition that was ever published, those from before a restore too;
/// 2. knows that a total is the sum of the territories within and of what is booked on the total itself, and where
///    nothing is ever booked on a total itself;
/// 3. knows that a period is the sum of the periods within, and that a stock at the end of a year is that of its last
///    quarter;
/// 4. knows that what is hidden is not zero, because zero is shown: it is at least 1, and at least one for each hidden
///    territory within;
/// 5. knows what each thing costs (a premium, a grant, the pieces of a set), so that money or pieces tell the count: both are
///    hidden together;
/// 6. knows of sources that say the same of the same families (who attends in a pair attends): only one of them is published
///    below the district (a plan with two is refused);
/// 7. knows which records are of one family: a count of many records of few families is hidden as a small one is;
/// 8. sees what an edition adds to what was shown: a change of few families is not published below the district until it
///    is one of many, or somebody asks for it by name; then it is hidden;
/// 9. takes it that what was shown once and is hidden now has not changed, or by few families if somebody has asked for
///    such changes since: so it covers nothing beside it, or little.
///
/// He does not know what the association keeps about a family from elsewhere, such as being its clerk.
public struct Knowledge: Sendable {
    /// A figure: known, or between bounds.
    public struct Figure: Sendable {
        public internal(set) var low: Int64
        public internal(set) var high: Int64
    }

    /// No count comes near it, and sums of a few million of them do not overflow.
    static let unbounded: Int64 = 1 << 40

    public private(set) var figures: [Figure] = []
    /// A total, and what adds up to it.
    private var sums: [(total: Int, parts: [Int])] = []
    private var sumsOf: [[Int]] = []

    public init() {}

    /// - Returns: its place.
    public mutating func known(_ value: Int64) -> Int { add(Figure(low: value, high: value)) }

    public mutating func hidden(atLeast low: Int64, atMost high: Int64? = nil) -> Int {
        add(Figure(low: low, high: high ?? Self.unbounded))
    }

    private mutating func add(_ figure: Figure) -> Int {
        figures.append(figure)
        sumsOf.append([])
        return figures.count - 1
    }

    public mutating func total(_ total: Int, of parts: [Int]) {
        for place in [total] + parts { sumsOf[place].append(sums.count) }
        sums.append((total, parts))
    }

    /// Narrows the bounds of all figures until nothing more follows from any sum.
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

    /// - Returns: whose bounds are narrower than before.
    private mutating func narrowed(by total: Int, _ parts: [Int]) -> [Int] {
        var changed: [Int] = []
        let low = parts.reduce(Int64(0)) { $0 + figures[$1].low }
        // Beyond the first unbounded part there is nothing to know.
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

/// A count that is hidden, and that an intruder would know too well.
public struct Finding: Sendable, Hashable {
    /// Its place in the table.
    public let unit: Int
    /// What it could be.
    public let low: Int64
    public let high: Int64
    /// How far from each other these should be.
    public let wanted: Int64
}

extension GuardedTable {
    /// What an intruder would know too well of this table alone: of what is hidden nothing exactly, and of what tells of few
    /// families no less than `width`.
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
            // Parts that wait for others do not add up to a total that does not.
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
