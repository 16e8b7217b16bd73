/// What is published and hidden of a table, and what an intruder knows beside it: how its figures add up.
///
/// Figures stand in cells, which are hidden as a whole. A table may hold earlier versions of its cells; what an earlier
/// edition said is one more rule.
public struct FigureTable: Sendable {
    /// What is said of a cell.
    public enum Showing: Sendable {
        /// Everybody knows it, and nothing can be done about it.
        case published
        /// Nobody has seen it yet: it is published unless it is hidden now.
        case open
        /// Hidden, because it is sensitive itself.
        case primary
        /// Hidden, because another one would follow from it.
        case complementary

        public var isHidden: Bool { self == .primary || self == .complementary }
    }

    /// How far from its value a figure must be possible, for all that an intruder knows.
    public struct Margin: Hashable, Sendable {
        public var down: Int64
        public var up: Int64

        public init(down: Int64, up: Int64) {
            self.down = max(down, 0)
            self.up = max(up, 0)
        }

        public static let none = Margin(down: 0, up: 0)
    }

    public struct Figure: Sendable {
        public let cell: Int
        /// Which of the cell's figures it is, for whoever made the table.
        public let label: Int
        public let value: Int64
        /// What it needs while its cell is primary.
        public let margin: Margin
    }

    public struct Term: Hashable, Sendable {
        public let figure: Int
        /// 1 or -1.
        public let sign: Int64
    }

    /// A sum of figures that an intruder knows.
    public struct Rule: Hashable, Sendable {
        public enum Kind: Hashable, Sendable {
            case equal
            /// The sum is as large as that of the true figures less `slack`, or larger.
            case atLeast(slack: Int64)
        }
        public let terms: [Term]
        public let kind: Kind
    }

    public private(set) var showing: [Showing] = []
    /// Of each cell, the one that it is about; itself, unless it stands for what nobody sees.
    public private(set) var owners: [Int] = []
    public private(set) var figures: [Figure] = []
    public private(set) var rules: [Rule] = []
    /// Of each cell.
    private(set) var figuresOfCell: [[Int]] = []
    /// Of each figure.
    private(set) var rulesOfFigure: [[Int]] = []

    public init() {}

    public mutating func addCell(_ showing: Showing, of owner: Int? = nil) -> Int {
        owners.append(owner ?? self.showing.count)
        self.showing.append(showing)
        figuresOfCell.append([])
        return self.showing.count - 1
    }

    public mutating func addFigure(
        _ value: Int64, in cell: Int, margin: Margin, label: Int = 0
    ) -> Int {
        figures.append(Figure(cell: cell, label: label, value: value, margin: margin))
        rulesOfFigure.append([])
        figuresOfCell[cell].append(figures.count - 1)
        return figures.count - 1
    }

    /// The total of some parts, each a figure.
    public mutating func addSum(_ total: Int?, of parts: [Int]) {
        var terms = parts.map { Term(figure: $0, sign: 1) }
        if let total { terms.append(Term(figure: total, sign: -1)) }
        add(Rule(terms: terms, kind: .equal))
    }

    /// The sum of some figures is not more than that of others; left out if that is not so.
    public mutating func addOrder(_ smaller: [Int], atMost larger: [Int]) {
        func sum(_ list: [Int]) -> Int64 { list.reduce(0) { $0 + figures[$1].value } }
        add(smaller, atMost: larger, slack: sum(larger) - sum(smaller))
    }

    /// Some hidden parts of a total that has more: by `slack`, they could be more than they are.
    public mutating func addPart(of total: Int?, _ parts: [Int], slack: Int64) {
        add(parts, atMost: total.map { [$0] } ?? [], slack: slack)
    }

    private mutating func add(_ smaller: [Int], atMost larger: [Int], slack: Int64) {
        guard slack >= 0 else { return }
        let terms =
            larger.map { Term(figure: $0, sign: 1) } + smaller.map { Term(figure: $0, sign: -1) }
        if !terms.isEmpty { add(Rule(terms: terms, kind: .atLeast(slack: slack))) }
    }

    private mutating func add(_ rule: Rule) {
        for term in rule.terms { rulesOfFigure[term.figure].append(rules.count) }
        rules.append(rule)
    }

    public mutating func hide(_ cell: Int) {
        precondition(showing[cell] == .open, "only what nobody has seen can be hidden")
        showing[cell] = .complementary
    }

    func isHidden(figure: Int) -> Bool { showing[figures[figure].cell].isHidden }
}

extension FigureTable {
    /// Hidden cells of which no later edition can tell anything: nothing that hangs together with them is among `cells`.
    public func cellsApart(from cells: Set<Int>) -> Set<Int> {
        var sets = DisjointSets(showing.count)
        for rule in rules {
            let hidden = rule.terms.map { figures[$0.figure].cell }.filter {
                showing[$0].isHidden
            }
            for cell in hidden.dropFirst() { sets.join(hidden[0], cell) }
        }
        let bound = Set(showing.indices.filter { cells.contains(owners[$0]) }.map { sets.root($0) })
        return Set(
            showing.indices.filter {
                showing[$0].isHidden && !bound.contains(sets.root($0))
            })
    }
}
