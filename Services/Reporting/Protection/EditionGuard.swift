import Disclosure
import Messages
import Postgres
import ServiceKit

/// Decides what of families' figures below the district an edition publishes: of settled periods, what `GuardedTable` shows.
///
/// What is published stays as it is until it changes by many families (`SettledChange`), or until an edition was asked for that
/// publishes changes of few: each of them, shown, would tell of them. What a forgotten edition has published
/// (`ForgottenEditions`) stays until the figures are the same again, because nobody knows of how many families a change would be.
struct EditionGuard {
    let plan: Plan
    let today: BusinessDate
    /// Whether corrections of few families are published too.
    let revises: Bool
    /// Nothing changes of periods that were over on this day, because nobody knows what was published of them; nil if that is
    /// known of all.
    let lostUntil: BusinessDate?

    /// What is left out of the plan.
    struct Gap {
        let name: SettledFigures.Name
        let level: Int
        let why: Why
        let units: Int

        enum Why: String, PostgresValue { case families, totals, signed, waiting, forgotten }
    }

    /// A table as an edition publishes it anew.
    struct Decided {
        let table: SettledFigures
        /// The length of the deepest codes that are published.
        let level: Int
        /// Those of deeper codes that were published before are kept for what they have told.
        let cells: [Cell]

        struct Cell {
            let territory: String
            let values: SettledFigures.Values
            let showing: GuardedTable.Showing
            /// What earlier editions tell of the count; nil if it is shown.
            let told: ClosedRange<Int64>?
        }
    }

    private enum Attempt {
        case published(Decided, cut: Gap?)
        /// Not even the subdistricts can be protected.
        case tooSmall
        case signed

        var isWhole: Bool {
            if case .published(_, nil) = self { true } else { false }
        }
    }

