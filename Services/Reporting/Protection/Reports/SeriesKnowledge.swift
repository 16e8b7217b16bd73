import Disclosure
import Messages

/// An intruder's knowledge of the counts of one source and programme of a district from all editions that are kept.
///
/// A row that stands in several editions is one figure. Of each edition in which something changed come the sums that it
/// is part of: territories, periods, and of stocks the last period within. `Knowledge` lists what else he knows.
struct SeriesKnowledge {
    /// A count as it was published from one edition on.
    private struct Figure {
        let version: PublishedSeries.Version
        let value: Int64
        /// In the knowledge.
        let place: Int
        /// How far apart its bounds were from the beginning: earlier editions may have told them.
        var room = Int64.max

        var isHidden: Bool { version.isHidden }
    }

    private let name: PublishedSeries.Name
    private let isStock: Bool
    private let tree: SeriesTree
    private let threshold: Int64
    private var knowledge = Knowledge()
    private var figures: [Figure] = []
    /// Counts booked on a territory itself, where they are the rest of a published total.
    private var remainders: [Figure] = []
    /// Shown figures that differ from shown ones of before by few families.
    private var moves: [FamilyMoves.Move] = []
    private(set) var sums = 0
    /// The figures that stand in the edition that is looked at.
    private var current: [PublishedCell: Int] = [:]
    /// The versions that stand in the shortest periods below the district.
    private var standing: FamilyMoves.Versions = [:]
    /// Cells whose earlier figures are not kept.
    private var forgotten: Set<PublishedCell> = []
    /// The last period below the district within each longer one.
    private var last: [PublishedCell: BusinessDate] = [:]

    init(_ series: PublishedSeries, threshold: Int64) {
        (name, isStock, self.threshold) = (series.name, series.isStock, threshold)
        let tree = SeriesTree(series)
        self.tree = tree
        let versions = series.versions.filter { tree.spans.contains($0.cell.span) }
        var seen: Set<PublishedCell> = []
        for version in versions where seen.insert(version.cell).inserted && version.isReplacing {
            forgotten.insert(version.cell)
        }
        // Figures from before there were editions belong to the first one.
        let first = versions.first { $0.edition > 0 }?.edition ?? 0
        var start = versions.startIndex
        while start < versions.endIndex {
            let edition = max(first, versions[start].edition)
            let end = versions[start...].firstIndex { $0.edition > edition } ?? versions.endIndex
            take(versions[start..<end])
            start = end
        }
        knowledge.infer()
    }

    // MARK: Editions

    /// Takes in what is new in an edition.
    private mutating func take(_ versions: ArraySlice<PublishedSeries.Version>) {
        var newest: [PublishedCell: PublishedSeries.Version] = [:]
        for version in versions { newest[version.cell] = version }
        var affected: Set<SeriesTree.Sum> = []
        findMoves(newest)
        for (cell, version) in newest where put(version) {
            affected.formUnion(tree.wholes(of: cell))
            affected.formUnion([false, true].map { .init(total: cell, isOfPeriods: $0) })
        }
        for sum in affected { add(sum) }
    }

    private mutating func findMoves(_ newest: FamilyMoves.Versions) {
        let changed = newest.filter { $0.key.isBelowDistrict && $0.key.span == tree.spans.first }
        let old = standing
        for (cell, version) in changed {
            standing[cell] = version.value == nil && !version.isHidden ? nil : version
        }
        let compared = FamilyMoves(tree, isStock: isStock, threshold: threshold)
        moves += compared.moves(in: Set(changed.keys), from: old, to: standing)
    }

    /// - Returns: whether the cell has another figure than before.
    private mutating func put(_ version: PublishedSeries.Version) -> Bool {
        let cell = version.cell
        forgotten.remove(cell)
        let before = current[cell].map { figures[$0] }
        guard let value = version.bounded else {
            current[cell] = nil
            // Hidden, and not known because a forgotten edition has hidden it.
            if version.isHidden { forgotten.insert(cell) }
            return before != nil
        }
        // Something else of the cell may have changed: he takes it that this has not. Longer periods have other
        // parts. But what was shown and is hidden now may have changed by few families.
        let isOfOne = cell.span == tree.spans.first
        let same = isOfOne && before?.value == value ? before : nil
        if let same, same.isHidden == version.isHidden { return false }
        let told = isOfOne ? before.flatMap { bounds(of: value, after: $0) } : nil
        let place =
            version.isHidden
            ? knowledge.hidden(atLeast: told?.lowerBound ?? 1, atMost: told?.upperBound)
            : knowledge.known(value)
        if let same, same.isHidden { knowledge.total(place, of: [same.place]) }
        current[cell] = figures.count
        // That it still is what was shown, if it is, is nothing new.
        let room = same != nil ? 0 : told.map { $0.upperBound - $0.lowerBound } ?? .max
        figures.append(Figure(version: version, value: value, place: place, room: room))
        if cell.isBelowDistrict {
            for sum in tree.wholes(of: cell) where sum.isOfPeriods {
                let period = sum.total.of("")
                last[period] = max(last[period] ?? cell.start, cell.start)
            }
        }
        return true
    }

