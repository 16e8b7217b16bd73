/// Figures of one subject over places, periods and parts, as a table: which of them add up to which.
///
/// A place is a code of 6, 9, 12 or 15 digits that begins with those of the places around it. A period is written
/// `2020-05-26`, `2020-05`, `2020-Q2`, `2020` or `all`. A part is empty for the whole.
public struct Cube: Sendable {
    /// What one figure of a cell is.
    public struct Layer: Sendable {
        public enum Kind: Sendable {
            /// Of persons, families and what they do: sensitive while it is small.
            case count
            /// Of the same, each once: not a sum of its parts, but neither more than that nor less than one of them.
            case distinctCount
            /// Of money that families receive or owe.
            case money
            /// Says nothing by itself that its cell's counts do not say.
            case accompanying
        }
        public let kind: Kind

        public init(_ kind: Kind) { self.kind = kind }

        var isCount: Bool { kind == .count || kind == .distinctCount }
    }

    /// What was said of a cell in some editions, one after the other.
    public struct Version: Sendable {
        public var place: String
        public var period: String
        public var part: String
        /// Of each layer; nil if there is none.
        public var values: [Int64?]
        public var showing: FigureTable.Showing
        /// The edition it began in, and the one in which something else took its place; nil: it is the newest.
        public var began: Int64
        public var ended: Int64?
        /// The edition in which there was such a cell for the first time.
        public var born: Int64

        public init(
            place: String, period: String, part: String, values: [Int64?],
            showing: FigureTable.Showing, born: Int64? = nil, began: Int64, ended: Int64?
        ) {
            self.born = born ?? began
            self.place = place
            self.period = period
            self.part = part
            self.values = values
            self.showing = showing
            self.began = began
            self.ended = ended
        }
    }

    public let layers: [Layer]
    /// Whether figures are what there is at the end of a period, not what happened in it.
    public let isStock: Bool
    public let rule: SensitivityRule

    public init(layers: [Layer], isStock: Bool, rule: SensitivityRule) {
        self.layers = layers
        self.isStock = isStock
        self.rule = rule
    }

    /// - Returns: a table whose first cells are the versions, in their order. What is not the newest and was shown is
    ///   in no rule, because it says nothing that its edition did not: leave it out.
    public func table(_ versions: [Version]) -> FigureTable {
        var builder = CubeBuilder(self, versions)
        builder.addCells()
        if isStock {
            builder.addStocks()
        } else {
            for relation in builder.relations() { builder.add(relation) }
        }
        if layers.contains(where: { $0.kind == .distinctCount }) {
            builder.addDistinctAgainstTotal()
        }
        return builder.table
    }
}

/// When a figure is sensitive, and how uncertain it must stay then.
public struct SensitivityRule: Sendable {
    /// Counts from 1 up to one less are sensitive.
    public var threshold: Int64
    /// Money is sensitive if the second largest contributor can estimate the largest within so many percent.
    public static let percent: Int64 = 10

    public init(threshold: Int64) { self.threshold = threshold }

    public func isSensitive(count: Int64) -> Bool { count != 0 && abs(count) < threshold }

    /// The p% rule: what all others contribute hides the largest from the second largest.
    public func isDominated(total: Int64, largest: Int64, second: Int64) -> Bool {
        guard threshold > 1, largest > 0 else { return false }
        return (total - largest - second) < largest * Self.percent / 100
    }

    /// A small count must look like any small count.
    func margin(ofCount value: Int64) -> FigureTable.Margin {
        guard isSensitive(count: value) else { return .none }
        let size = abs(value)
        let (toOne, toLimit) = (size - 1, threshold - 1 - size)
        return value > 0
            ? FigureTable.Margin(down: toOne, up: toLimit)
            : FigureTable.Margin(down: toLimit, up: toOne)
    }

    /// Money must be as uncertain as the count beside it, since a premium or a grant may be the same for all; and by
    /// the percentage at least.
    func margin(ofMoney value: Int64, count: Int64?) -> FigureTable.Margin {
        let size = abs(value)
        let least = (size * Self.percent + 99) / 100
        var (toOne, toLimit) = (least, least)
        if let count, isSensitive(count: count) {
            let heads = abs(count)
            toOne = max(least, size / heads * (heads - 1))
            toLimit = max(least, size / heads * (threshold - 1 - heads))
        }
        return value >= 0
            ? FigureTable.Margin(down: min(toOne, size), up: toLimit)
            : FigureTable.Margin(down: toLimit, up: toOne)
    }
}

extension Cube {
    /// Versions whose counts are small.
    /// - Returns: places among the versions.
    public func sensitive(_ versions: [Version]) -> [Int] {
        versions.indices.filter { index in
            zip(layers, versions[index].values).contains { layer, value in
                guard let value, layer.isCount else { return false }
                return rule.isSensitive(count: value)
            }
        }
    }

    /// Of each layer that adds up, what a total has beside its parts; 0 of others.
    func rest(of total: Int, _ parts: [Int], _ versions: [Version]) -> [Int64] {
        layers.indices.map { layer in
            guard layers[layer].kind != .distinctCount else { return 0 }
            let sum = parts.reduce(0) { $0 + (versions[$1].values[layer] ?? 0) }
            return (versions[total].values[layer] ?? 0) - sum
        }
    }

    public var hasMoney: Bool { layers.contains { $0.kind == .money } }

    /// What the simple rule would hide, for comparison: all parts of a total of which one is sensitive.
    /// - Returns: places among the versions.
    public func hiddenBySimpleRule(_ versions: [Version]) -> Set<Int> {
        let isPrimary = versions.map { $0.showing == .primary }
        var hidden = Set(versions.indices.filter { isPrimary[$0] })
        for relation in CubeBuilder(self, versions).relations()
        where relation.parts.contains(where: { isPrimary[$0] }) {
            hidden.formUnion(relation.parts)
        }
        return hidden
    }

    /// Totals and their parts, as places among the versions, in an order that depends on nothing but theirs.
    public func breakdowns(_ versions: [Version]) -> [(total: Int, parts: [Int])] {
        CubeBuilder(self, versions).relations().flatMap { relation in
            relation.totals.map { ($0, relation.parts) }
        }
    }
}
