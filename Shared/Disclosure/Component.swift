/// Hidden figures that hang together by rules. Published figures are constants, so they join nothing.
struct Component: Sendable {
    struct Row: Hashable, Sendable {
        struct Term: Hashable, Sendable {
            let column: Int
            let factor: Int64
        }
        var terms: [Term]
        /// Nil: the sum of the differences is 0; otherwise not below its negative.
        var slack: Int64?
    }

    struct Wanted: Sendable {
        let figure: Int
        let column: Int
        let value: Int64
        let margin: FigureTable.Margin
    }

    private(set) var columns = 0
    /// The least by which each column may differ; nil for what may be below 0 anyhow.
    private(set) var lower: [Int64?] = []
    private(set) var rows: [Row] = []
    private(set) var wanted: [Wanted] = []
    /// The widest margin that is wanted of each column.
    private(set) var wantedOfColumn: [Int: FigureTable.Margin] = [:]

    static func all(in table: FigureTable) -> [Component] {
        let hidden = table.figures.indices.filter { table.isHidden(figure: $0) }
        var twins = DisjointSets(table.figures.count)
        let rules = hiddenParts(table)
        // A total with one hidden part differs from its truth as that part does.
        for rule in rules where rule.kind == .equal && rule.terms.count == 2 {
            if rule.terms[0].sign != rule.terms[1].sign {
                twins.join(rule.terms[0].figure, rule.terms[1].figure)
            }
        }
        let rows = Set(rules.compactMap { row(of: $0, &twins) })
        var parts = DisjointSets(table.figures.count)
        for row in rows {
            for term in row.terms.dropFirst() { parts.join(row.terms[0].column, term.column) }
        }
        var components: [Component] = []
        var place: [Int: Int] = [:]
        var column: [Int: Int] = [:]
        for figure in hidden {
            let twin = twins.root(figure)
            let part = parts.root(twin)
            let index = place[part] ?? components.count
            if index == components.count {
                components.append(Component())
                place[part] = index
            }
            column[twin] = components[index].add(figure, column[twin], table)
        }
        for row in rows.sorted(by: Row.precedes) {
            guard let first = row.terms.first, let index = place[parts.root(first.column)] else {
                continue
            }
            let terms = row.terms.map {
                Row.Term(column: column[$0.column] ?? 0, factor: $0.factor)
            }
            components[index].rows.append(Row(terms: terms, slack: row.slack))
        }
        return components
    }

    /// What the rules say of hidden figures.
    private static func hiddenParts(_ table: FigureTable) -> [FigureTable.Rule] {
        table.rules.compactMap { rule in
            let terms = rule.terms.filter { table.isHidden(figure: $0.figure) }
            return terms.isEmpty ? nil : FigureTable.Rule(terms: terms, kind: rule.kind)
        }
    }

    private static func row(of rule: FigureTable.Rule, _ twins: inout DisjointSets) -> Row? {
        var factors: [Int: Int64] = [:]
        for term in rule.terms { factors[twins.root(term.figure), default: 0] += term.sign }
        let terms = factors.filter { $0.value != 0 }.sorted { $0.key < $1.key }.map {
            Row.Term(column: $0.key, factor: $0.value)
        }
        guard !terms.isEmpty else { return nil }
        if case .atLeast(let slack) = rule.kind { return Row(terms: terms, slack: slack) }
        return Row(terms: terms, slack: nil)
    }

    private mutating func add(_ figure: Int, _ known: Int?, _ table: FigureTable) -> Int {
        let it = table.figures[figure]
        let floor = it.value >= 0 ? -it.value : nil
        let column = known ?? columns
        if known == nil {
            columns += 1
            lower.append(floor)
        } else if let floor {
            lower[column] = max(lower[column] ?? floor, floor)
        }
        if table.showing[it.cell] == .primary, it.margin != .none {
            wanted.append(
                Wanted(figure: figure, column: column, value: it.value, margin: it.margin))
            let other = wantedOfColumn[column] ?? .none
            wantedOfColumn[column] = FigureTable.Margin(
                down: max(other.down, it.margin.down), up: max(other.up, it.margin.up))
        }
        return column
    }
}

extension Component.Row {
    /// The same order in every run.
    fileprivate static func precedes(_ left: Self, _ right: Self) -> Bool {
        for (a, b) in zip(left.terms, right.terms) where a != b {
            return (a.column, a.factor) < (b.column, b.factor)
        }
        if left.terms.count != right.terms.count { return left.terms.count < right.terms.count }
        return (left.slack ?? -1) < (right.slack ?? -1)
    }
}

/// Which things belong together.
struct DisjointSets {
    private var parents: [Int]

    init(_ count: Int) { parents = Array(0..<count) }

    mutating func root(_ index: Int) -> Int {
        var index = index
        while parents[index] != index {
            parents[index] = parents[parents[index]]
            index = parents[index]
        }
        return index
    }

    /// The smaller root stays one, so that the order does not depend on the way.
    mutating func join(_ one: Int, _ other: Int) {
        let (a, b) = (root(one), root(other))
        if a != b { parents[max(a, b)] = min(a, b) }
    }
}