    /// The bounds of a hidden figure that follow from the shown figure it replaced.
    private func bounds(of value: Int64, after before: Figure) -> ClosedRange<Int64>? {
        guard !before.isHidden else { return nil }
        let range =
            max(1, before.value.adding(1 - threshold))...max(1, before.value.adding(threshold - 1))
        return range.contains(value) ? range : nil
    }

    // MARK: Sums

    /// Adds what a sum tells in the edition that is looked at.
    private mutating func add(_ sum: SeriesTree.Sum) {
        let cells = tree.parts(of: sum)
        guard let total = current[sum.total].map({ figures[$0] }), !cells.isEmpty,
            forgotten.isEmpty || forgotten.isDisjoint(with: cells)
        else { return }
        let parts = cells.compactMap { current[$0] }.map { figures[$0] }
        guard !parts.isEmpty else { return }
        if !sum.isOfPeriods {
            addTerritories(total, parts, own: max(0, tree.booked(on: sum.total)))
        } else if isStock {
            // At the end of a period there is what there was at the end of the last one within.
            let start = last[sum.total.of("")]
            addPeriods(total, parts.filter { $0.version.cell.start == start })
        } else {
            addPeriods(total, parts)
        }
    }

    /// A territory is the sum of those within and of what is booked on itself.
    private mutating func addTerritories(_ total: Figure, _ parts: [Figure], own: Int64) {
        guard total.isHidden || own > 0 || parts.contains(where: \.isHidden) else { return }
        let expected = parts.reduce(own) { $0.adding($1.value) }
        let isExact = total.value == expected
        // The district has what waits below it; then he knows what the parts add up to.
        guard isExact || !total.isHidden else { return }
        var places = parts.map(\.place)
        if own > 0 {
            let place = knowledge.hidden(atLeast: 0)
            places.append(place)
            if isExact {
                remainders.append(Figure(version: total.version, value: own, place: place))
            }
        }
        knowledge.total(isExact ? total.place : knowledge.known(expected), of: places)
        sums += 1
    }

    private mutating func addPeriods(_ total: Figure, _ parts: [Figure]) {
        guard total.isHidden || parts.contains(where: \.isHidden),
            total.value == parts.reduce(0, { $0.adding($1.value) })
        else { return }
        knowledge.total(total.place, of: parts.map(\.place))
        sums += 1
    }
}

extension SeriesKnowledge {
    var published: Int { figures.count }
    var hidden: Int { figures.count(where: \.isHidden) }
    var small: Int { figures.count { $0.isHidden && isSmall($0) } }

    /// The figures that the intruder knows too closely: hidden ones exactly, or ones of few families within narrower bounds
    /// than `GuardedTable` wants.
    func exposed() -> [ExposedFigure] {
        let told = figures.filter(\.isHidden).compactMap { exposed($0, wanted(for: $0)) }
        let rests = remainders.filter { isFew($0.value) }.compactMap {
            exposed($0, threshold - 1, part: "booked on itself")
        }
        return (told + rests + moves.map(moved)).sorted {
            ($0.territory, $0.period, $0.edition) < ($1.territory, $1.period, $1.edition)
        }
    }

    private func exposed(
        _ figure: Figure, _ wanted: Int64, part: String = ""
    ) -> ExposedFigure? {
        let known = knowledge.figures[figure.place]
        guard known.high - known.low < wanted else { return nil }
        let cell = figure.version.cell
        return ExposedFigure(
            dataset: name.dataset, programme: name.programme, source: name.source,
            territory: cell.territory, period: cell.period, part: part,
            edition: figure.version.edition, low: known.low, high: known.high, wanted: wanted)
    }

    private func moved(_ move: FamilyMoves.Move) -> ExposedFigure {
        let cell = move.version.cell
        return ExposedFigure(
            dataset: name.dataset, programme: name.programme, source: name.source,
            territory: cell.territory, period: cell.period, part: "moved by few",
            edition: move.version.edition, low: move.families, high: move.families,
            wanted: threshold)
    }

    private func isFew(_ value: Int64) -> Bool { value > 0 && value < threshold }

    /// Whether the figure is of few families. The letter tells it of the shortest periods only; a longer period has the letter of any within.
    private func isSmall(_ figure: Figure) -> Bool {
        isFew(figure.value)
            || figure.version.letter == .small && figure.version.cell.span == tree.spans.first
    }

    /// How far apart the bounds must be.
    private func wanted(for figure: Figure) -> Int64 {
        if isFew(figure.value) { return min(threshold - 1, figure.room) }
        return min(isSmall(figure) ? figure.value : 1, figure.room)
    }
}
