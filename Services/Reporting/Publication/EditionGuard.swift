import Disclosure
import Messages
import Postgres

/// Decides what of families' figures below the district an edition publishes: of settled periods, what `GuardedTable` shows.
///
/// What is published stays as it is until it changes by many families, or until an edition was asked for that publishes
/// corrections of few: each change of few, shown, would tell of them. What a forgotten edition has published
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

        enum Why: String { case families, totals, signed, waiting, forgotten }
    }

    private struct Decided {
        let table: SettledFigures
        let level: Int
        let cells:
            [(territory: String, values: SettledFigures.Values, showing: GuardedTable.Showing)]
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
        for table in tables.values {
            let outcome = decide(table, preferred[table.name.series, default: []])
            gaps += outcome.gaps
            if let new = outcome.decided { decided.append(new) }
        }
        try Self.store(decided, edition, run)
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
        func gap(_ why: Gap.Why, _ level: Int, _ units: Int = 0) -> Gap {
            Gap(name: table.name, level: level, why: why, units: units)
        }
        let levels = [6] + table.source.levels
        if let units = keptByForgotten(table) {
            return (kept(table, 0), units > 0 ? [gap(.forgotten, levels[1], units)] : [])
        }
        let (values, waiting, wouldTell) = changes(table)
        // A level that is not published yet has nothing to wait for.
        if let published = table.published, table.level > 0 {
            let next = values.filter { table.tells($0.key) && $0.value != .init() }
            // A level that the plan has got since is tried where nothing waits: beside what does, it would tell of it.
            let isWider = waiting == 0 && levels.contains { $0 > table.level }
            if next == published.mapValues(\.values), !isWider {
                let cut = levels.first { $0 > table.level }.map { gap(.totals, $0) }
                return (
                    nil,
                    (waiting > 0 ? [gap(.waiting, levels[1], waiting)] : [])
                        + (cut.map { [$0] } ?? [])
                )
            }
        }
        let gaps = waiting > 0 ? [gap(.waiting, levels[1], waiting)] : []
        guard let guarded = guarded(table, values, preferred, wouldTell) else {
            return (kept(table, 0), gaps.isEmpty ? [gap(.signed, levels[1])] : gaps)
        }
        var (candidate, territories) = (guarded.table, guarded.territories)
        while let level = guarded.end, levels[candidate.units.map(\.depth).max() ?? 0] >= level {
            guard let smaller = candidate.withoutDeepest() else { break }
            territories = smaller.kept.map { territories[$0] }
            candidate = smaller.table
        }
        while true {
            if candidate.protect(), candidate.findings().isEmpty {
                let depth = candidate.units.map(\.depth).max() ?? 0
                // A level without anything in it is all zero, and that may be said.
                let isCut = territories.count < guarded.territories.count
                let level = isCut ? levels[depth] : levels[levels.count - 1]
                let cells = candidate.units.indices.compactMap { place in
                    candidate.units[place].depth == 0
                        ? nil
                        : (
                            territories[place],
                            values[territories[place]] ?? SettledFigures.Values(),
                            candidate.units[place].showing
                        )
                }
                let why = guarded.end == nil ? Gap.Why.totals : .signed
                let cut = isCut ? [gap(why, levels[depth + 1])] : []
                return (Decided(table: table, level: level, cells: cells), gaps + cut)
            }
            guard let smaller = candidate.withoutDeepest() else { break }
            territories = smaller.kept.map { territories[$0] }
            candidate = smaller.table
        }
        return (kept(table, 0), gaps + [gap(.totals, levels[1])])
    }

    /// What cannot be published anew stays as it was; what never was is not published.
    private func kept(_ table: SettledFigures, _ level: Int) -> Decided? {
        table.published == nil ? Decided(table: table, level: level, cells: []) : nil
    }

    /// Figures as they may be published: what has changed by few families waits, or would tell.
    private func changes(
        _ table: SettledFigures
    ) -> (values: [String: SettledFigures.Values], waiting: Int, wouldTell: Set<String>) {
        var values = table.now
        var waiting = 0
        var wouldTell: Set<String> = []
        let published = table.published ?? [:]
        for territory in Set(values.keys).union(published.keys) where table.tells(territory) {
            let old = published[territory]
            let before = old?.values ?? SettledFigures.Values()
            let now = values[territory] ?? SettledFigures.Values()
            if let old, old.isRecalled, old.showing.isHidden {
                // Whatever it was, it stays hidden.
                if now == .init() { values[territory] = before }
            } else if isOfFew(before, now, table) {
                if revises {
                    wouldTell.insert(territory)
                } else {
                    values[territory] = before
                    waiting += table.source.isSame(before, now) ? 0 : 1
                }
            }
        }
        return (values, waiting, wouldTell)
    }

    /// Whether a change is one of few families.
    private func isOfFew(
        _ before: SettledFigures.Values, _ now: SettledFigures.Values, _ table: SettledFigures
    ) -> Bool {
        guard before != now else { return false }
        guard let old = before.contributors, let new = now.contributors else {
            return !table.source.isSame(before, now)
        }
        let count = table.source.count(now) - table.source.count(before)
        let contributors = new - old
        return min(count.magnitude, contributors.magnitude) < UInt64(plan.threshold)
    }

    /// - Returns: nil if nothing can be said: something is below zero, or has persons and no family at a level that is
    ///   published. Levels from `end` on, which are not, are not to be published.
    private func guarded(
        _ table: SettledFigures, _ values: [String: SettledFigures.Values],
        _ preferred: Set<String>, _ wouldTell: Set<String>
    ) -> (table: GuardedTable, territories: [String], end: Int?)? {
        let levels = [6] + table.source.levels
        let counted = values.filter { levels.contains($0.key.utf8.count) && $0.value != .init() }
        let uncounted = counted.filter { table.source.count($0.value) == 0 }
        let end = uncounted.keys.map(\.utf8.count).min()
        guard counted.values.allSatisfy({ table.source.count($0) >= 0 }),
            end.map({ $0 > levels[1] && $0 > Int(table.level) }) ?? true
        else { return nil }
        var guarded = GuardedTable(threshold: plan.threshold)
        var places: [String: Int] = [:]
        var territories: [String] = []
        var within: [String: Int64] = [:]
        func around(_ territory: String) -> String? {
            levels.last { $0 < territory.utf8.count }.map { String(territory.prefix($0)) }
        }
        for (territory, value) in table.now {
            if let parent = around(territory) {
                within[parent, default: 0] += table.source.count(value)
            }
        }
        // Wider territories come first: a code sorts before those that begin with it.
        for territory in counted.keys.sorted() {
            guard let value = counted[territory] else { continue }
            let parent = around(territory).flatMap { places[$0] }
            // A part without its whole: it has waited, and its whole has not.
            if around(territory) != nil, parent == nil { return nil }
            let live = table.source.count(table.now[territory] ?? .init())
            places[territory] = guarded.add(
                parent: parent, count: max(1, table.source.count(value)),
                contributors: value.contributors ?? table.source.count(value),
                own: max(0, live - within[territory, default: 0]),
                wasHidden: table.published?[territory]?.showing.isHidden ?? false,
                wouldTellChange: wouldTell.contains(territory),
                isPreferred: preferred.contains(territory))
            territories.append(territory)
        }
        return (guarded, territories, end)
    }
}

