import Disclosure
import Messages
import Postgres
import ServiceKit

/// Decides which figures about families below the district an edition publishes. Only settled periods have such figures, and
/// `GuardedTable` hides those that would reveal few families.
///
/// A published figure stays as it is until it changes by many families (`SettledChange`), or until somebody requests an edition
/// that publishes changes of few families; these changed figures are hidden. A figure of a forgotten edition
/// (`ForgottenEditions`) stays until the current one is the same again, because the number of families in the change is not
/// known.
struct EditionGuard {
    let plan: Plan
    let today: BusinessDate
    /// Whether corrections of few families are published too.
    let revises: Bool
    /// Tables of periods that had ended by this day do not change, because their published figures are not known; nil if all
    /// are known.
    let lostUntil: BusinessDate?

    /// Figures of the plan that an edition leaves out.
    struct Gap {
        let name: SettledFigures.Name
        /// The length of the territory codes from which figures are missing.
        let level: Int
        let why: Why
        /// For `families`, the registered families; for `waiting` and `forgotten`, the territories that do not show their
        /// current values; otherwise 0.
        let units: Int

        enum Why: String, PostgresValue {
            /// The district has too few families.
            case families
            /// A total is too small to be divided.
            case totals
            /// A figure is below zero, or has persons and no family.
            case signed
            /// Changes of few families wait.
            case waiting
            /// A forgotten edition published other figures, or may have.
            case forgotten
        }
    }

    /// A table as an edition publishes it anew.
    struct Decided {
        let table: SettledFigures
        /// The length of the deepest territory codes that are published; 0 if none are.
        let level: Int
        /// Includes cells of deeper levels that earlier editions published, to remember what readers know.
        let cells: [Cell]

        struct Cell {
            let territory: String
            let values: SettledFigures.Values
            let showing: GuardedTable.Showing
            /// The range of a hidden count that earlier editions leave possible; nil if they told nothing, or if it is shown.
            let told: ClosedRange<Int64>?
        }
    }

    /// Writes the tables of periods that have settled since the last edition, and those that have changed.
    /// - Returns: the gaps.
    func write(
        _ edition: Int64, _ run: (Statement) throws -> Rows
    ) throws -> [Gap] {
        let sources = try GuardedSource.all(run)
        guard !sources.isEmpty else { return [] }
        let tables = try SettledFigures.all(sources, plan, today: today, run)
        let preferred = Self.hiddenSomewhere(tables.values)
        var gaps: [Gap] = []
        var decided: [Decided] = []
        var series = ""
        var last: [PublishedPeriod] = []
        let sorted = tables.values.sorted { $0.name.order < $1.name.order }
        for (var table, later) in zip(sorted, Self.laterPeriods(sorted)) {
            if table.name.series != series { (series, last) = (table.name.series, []) }
            table.follow(last, before: later)
            let outcome = decide(table, preferred[series, default: []])
            gaps += outcome.gaps
            if let new = outcome.decided { decided.append(new) }
            last = (outcome.decided?.published ?? table).known(before: last)
        }
        try Self.store(decided, edition, threshold: plan.threshold, run)
        return gaps
    }

    /// For each table, the published periods after it in its series, as the last edition has them.
    private static func laterPeriods(_ sorted: [SettledFigures]) -> [[PublishedPeriod]] {
        var found: [[PublishedPeriod]] = []
        var (series, next): (String, [PublishedPeriod]) = ("", [])
        for table in sorted.reversed() {
            if table.name.series != series { (series, next) = (table.name.series, []) }
            found.append(next)
            next = table.known(before: next)
        }
        return found.reversed()
    }

    /// The territories that are hidden in some period, by series.
    private static func hiddenSomewhere(
        _ tables: some Sequence<SettledFigures>
    ) -> [String: Set<String>] {
        var hidden: [String: Set<String>] = [:]
        for table in tables {
            for (territory, cell) in table.published ?? [:] where cell.showing.isHidden {
                hidden[table.name.series, default: []].insert(territory)
            }
        }
        return hidden
    }