    /// Writes tables of periods that have settled since the last edition, and those that have changed.
    /// - Returns: what is left out.
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
        var last: (level: Int32, cells: [String: SettledFigures.Published])?
        for var table in tables.values.sorted(by: { $0.name.order < $1.name.order }) {
            if table.name.series != series { (series, last) = (table.name.series, nil) }
            table.follow(last)
            let outcome = decide(table, preferred[series, default: []])
            gaps += outcome.gaps
            if let new = outcome.decided {
                decided.append(new)
                last = (Int32(new.level), new.published)
            } else if !table.isNew {
                last = (table.level, table.published ?? [:])
            }
        }
        try Self.store(decided, edition, threshold: plan.threshold, run)
        return gaps
    }

    /// Territories that some period of a source and programme hides.
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

    // MARK: What has changed

    private func change(of table: SettledFigures, holdsBack: Bool = false) -> SettledChange {
        SettledChange(
            of: table, threshold: plan.threshold, revises: revises, holdsBack: holdsBack)
    }

    /// The same, but what is of few families, was hidden, or was published by a forgotten edition stays as it was published, for
    /// want of neighbours that nobody knows.
    /// - Returns: nil if nothing of that kind has changed.
    private func holding(back change: SettledChange, _ table: SettledFigures) -> SettledChange? {
        guard table.published != nil else { return nil }
        let held = self.change(of: table, holdsBack: true)
        return held.values == change.values ? nil : held
    }

    /// Whether anything differs from what is published, or from how it was decided.
    private func isNews(_ change: SettledChange, _ table: SettledFigures) -> Bool {
        guard !table.isNew, let published = table.published, table.level > 0 else { return true }
        // A level that the plan has got since is tried where nothing waits: beside what does, it would tell of it.
        if change.waiting == 0, table.source.levels.contains(where: { $0 > table.level }) {
            return true
        }
        if let threshold = table.threshold, threshold != plan.threshold { return true }
        let next = change.values.filter { table.publishes($0.key) && $0.value != .init() }
        return next != published.filter { table.publishes($0.key) }.mapValues(\.values)
    }

    // MARK: What can be published

    /// Publishes as many levels, from the top, as can be protected.
    private func attempt(
        _ table: SettledFigures, _ change: SettledChange, _ preferred: Set<String>
    ) -> Attempt {
        let levels = change.reach
        guard let guarded = guarded(table, change, preferred) else { return .signed }
        var (candidate, territories) = (guarded.table, guarded.territories)
        func cutDeepest() -> Bool {
            guard let smaller = candidate.withoutDeepest() else { return false }
            territories = smaller.kept.map { territories[$0] }
            candidate = smaller.table
            return true
        }
        while let level = guarded.end, levels[candidate.units.map(\.depth).max() ?? 0] >= level {
            guard cutDeepest() else { break }
        }
        while !(candidate.protect() && candidate.findings().isEmpty) {
            guard cutDeepest() else { return .tooSmall }
        }
        let depth = candidate.units.map(\.depth).max() ?? 0
        // A level without anything in it is all zero, and that may be said.
        let isCut = territories.count < guarded.territories.count
        let level = isCut ? levels[depth] : levels[levels.count - 1]
        let cells = zip(candidate.units, territories).compactMap { unit, territory in
            unit.depth == 0
                ? nil
                : Decided.Cell(
                    territory: territory, values: change.values[territory] ?? .init(),
                    showing: unit.showing, told: unit.showing.isHidden ? unit.told : nil)
        }
        let why = guarded.end == nil ? Gap.Why.totals : .signed
        return .published(
            Decided(table: table, level: level, cells: cells + remembered(table, below: level)),
            cut: isCut ? gap(table, why, levels[depth + 1]) : nil)
    }

    /// What was published of levels that are left out now.
    private func remembered(_ table: SettledFigures, below level: Int) -> [Decided.Cell] {
        (table.published ?? [:]).filter { $0.key.utf8.count > level }.map { territory, cell in
            Decided.Cell(
                territory: territory, values: cell.values, showing: cell.showing,
                told: cell.showing.isHidden ? cell.told : nil)
        }
    }

    /// What cannot be published anew stays as it was; what never was is not published.
    private func kept(_ table: SettledFigures) -> Decided? {
        table.isNew ? Decided(table: table, level: 0, cells: []) : nil
    }

    /// - Returns: nil if nothing can be said: something is below zero, or has persons and no family at a level that is
    ///   published. Levels from `end` on, which are not, are not to be published.
    private func guarded(
        _ table: SettledFigures, _ change: SettledChange, _ preferred: Set<String>
    ) -> (table: GuardedTable, territories: [String], end: Int?)? {
        let levels = change.reach
        let counted = change.values.filter {
            levels.contains($0.key.utf8.count) && $0.value != .init()
        }
        let uncounted = counted.filter { table.source.count($0.value) == 0 }
        let end = uncounted.keys.map(\.utf8.count).min()
        guard counted.values.allSatisfy({ table.source.count($0) >= 0 }),
            end.map({ $0 > levels[1] && $0 > Int(table.level) }) ?? true
        else { return nil }
        var guarded = GuardedTable(threshold: plan.threshold)
        var places: [String: Int] = [:]
        var territories: [String] = []
        func around(_ territory: String) -> String? {
            levels.last { $0 < territory.utf8.count }.map { String(territory.prefix($0)) }
        }
        var within: [String: Int64] = [:]
        for (territory, value) in counted {
            if let parent = around(territory) {
                within[parent, default: 0] += table.source.count(value)
            }
        }
        let earlier = EarlierEditions(of: table, threshold: plan.threshold)
        // Wider territories come first: a code sorts before those that begin with it.
        for territory in counted.keys.sorted() {
            guard let value = counted[territory] else { continue }
            let parent = around(territory).flatMap { places[$0] }
            // A part without its whole: it has waited, and its whole has not.
            if around(territory) != nil, parent == nil { return nil }
            let own = max(0, table.source.count(value) - within[territory, default: 0])
            let count = max(1, table.source.count(value))
            let wouldTell = change.wouldTell.contains(territory)
            places[territory] = guarded.add(
                parent: parent, count: count, contributors: value.contributors ?? count, own: own,
                ownWasTold: earlier.toldOwn(of: territory, now: own),
                told: earlier.told(of: territory, now: count, mayDiffer: revises || wouldTell),
                wasHidden: wasHidden(territory, value, table),
                wouldTellChange: wouldTell,
                isPreferred: preferred.contains(territory))
            territories.append(territory)
        }
        return (guarded, territories, end)
    }

    /// A stock that is another one than in the period before tells nothing of that.
    private func wasHidden(
        _ territory: String, _ value: SettledFigures.Values, _ table: SettledFigures
    ) -> Bool {
        guard let old = table.published?[territory], old.showing.isHidden else { return false }
        return !table.isNew || old.values == value
    }
}

extension EditionGuard.Decided {
    /// What is published from now on.
    fileprivate var published: [String: SettledFigures.Published] {
        Dictionary(
            cells.map { cell in
                let count = table.source.count(cell.values)
                return (
                    cell.territory,
                    SettledFigures.Published(
                        values: cell.values, showing: cell.showing,
                        told: cell.showing.isHidden ? cell.told : count...count)
                )
            }, uniquingKeysWith: { first, _ in first })
    }
}
