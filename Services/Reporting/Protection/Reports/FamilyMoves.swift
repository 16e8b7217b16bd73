import Messages

/// Finds shown figures that differ by few families from others that readers know: from the edition before and, of a stock,
/// from the nearest periods before and after.
///
/// Where readers know the parts on both sides, they compare those, and the counts booked on the territory itself.
struct FamilyMoves {
    struct Move {
        let version: PublishedSeries.Version
        let families: Int64
    }

    typealias Versions = [PublishedCell: PublishedSeries.Version]

    /// As many as hardly any family exceeds.
    private static let personsOfAFamily: Int64 = 5

    private let tree: SeriesTree
    private let isStock: Bool
    private let threshold: Int64

    init(_ tree: SeriesTree, isStock: Bool, threshold: Int64) {
        (self.tree, self.isStock, self.threshold) = (tree, isStock, threshold)
    }

    /// - Parameter changed: the cells that have another figure than before.
    func moves(in changed: Set<PublishedCell>, from old: Versions, to new: Versions) -> [Move] {
        // Where a part moves, what is booked on the territory around it may have.
        let cells = changed.union(changed.flatMap(tree.wholes(of:)).map(\.total))
        let periods = isStock ? Set(new.keys.map(\.start)).sorted { $0.day < $1.day } : []
        return cells.compactMap { cell in
            guard let version = new[cell] else { return nil }
            let before = families(cell, new, from: cell, old)
            let beside = neighbours(of: cell, in: periods, new).filter { other in
                isNews([cell, other], from: old, to: new)
            }.map { families(cell, new, from: $0, new) }
            let told = ([before] + beside).compactMap(\.self).min()
            return told.map { Move(version: version, families: $0) }
        }
    }

    /// Whether readers learn something from how two periods differ. They do not if they cannot compare the parts and both
    /// figures stand as before, nor if one does whose parts have been left out: they know these parts.
    private func isNews(_ cells: [PublishedCell], from old: Versions, to new: Versions) -> Bool {
        let undivided = cells.filter { parts(of: $0, new).isEmpty }
        guard !undivided.isEmpty else { return true }
        func stands(_ cell: PublishedCell) -> Bool {
            guard let one = old[cell], let two = new[cell], !one.isHidden else { return false }
            return (one.value, one.persons) == (two.value, two.persons)
        }
        return !cells.allSatisfy(stands)
            && !undivided.contains { stands($0) && !parts(of: $0, old).isEmpty }
    }

    /// The nearest periods before and after in which the territory has a figure.
    private func neighbours(
        of cell: PublishedCell, in periods: [BusinessDate], _ versions: Versions
    ) -> [PublishedCell] {
        let others = periods.map {
            PublishedCell(territory: cell.territory, span: cell.span, start: $0)
        }.filter { versions[$0] != nil }
        return [
            others.last { $0.start.day < cell.start.day },
            others.first { $0.start.day > cell.start.day },
        ].compactMap(\.self)
    }

    /// By how many families two figures differ, if these are few and both are shown.
    private func families(
        _ cell: PublishedCell, _ versions: Versions, from other: PublishedCell, _ others: Versions
    ) -> Int64? {
        guard let one = versions[cell], let two = others[other] else { return nil }
        let (parts, otherParts) = (self.parts(of: cell, versions), self.parts(of: other, others))
        let isDivided = !parts.isEmpty && !otherParts.isEmpty
        let counted = isDivided ? parts + otherParts : []
        guard !([one, two] + counted).contains(where: \.isHidden) else { return nil }
        func difference(_ value: (PublishedSeries.Version) -> Int64?) -> Int64 {
            guard var rest = value(one), let whole = value(two) else { return 0 }
            rest -= whole
            guard isDivided else { return abs(rest) }
            for part in parts { rest -= value(part) ?? 0 }
            for part in otherParts { rest += value(part) ?? 0 }
            return abs(rest)
        }
        let families = difference(\.bounded)
        if families > 0 { return families < threshold ? families : nil }
        // Persons come and go in families that stay.
        let persons = difference(\.persons)
        return (1..<threshold * Self.personsOfAFamily).contains(persons) ? 0 : nil
    }

    private func parts(of cell: PublishedCell, _ versions: Versions) -> [PublishedSeries.Version] {
        tree.parts(of: .init(total: cell, isOfPeriods: false)).compactMap { versions[$0] }
    }
}

extension PublishedSeries.Version {
    /// No count is so large, and sums of many do not overflow.
    var bounded: Int64? {
        let bound: Int64 = (1 << 40) - 1
        return value.map { min(max($0, -bound), bound) }
    }
}