    /// Decides one table.
    /// - Parameter preferred: territories that other periods of the series hide.
    /// - Returns: nil for `decided` if the table stays as it is stored.
    private func decide(
        _ table: SettledFigures, _ preferred: Set<String>
    ) -> (decided: Decided?, gaps: [Gap]) {
        let first = table.source.levels[0]
        func waiting(_ change: SettledChange) -> [Gap] {
            change.waiting > 0 ? [gap(table, .waiting, first, change.waiting)] : []
        }
        if let units = keptByForgotten(table) {
            return (kept(table), units > 0 ? [gap(table, .forgotten, first, units)] : [])
        }
        let change = change(of: table)
        if !isNews(change, table) {
            let cut = table.source.levels.first { $0 > table.level }.map { gap(table, .totals, $0) }
            return (nil, waiting(change) + (cut.map { [$0] } ?? []))
        }
        let attempt = attempt(table, change, preferred)
        if !attempt.isWhole, let held = holding(back: change, table) {
            guard isNews(held, table) else { return (nil, waiting(held)) }
            if case .published(let decided, nil) = self.attempt(table, held, preferred) {
                return (decided, waiting(held))
            }
        }
        switch attempt {
        case .published(let decided, let cut):
            if decided.level < Int(table.level) {
                // Sums of parts that are left out now are compared themselves.
                var shallower = table
                shallower.level = Int32(decided.level)
                let outcome = decide(shallower, preferred)
                guard outcome.decided == nil else { return outcome }
                return (nil, outcome.gaps.filter { $0.why != .totals })
            }
            return (decided, waiting(change) + (cut.map { [$0] } ?? []))
        case .tooSmall: return (kept(table), waiting(change) + [gap(table, .totals, first)])
        case .signed:
            return (
                kept(table),
                change.waiting > 0 ? waiting(change) : [gap(table, .signed, first)]
            )
        }
    }

    private func gap(
        _ table: SettledFigures, _ why: Gap.Why, _ level: Int, _ units: Int = 0
    ) -> Gap {
        Gap(name: table.name, level: level, why: why, units: units)
    }

    // MARK: Changes

    private func change(of table: SettledFigures, holdsBack: Bool = false) -> SettledChange {
        SettledChange(
            of: table, threshold: plan.threshold, revises: revises, holdsBack: holdsBack)
    }

    /// Makes the change again, but territories that are of few families, were hidden, or were published by a forgotten edition
    /// keep their published values. This is for tables with too few neighbours to hide their change.
    /// - Returns: nil if that makes no difference.
    private func holding(back change: SettledChange, _ table: SettledFigures) -> SettledChange? {
        guard table.published != nil else { return nil }
        let held = self.change(of: table, holdsBack: true)
        return held.values == change.values ? nil : held
    }

    /// Whether values, levels or the threshold differ from those that the stored table was published with.
    private func isNews(_ change: SettledChange, _ table: SettledFigures) -> Bool {
        guard !table.isNew, let published = table.published, table.level > 0 else { return true }
        // A level that is not published yet is tried if nothing waits. Beside waiting figures it would reveal them.
        if change.waiting == 0, table.source.levels.contains(where: { $0 > table.level }) {
            return true
        }
        if let threshold = table.threshold, threshold != plan.threshold { return true }
        let next = change.values.filter { table.publishes($0.key) && $0.value != .init() }
        return next != published.filter { table.publishes($0.key) }.mapValues(\.values)
    }

    // MARK: Levels

    private func attempt(
        _ table: SettledFigures, _ change: SettledChange, _ preferred: Set<String>
    ) -> GuardedLevels.Attempt {
        GuardedLevels(
            table: table, change: change, preferred: preferred, threshold: plan.threshold,
            revises: revises
        ).attempt()
    }

    /// Leaves a table that cannot be published anew as it was. A new table is stored without any level.
    private func kept(_ table: SettledFigures) -> Decided? {
        table.isNew ? Decided(table: table, level: 0, cells: []) : nil
    }
}

extension EditionGuard.Decided {
    /// The table as it is published from this edition on.
    fileprivate var published: SettledFigures {
        var published = table
        (published.isNew, published.level) = (false, Int32(level))
        published.published = Dictionary(
            cells.map { cell in
                let count = table.source.count(cell.values)
                return (
                    cell.territory,
                    SettledFigures.Published(
                        values: cell.values, showing: cell.showing,
                        told: cell.showing.isHidden ? cell.told : count...count)
                )
            }, uniquingKeysWith: { first, _ in first })
        return published
    }
}
