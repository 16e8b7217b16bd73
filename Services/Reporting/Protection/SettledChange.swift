import Disclosure
import Messages

/// The values that a table publishes next. Where few families have changed, it repeats the published values.
///
/// Below the district no figure changes by few families: neither from one edition to the next nor, for a stock, from one
/// period to the next. The difference would reveal them. A territory is the sum of its published parts and of its own
/// records (those booked on the territory itself), so parts and wholes add up whatever waits. The parts and the own records
/// obey the rule. So their sum reveals no more than they do, and may change by any number. Where parts are not known, the
/// territory itself obeys.
struct SettledChange {
    typealias Values = SettledFigures.Values

    /// The next values, by territory.
    private(set) var values: [String: Values]
    /// The number of territories whose own records do not stand at their current values yet.
    private(set) var waiting = 0
    /// Territories whose difference from the published values would reveal few families.
    private(set) var wouldTell: Set<String> = []

    /// Hardly any family has more persons.
    private static let personsOfAFamily: UInt64 = 5

    private let table: SettledFigures
    private let threshold: Int64
    private let revises: Bool
    private let holdsBack: Bool
    /// Code lengths of the district and of the published levels.
    private let levels: [Int]
    /// Code lengths that can be published next. If something waits, no level is added, because its parts would not add up to
    /// the waiting figure.
    private(set) var reach: [Int]
    /// The parts of each territory at the next published level.
    private var parts: [String: [String]] = [:]
    private let published: PublishedPeriod

    /// - Parameter revises: whether to make changes of few families too. They are listed in `wouldTell`.
    /// - Parameter holdsBack: whether a territory keeps its published values, however much they change, if it is of few
    ///   families, is hidden, or was published by a forgotten edition. This is for tables with too few neighbours to hide it.
    init(of table: SettledFigures, threshold: Int64, revises: Bool, holdsBack: Bool = false) {
        (self.table, self.threshold) = (table, threshold)
        (self.revises, self.holdsBack) = (revises, holdsBack)
        values = table.now
        levels = [6] + table.source.levels.filter { $0 <= table.level }
        reach = [6] + table.source.levels
        published = PublishedPeriod(level: Int(table.level), cells: table.published ?? [:])
        compareDeeper()
        guard table.published != nil, table.level > 0 else { return }
        var known = Set(table.now.keys)
        for period in [published] + table.beside { known.formUnion(period.cells.keys) }
        for territory in known.sorted() {
            guard let place = levels.firstIndex(of: territory.utf8.count), place > 0 else {
                continue
            }
            parts[String(territory.prefix(levels[place - 1])), default: []].append(territory)
        }
        let districts = parts.keys.filter { $0.utf8.count == 6 }
        for territory in districts { settle(territory) }
        for territory in districts { countWaiting(territory) }
        waiting += nearOwn()
        if waiting > 0 { reach = levels }
    }

    /// Levels that this table does not publish yet, or no more, show current values. Readers compare them with those that
    /// they know.
    private mutating func compareDeeper() {
        for (territory, now) in table.now where territory.utf8.count > max(6, table.level) {
            let isFew = ([published] + table.beside).contains { period in
                period.knows(territory) && isOfFew(period.value(of: territory, [:]), now)
            }
            if isFew { wouldTell.insert(territory) }
        }
    }

    /// The number of territories whose own records a further level would show, near those of the period before or after by
    /// few families.
    private func nearOwn() -> Int {
        zip(reach, reach.dropFirst()).reduce(0) { sum, level in
            guard level.0 > 6, level.1 > table.level else { return sum }
            let now = PublishedPeriod.own(of: table.now, at: level.0, within: level.1)
            let near = table.beside.reduce(into: Set<String>()) { near, period in
                for (territory, own) in period.own(at: level.0, within: level.1)
                where isOfFew(own, now[territory] ?? Values()) { near.insert(territory) }
            }
            return sum + near.count
        }
    }

    // MARK: One territory

    /// Decides the values of a territory and of all parts within it.
    private mutating func settle(_ territory: String) {
        let within = parts[territory] ?? []
        for part in within { settle(part) }
        let own = own(of: territory, within)
        var value = own.next
        for part in within { value.add(values[part] ?? Values()) }
        values[territory] = value
        guard territory.utf8.count > 6 else { return }
        let (before, now) = (before(territory), table.now[territory] ?? Values())
        value.contributors = contributors(of: value, before, now)
        value.ownContributors = ownContributors(of: value, within, own.next, before, now)
        values[territory] = value
        // Of periods that do not know the parts, readers compare the sum.
        let isNear = !within.isEmpty && isNearUndivided(territory, within, value, before)
        if revises {
            let tells =
                isOfFew(own.old, own.next)
                || within.contains(where: wouldTell.contains) && isOfFew(before, value)
            if tells || isNear { wouldTell.insert(territory) }
        } else if isNear {
            stay(territory)
            values[territory] = before
        }
    }