extension EditionGuard {
    /// Whether a table stays as it is because of what forgotten editions have published of it, or may have.
    /// - Returns: how many territories would be another figure, at least 1 if nothing is published; nil if it does not stay.
    private func keptByForgotten(_ table: SettledFigures) -> Int? {
        if let lostUntil, table.end <= lostUntil {
            guard let published = table.published, table.level > 0 else { return 1 }
            return Set(table.now.keys).union(published.keys).count {
                table.tells($0) && isUnlike($0, table)
            }
        }
        guard !revises, let published = table.published else { return nil }
        let unlike = published.count { $0.value.isRecalled && isUnlike($0.key, table) }
        return unlike > 0 ? unlike : nil
    }

    private func isUnlike(_ territory: String, _ table: SettledFigures) -> Bool {
        let old = table.published?[territory]
        let now = table.now[territory] ?? SettledFigures.Values()
        guard let old, old.showing.isHidden else {
            return !table.source.isSame(old?.values ?? SettledFigures.Values(), now)
        }
        return old.isRecalled && now == .init()
    }

    private static func store(
        _ decided: [Decided], _ edition: Int64, _ run: (Statement) throws -> Rows
    ) throws {
        guard !decided.isEmpty else { return }
        let names = decided.map(\.table.name)
        _ = try run(
            """
            DELETE FROM settled_table t
            USING unnest(\(names.map(\.district)), \(names.map(\.source)), \(names.map(\.programme)),
                         \(names.map(\.start))) AS d (district, source, programme, start)
            WHERE t.district = d.district AND t.source = d.source AND t.programme = d.programme
              AND t.start = d.start
            """)
        _ = try run(
            """
            INSERT INTO settled_table (district, source, programme, span, start, level, edition)
            SELECT district, source, programme, span::span, start, level, \(edition)
            FROM unnest(\(names.map(\.district)), \(names.map(\.source)), \(names.map(\.programme)),
                        \(decided.map(\.table.source.span)), \(names.map(\.start)),
                        \(decided.map { Int32($0.level) }))
                AS d (district, source, programme, span, start, level)
            """)
        let cells = decided.flatMap { table in table.cells.map { (table.table.name, $0) } }
        _ = try run(
            """
            INSERT INTO settled_cell
                (district, source, programme, start, territory, times, amount, contributors, showing,
                 is_recalled)
            SELECT * FROM unnest(
                \(cells.map(\.0.district)), \(cells.map(\.0.source)), \(cells.map(\.0.programme)),
                \(cells.map(\.0.start)), \(cells.map(\.1.territory)), \(cells.map(\.1.values.times)),
                \(cells.map(\.1.values.amount)), \(cells.map { $0.1.values.contributors ?? 0 }),
                \(cells.map(\.1.showing.rawValue)), \(cells.map { $0.1.values.contributors == nil }))
            """)
    }

    /// Notes what an edition leaves out.
    static func note(
        _ gaps: [Gap], of edition: Int64, _ run: (Statement) throws -> Rows
    ) throws {
        guard !gaps.isEmpty else { return }
        _ = try run(
            """
            INSERT INTO edition_gap (edition, district, source, programme, period, level, why, units)
            SELECT \(edition), g.district, g.source, g.programme,
                   coalesce((SELECT period_name(t.span, t.start) FROM settled_table t
                             WHERE t.district = g.district AND t.source = g.source
                               AND t.programme = g.programme AND t.start = g.start), 'all'),
                   g.level, g.why, g.units
            FROM unnest(\(gaps.map(\.name.district)), \(gaps.map(\.name.source)),
                        \(gaps.map(\.name.programme)), \(gaps.map(\.name.start)),
                        \(gaps.map { Int32($0.level) }), \(gaps.map(\.why.rawValue)),
                        \(gaps.map { Int64($0.units) }))
                AS g (district, source, programme, start, level, why, units)
            """)
        _ = try run("UPDATE edition SET gaps = \(Int64(gaps.count)) WHERE number = \(edition)")
    }
}
