/// Hides more of a table until nothing hidden follows from what is shown.
///
/// It looks at one sum at a time: a hidden figure needs others in it that are hidden too, and large enough. Of those
/// that could be hidden it takes the one that opens the fewest other sums, then the smallest. What sums taken together
/// still tell is found by the audit, and the figures that are known too well get one more hidden cell in each of their
/// sums. The same table always ends in the same pattern.
public enum Suppression {
    /// Rounds of hiding more where the audit has found something, before it is not for a few cells any more.
    private static let rounds = 12

    /// - Parameter limit: of time; what is not proved by then is a finding.
    /// - Returns: the audit of what it ends in.
    @discardableResult
    public static func protect(
        _ table: inout FigureTable, within limit: Duration = Audit.longest
    ) -> Audit {
        let deadline = ContinuousClock.now + limit
        var pattern = Pattern(table)
        pattern.settle()
        var audit = Audit(pattern.table, until: deadline)
        var round = 0
        while !audit.findings.isEmpty, ContinuousClock.now < deadline {
            let figures = audit.findings.map(\.figure)
            round += 1
            guard pattern.widen(figures, isThrifty: round <= rounds) else { break }
            pattern.settle()
            audit = Audit(pattern.table, until: deadline)
        }
        table = pattern.table
        return audit
    }
}

private struct Pattern {
    private(set) var table: FigureTable
    /// How many hidden figures each rule has.
    private var hidden: [Int]
    private var waiting: [Int] = []
    private var isWaiting: [Bool]

    init(_ table: FigureTable) {
        self.table = table
        hidden = table.rules.map { $0.terms.count { table.isHidden(figure: $0.figure) } }
        isWaiting = Array(repeating: false, count: table.rules.count)
        for rule in table.rules.indices where hidden[rule] > 0 { wait(rule) }
    }

    private mutating func wait(_ rule: Int) {
        guard !isWaiting[rule], table.rules[rule].kind == .equal else { return }
        isWaiting[rule] = true
        waiting.append(rule)
    }

    private mutating func hide(_ cell: Int) {
        table.hide(cell)
        for figure in table.figuresOfCell[cell] {
            for rule in table.rulesOfFigure[figure] {
                hidden[rule] += 1
                wait(rule)
            }
        }
    }

    /// Until each sum by itself tells nothing, or has nothing more to hide.
    mutating func settle() {
        while let rule = waiting.popLast() {
            isWaiting[rule] = false
            while !isSafe(rule), let cell = candidate(rule) { hide(cell) }
        }
    }

    /// Hides one more cell in each sum of these figures; if there is none, in each sum that hangs together with them.
    /// - Parameter isThrifty: one cell in each; otherwise all.
    /// - Returns: whether there was any.
    mutating func widen(_ figures: [Int], isThrifty: Bool) -> Bool {
        let near = Set(figures.flatMap { table.rulesOfFigure[$0] })
        for rules in [near, reach(near)] {
            var cells: Set<Int> = []
            for rule in rules {
                if isThrifty {
                    if let cell = candidate(rule) { cells.insert(cell) }
                } else {
                    cells.formUnion(candidates(rule))
                }
            }
            for cell in cells.sorted() { hide(cell) }
            if !cells.isEmpty { return true }
        }
        return false
    }

    /// All sums that hang together with some by hidden figures.
    private func reach(_ rules: Set<Int>) -> Set<Int> {
        var found = rules
        var waiting = Array(rules)
        while let rule = waiting.popLast() {
            for term in table.rules[rule].terms where table.isHidden(figure: term.figure) {
                for next in table.rulesOfFigure[term.figure] where found.insert(next).inserted {
                    waiting.append(next)
                }
            }
        }
        return found
    }

    private func candidates(_ rule: Int) -> [Int] {
        table.rules[rule].terms.compactMap { term -> Int? in
            let figure = table.figures[term.figure]
            return table.showing[figure.cell] == .open && figure.value != 0 ? figure.cell : nil
        }
    }

    private func candidate(_ rule: Int) -> Int? {
        candidates(rule).map { cost($0) }.min { $0 < $1 }?.2
    }

    /// How many sums it would open, what it says, and which it is.
    private func cost(_ cell: Int) -> (Int, Int64, Int) {
        var opened = 0
        var value: Int64 = 0
        for figure in table.figuresOfCell[cell] {
            value = max(value, abs(table.figures[figure].value))
            opened += table.rulesOfFigure[figure].count {
                hidden[$0] == 0 && table.rules[$0].kind == .equal
            }
        }
        return (opened, value, cell)
    }

    private func isSafe(_ rule: Int) -> Bool {
        // What can go down on each side; nil if something there is not bounded.
        var sums: [Int64: Int64] = [:]
        var counts: [Int64: Int] = [:]
        let terms = table.rules[rule].terms.filter { table.isHidden(figure: $0.figure) }
        for term in terms {
            let value = table.figures[term.figure].value
            sums[term.sign, default: 0] += value >= 0 ? value : 1 << 40
            counts[term.sign, default: 0] += 1
        }
        return terms.allSatisfy { term in
            let figure = table.figures[term.figure]
            let isUnseen = table.owners[figure.cell] != figure.cell
            guard figure.value != 0 else { return true }
            let isWanted = table.showing[figure.cell] == .primary && figure.margin != .none
            if isUnseen, !isWanted { return true }
            let margin = isWanted ? figure.margin : FigureTable.Margin(down: 0, up: 1)
            let others = (counts[term.sign] ?? 0) - 1
            let opposite = counts[-term.sign] ?? 0
            guard others + opposite > 0 else { return false }
            let own = figure.value >= 0 ? figure.value : 1 << 40
            let up = opposite > 0 ? Int64.max : (sums[term.sign] ?? 0) - own
            let down = others > 0 ? Int64.max : sums[-term.sign] ?? 0
            return up >= margin.up && down >= margin.down
        }
    }
}
