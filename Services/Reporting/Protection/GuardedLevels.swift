import Disclosure

/// Finds the levels of a table that can be published, and protects their counts.
struct GuardedLevels {
    let table: SettledFigures
    let change: SettledChange
    /// Territories that other periods of the series hide.
    let preferred: Set<String>
    let threshold: Int64
    /// Whether the edition publishes corrections of few families too.
    let revises: Bool

    enum Attempt {
        /// - Parameter cut: the first level that is left out; nil if all are published.
        case published(EditionGuard.Decided, cut: EditionGuard.Gap?)
        /// Not even the subdistricts can be protected.
        case tooSmall
        /// A count is below zero, or a published level has persons and no family.
        case signed

        var isWhole: Bool {
            if case .published(_, nil) = self { true } else { false }
        }
    }

    /// Publishes as many levels, from the top, as can be protected.
    func attempt() -> Attempt {
        let levels = change.reach
        guard let guarded = guarded() else { return .signed }
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
        let isCut = territories.count < guarded.territories.count
        // A level without any unit is all zero, and may be published.
        let level = isCut ? levels[depth] : levels[levels.count - 1]
        let cells = zip(candidate.units, territories).compactMap { unit, territory in
            unit.depth == 0 ? nil : cell(of: unit, territory)
        }
        let why = guarded.end == nil ? EditionGuard.Gap.Why.totals : .signed
        return .published(
            EditionGuard.Decided(
                table: table, level: level, cells: cells + remembered(below: level)),
            cut: isCut
                ? EditionGuard.Gap(name: table.name, level: levels[depth + 1], why: why, units: 0)
                : nil)
    }

    private func cell(
        of unit: GuardedTable.Unit, _ territory: String
    ) -> EditionGuard.Decided.Cell {
        EditionGuard.Decided.Cell(
            territory: territory, values: change.values[territory] ?? .init(),
            showing: unit.showing, told: unit.showing.isHidden ? unit.told : nil)
    }

    /// Keeps published cells of levels that are left out now. A new table has those of another period.
    private func remembered(below level: Int) -> [EditionGuard.Decided.Cell] {
        guard !table.isNew else { return [] }
        return (table.published ?? [:]).filter { $0.key.utf8.count > level }.map {
            territory, cell in
            EditionGuard.Decided.Cell(
                territory: territory, values: cell.values, showing: cell.showing,
                told: cell.showing.isHidden ? cell.told : nil)
        }
    }

    // MARK: The guarded table

    /// Makes the table of counts.
    /// - Returns: nil if nothing may be published: a count is below zero, a level that must be published has persons and no
    ///   family, or a part has no whole. Levels from `end` on must not be published, because they have persons and no family;
    ///   nil if there are none.
    private func guarded() -> (table: GuardedTable, territories: [String], end: Int?)? {
        let levels = change.reach
        let counted = change.values.filter {
            levels.contains($0.key.utf8.count) && $0.value != .init()
        }
        let uncounted = counted.filter { table.source.count($0.value) == 0 }
        let end = uncounted.keys.map(\.utf8.count).min()
        guard counted.values.allSatisfy({ table.source.count($0) >= 0 }),
            end.map({ $0 > levels[1] && $0 > (table.isNew ? 0 : Int(table.level)) }) ?? true
        else { return nil }
        let within = sumsOfParts(counted)
        let earlier = EarlierEditions(of: table, threshold: threshold)
        var guarded = GuardedTable(threshold: threshold)
        var places: [String: Int] = [:]
        var territories: [String] = []
        // Wider territories come first: a code sorts before those that begin with it.
        for territory in counted.keys.sorted() {
            guard let value = counted[territory] else { continue }
            let whole = whole(of: territory)
            let parent = whole.flatMap { places[$0] }
            // The part has waited, and its whole has not.
            if whole != nil, parent == nil { return nil }
            let own = max(0, table.source.count(value) - within[territory, default: 0])
            let count = max(1, table.source.count(value))
            let wouldTell = change.wouldTell.contains(territory)
            places[territory] = guarded.add(
                parent: parent, count: count, contributors: value.contributors ?? count, own: own,
                ownWasTold: earlier.toldOwn(of: territory, now: own),
                told: earlier.told(of: territory, now: count, mayDiffer: revises || wouldTell),
                wasHidden: wasHidden(territory, value),
                wouldTellChange: wouldTell,
                isPreferred: preferred.contains(territory))
            territories.append(territory)
        }
        return (guarded, territories, end)
    }

    /// The territory around another one at the next wider level; nil for the district.
    private func whole(of territory: String) -> String? {
        change.reach.last { $0 < territory.utf8.count }.map { String(territory.prefix($0)) }
    }

    /// The sum of the counts of each territory's parts.
    private func sumsOfParts(_ counted: [String: SettledFigures.Values]) -> [String: Int64] {
        var sums: [String: Int64] = [:]
        for (territory, value) in counted {
            guard let whole = whole(of: territory) else { continue }
            sums[whole, default: 0] += table.source.count(value)
        }
        return sums
    }

    /// Whether the published values of a territory are hidden. A new table of a stock has those of the period before. A value
    /// that differs from them reveals nothing of them.
    private func wasHidden(_ territory: String, _ value: SettledFigures.Values) -> Bool {
        guard let old = table.published?[territory], old.showing.isHidden else { return false }
        return !table.isNew || old.values == value
    }
}