    /// The families of a territory's next values. They are known if the values are published or current.
    private func contributors(of value: Values, _ before: Values, _ now: Values) -> Int64? {
        let stays = value.isSame(as: before)
        if stays, let known = before.contributors { return known }
        if value.isSame(as: now) { return now.contributors }
        if stays { return nil }
        let count = max(0, table.source.count(value))
        return table.source.isStock ? count : min(now.contributors ?? count, count)
    }

    /// The families in the next values of a territory's own records. Of a stock each household is one.
    private func ownContributors(
        of value: Values, _ within: [String], _ own: Values, _ before: Values, _ now: Values
    ) -> Int64? {
        guard !table.source.isStock, !value.isSame(as: Values()) else { return nil }
        guard within.isEmpty else { return own.contributors }
        return value.isSame(as: now) ? now.ownContributors : before.ownContributors
    }

    /// A territory's own records: those booked on the territory itself and on none of its parts. Without parts, all records
    /// are its own.
    /// - Returns: their published values, and the next ones.
    private func own(of territory: String, _ within: [String]) -> (old: Values, next: Values) {
        let now = table.now[territory] ?? Values()
        let current = rest(of: now, within) { table.now[$0] ?? Values() }
        guard territory.utf8.count > 6, published.divides(territory, within) else {
            // A hidden territory whose published values are not known stays hidden, and does not become zero.
            let isGone = within.isEmpty && now == Values() && published.isUnknown(territory)
            let next = isGone ? before(territory) : current
            return (next, next)
        }
        let old = rest(of: before(territory), within, before)
        let others = table.beside.filter { $0.divides(territory, within) }.map { period in
            rest(of: period.value(of: territory, parts), within) { period.value(of: $0, parts) }
        }
        if others.isEmpty, old.contributors != nil, current.isSame(as: old) { return (old, old) }
        // A stock that came near the period before or after by few families repeats that period.
        let wanted = [current] + others.filter { isOfFew($0, current) }
        let isDue = revises || !isOfFew(old, current)
        let next = wanted.first { next in
            isDue && (revises || !isOfFew(old, next)) && !others.contains { isOfFew($0, next) }
        }
        if within.isEmpty, holdsBack, isHeld(territory, next ?? old) { return (old, old) }
        return (old, next ?? old)
    }

    /// Whether a sum would differ by few families from a period that does not know all its parts.
    private func isNearUndivided(
        _ territory: String, _ within: [String], _ value: Values, _ before: Values
    ) -> Bool {
        guard !value.isSame(as: before) else { return false }
        let said = published.knows(territory) && !published.divides(territory, within)
        if said, isOfFew(before, value) { return true }
        return table.beside.contains { period in
            period.knows(territory) && !period.divides(territory, within)
                && isOfFew(period.value(of: territory, parts), value)
        }
    }

    /// The values of a whole minus those of its parts.
    private func rest(
        of whole: Values, _ within: [String], _ value: (String) -> Values
    ) -> Values {
        var rest = within.reduce(into: whole) { $0.subtract(value($1)) }
        if !within.isEmpty, let own = whole.ownContributors { rest.contributors = own }
        return rest
    }

    /// Resets all parts within a territory to their published values.
    private mutating func stay(_ territory: String) {
        for part in parts[territory] ?? [] {
            stay(part)
            values[part] = before(part)
        }
    }

    private mutating func countWaiting(_ territory: String) {
        let within = parts[territory] ?? []
        for part in within { countWaiting(part) }
        guard territory.utf8.count > 6 else { return }
        let own = rest(of: values[territory] ?? Values(), within) { values[$0] ?? Values() }
        let current = rest(of: table.now[territory] ?? Values(), within) {
            table.now[$0] ?? Values()
        }
        if !table.source.isSame(own, current) { waiting += 1 }
    }

    // MARK: Published values

    /// The published values; the current ones if a forgotten edition hid them.
    private func before(_ territory: String) -> Values {
        let value = published.value(of: territory, parts)
        return published.isUnknown(territory) ? table.now[territory] ?? value : value
    }

    /// Whether a published territory is of few families, hidden, or from a forgotten edition.
    private func isHeld(_ territory: String, _ next: Values) -> Bool {
        guard let old = table.published?[territory] else { return false }
        let count = table.source.count(next)
        return (1..<threshold).contains(min(count, next.contributors ?? count)) || old.isRecalled
            || old.showing.isHidden
    }

    /// Whether a change is of fewer families than the threshold.
    private func isOfFew(_ before: Values, _ now: Values) -> Bool {
        guard threshold > 1, !table.source.isSame(before, now) else { return false }
        guard let old = before.contributors, let new = now.contributors else { return true }
        let count = table.source.count(now).adding(-table.source.count(before))
        guard table.source.isStock else {
            return min(count.magnitude, (new - old).magnitude) < threshold.magnitude
        }
        if count == 0, table.source.tellsAmount {
            // Families stay while persons join and leave them. A change of many persons is of many families.
            let persons = now.amount.adding(-max(before.amount, -.max))
            return persons.magnitude < threshold.magnitude * Self.personsOfAFamily
        }
        return count.magnitude < threshold.magnitude
    }
}
