/// Finds out whether an intruder can tell a hidden figure too well.
///
/// Each hidden figure may differ from its truth by some amount, as long as all rules hold and nothing is counted
/// below 0: each such world has looked the same to everybody who has kept all editions. For each primary figure
/// linear programs look for one world far enough below it and one far enough above. A world that is found serves
/// for all figures.
public struct Audit: Sendable {
    /// A figure that an intruder knows too well, and the narrowest interval that it was proved to be in.
    public struct Finding: Hashable, Sendable {
        public let figure: Int
        /// What it may be, as far as was looked.
        public let low: Int64
        public let high: Int64
        /// What it should be able to be.
        public let wantedLow: Int64
        public let wantedHigh: Int64
    }

    /// How long an audit may take.
    public static let longest: Duration = .seconds(600)

    public private(set) var findings: [Finding] = []
    /// How many linear programs there were, and how many parts of the table they were about.
    public private(set) var programs = 0
    public private(set) var components = 0

    /// - Parameter deadline: what is not proved by then is a finding.
    public init(_ table: FigureTable, until deadline: ContinuousClock.Instant = .now + longest) {
        for component in Component.all(in: table) where component.needsAudit {
            components += 1
            let (found, count) = LinearProgram.alone { component.audit(until: deadline) }
            findings += found
            programs += count
        }
        findings.sort { $0.figure < $1.figure }
    }
}

extension Component {
    var needsAudit: Bool { wanted.contains { $0.margin != .none } }

    func audit(
        until deadline: ContinuousClock.Instant
    ) -> (findings: [Audit.Finding], programs: Int) {
        var search = Search(self, deadline)
        search.together()
        search.oneByOne()
        return (search.findings, search.programs)
    }
}

/// What was reached of what is wanted.
private struct Search: ~Copyable {
    private static let tolerance = 1e-6

    private let component: Component
    private let program: LinearProgram
    private let deadline: ContinuousClock.Instant
    /// All amounts are divided by it.
    private let scale: Double
    private var lowest: [Double]
    private var highest: [Double]
    private(set) var programs = 0

    init(_ component: Component, _ deadline: ContinuousClock.Instant) {
        self.component = component
        self.deadline = deadline
        let scale = Double(
            max(1, component.wanted.map { max($0.margin.down, $0.margin.up) }.max() ?? 1))
        self.scale = scale
        let rows = component.rows.map { row in
            LinearProgram.Row(
                terms: row.terms.map { ($0.column, Double($0.factor)) },
                atLeast: row.slack.map { -Double($0) / scale })
        }
        program = LinearProgram(columns: component.columns, rows: rows)
        lowest = Array(repeating: 0, count: component.columns)
        highest = lowest
    }

    private func lower(_ column: Int) -> Double? {
        component.lower[column].map { Double($0) / scale }
    }

    private func want(_ margin: FigureTable.Margin) -> (down: Double, up: Double) {
        (Double(margin.down) / scale, Double(margin.up) / scale)
    }

    private func isReached(_ value: Double, _ wanted: Double) -> Bool {
        value >= wanted - Self.tolerance * max(1, wanted)
    }

    private mutating func solve(_ weights: [(column: Int, weight: Double)]) {
        guard ContinuousClock.now < deadline else { return }
        programs += 1
        guard let world = program.maximise(weights) else { return }
        for column in world.indices {
            lowest[column] = min(lowest[column], world[column])
            highest[column] = max(highest[column], world[column])
        }
    }

    /// Looks for worlds that serve many figures: none goes further than it must, so that others can go too.
    mutating func together() {
        for column in 0..<component.columns { program.bound(column, from: lower(column), to: nil) }
        for (column, margin) in component.wantedOfColumn {
            // What need not go far itself must make room for others.
            let most = Double(max(margin.down, margin.up)) / scale
            program.bound(column, from: lower(column) ?? -most, to: most)
        }
        for isUp in [true, false] {
            var left = Int.max
            while true {
                let open = component.wantedOfColumn.filter { !isMet($0.key, $0.value, isUp) }
                if open.isEmpty || open.count >= left { break }
                left = open.count
                solve(open.keys.sorted().map { ($0, isUp ? 1 : -1) })
            }
        }
        for column in component.wantedOfColumn.keys {
            program.bound(column, from: lower(column), to: nil)
        }
    }

    private func isMet(_ column: Int, _ margin: FigureTable.Margin, _ isUp: Bool) -> Bool {
        let want = want(margin)
        return isUp
            ? isReached(highest[column], want.up) : isReached(-lowest[column], want.down)
    }

    /// Looks for what is left, each for itself.
    mutating func oneByOne() {
        for (column, margin) in component.wantedOfColumn.sorted(by: { $0.key < $1.key }) {
            let want = want(margin)
            if !isMet(column, margin, true) {
                program.bound(column, from: lower(column), to: want.up)
                solve([(column, 1)])
            }
            if !isMet(column, margin, false) {
                program.bound(column, from: max(lower(column) ?? -want.down, -want.down), to: nil)
                solve([(column, -1)])
            }
            program.bound(column, from: lower(column), to: nil)
        }
    }

    var findings: [Audit.Finding] {
        component.wanted.compactMap { wanted in
            let want = want(wanted.margin)
            let (low, high) = (lowest[wanted.column], highest[wanted.column])
            guard !isReached(-low, want.down) || !isReached(high, want.up) else { return nil }
            return Audit.Finding(
                figure: wanted.figure, low: wanted.value + Int64((low * scale).rounded()),
                high: wanted.value + Int64((high * scale).rounded()),
                wantedLow: wanted.value - wanted.margin.down,
                wantedHigh: wanted.value + wanted.margin.up)
        }
    }
}
