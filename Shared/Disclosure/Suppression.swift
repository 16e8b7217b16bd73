/// Hides more of a table until nothing hidden follows from what is shown.
///
/// It looks at one sum at a time: a hidden figure needs others in it that are hidden too, and large enough. Of those
/// that could be hidden it takes the one that opens the fewest other sums, then the smallest. What sums taken together
/// still tell is found by the audit, and the figures that are known too well get one more hidden cell in each of their
/// sums. The same table always ends in the same pattern.
public enum Suppression {
    /// Rounds of hiding more where the audit has found something, before all is hidden that can be.
    private static let rounds = 12

    /// - Returns: the audit of what it ends in.
    @discardableResult
    public static func protect(_ table: inout Table) -> Audit {
        var pattern = Pattern(table)
        pattern.settle()
        for _ in 0..<rounds {
            let audit = Audit(pattern.table)
            if audit.findings.isEmpty {
                table = pattern.table
                return audit
            }
            guard pattern.widen(audit.findings.map(\.figure)) else { break }
            pattern.settle()
        }
        pattern.hideAll()
        table = pattern.table
        return Audit(table)
    }
}

private struct Pattern {
    private(set) var table: Table
    /// How many hidden figures each rule has.
    private var hidden: [Int]
    private var waiting: [Int] = []
    private var isWaiting: [Bool]

    init(_ table: Table) {
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

    /// Hides one more cell in each sum of these figures.
    /// - Returns: whether there was any.
    mutating func widen(_ figures: [Int]) -> Bool {
        var cells: Set<Int> = []
        for figure in figures {
            for rule in table.rulesOfFigure[figure] {
                if let cell = candidate(rule) { cells.insert(cell) }
            }
        }
        for cell in cells.sorted() { hide(cell) }
        return !cells.isEmpty
    }

    mutating func hideAll() {
        for cell in table.showing.indices
        where table.showing[cell] == .open
            && table.figuresOfCell[cell].contains(where: { table.figures[$0].value != 0 })
        {
            hide(cell)
        }
    }

    private func candidate(_ rule: Int) -> Int? {
        let cells = table.rules[rule].terms.compactMap { term -> Int? in
            let figure = table.figures[term.figure]
            return table.showing[figure.cell] == .open && figure.value != 0 ? figure.cell : nil
        }
        return cells.map { cost($0) }.min { $0 < $1 }?.2
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
            guard figure.value != 0 else { return true }
            let margin =
                table.showing[figure.cell] == .primary
                ? figure.margin : Table.Margin(down: 0, up: 1)
            let others = (counts[term.sign] ?? 0) - 1
            let opposite = counts[-term.sign] ?? 0
            guard others + opposite > 0 else { return margin == .none }
            let own = figure.value >= 0 ? figure.value : 1 << 40
            let up = opposite > 0 ? Int64.max : (sums[term.sign] ?? 0) - own
            let down = others > 0 ? Int64.max : sums[-term.sign] ?? 0
            return up >= margin.up && down >= margin.down
        }
    }
}
