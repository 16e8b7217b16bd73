import Disclosure
import Messages

/// The values that a table publishes next. Where few families have changed, it repeats the published values.
///
/// Below the district no figure changes by few families: neither from one edition to the next nor, for a stock, from one
/// period to the next. The difference would reveal them. A territory is the sum of its published parts and of its own
/// records (those booked on the territory itself), so parts and wholes add up whatever waits.
struct SettledChange {
    typealias Values = SettledFigures.Values

    /// The next values, by territory.
    private(set) var values: [String: Values]
    /// The number of territories without parts that do not show their current values yet.
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

    /// - Parameter revises: whether to make changes of few families too. They are listed in `wouldTell`.
    /// - Parameter holdsBack: whether a territory keeps its published values, however much they change, if it is of few
    ///   families, is hidden, or was published by a forgotten edition. This is for tables with too few neighbours to hide it.
    init(of table: SettledFigures, threshold: Int64, revises: Bool, holdsBack: Bool = false) {
        (self.table, self.threshold) = (table, threshold)
        (self.revises, self.holdsBack) = (revises, holdsBack)
        values = table.now
        levels = [6] + table.source.levels.filter { $0 <= table.level }
        reach = [6] + table.source.levels
        guard let published = table.published, table.level > 0 else { return }
        var known = Set(table.now.keys).union(published.keys)
        for period in [table.earlier, table.later] {
            known.formUnion((period ?? [:]).keys)
        }
        for territory in known.sorted() {
            guard let place = levels.firstIndex(of: territory.utf8.count), place > 0 else {
                continue
            }
            parts[String(territory.prefix(levels[place - 1])), default: []].append(territory)
        }
        for territory in parts.keys where territory.utf8.count == 6 { settle(territory) }
        if waiting > 0 { reach = levels }
        for (territory, old) in published where territory.utf8.count > table.level {
            let now = table.now[territory] ?? Values()
            // An earlier edition published this deeper level, which is left out now.
            if isOfFew(old.values, now) { wouldTell.insert(territory) }
        }
    }

    // MARK: One territory

    /// Decides the values of a territory and of all parts within it.
    private mutating func settle(_ territory: String) {
        let within = parts[territory] ?? []
        for part in within { settle(part) }
        var value = own(of: territory, within)
        for part in within { value.add(values[part] ?? Values()) }
        guard territory.utf8.count > 6 else {
            values[territory] = value
            return
        }
        let (before, now) = (before(territory), table.now[territory] ?? Values())
        if value.isSame(as: now) {
            value.contributors = now.contributors
        } else if value.isSame(as: before) {
            value.contributors = before.contributors
        } else {
            let count = max(0, table.source.count(value))
            value.contributors = min(now.contributors ?? count, count)
        }
        if revises {
            if isOfFew(before, value), !table.source.isSame(before, value) {
                wouldTell.insert(territory)
            }
        } else if isOfFew(before, value) || isNearNeighbours(territory, value, from: before) {
            stay(territory)
            value = before
        }
        values[territory] = value
        if within.isEmpty, !table.source.isSame(value, now) { waiting += 1 }
    }

    /// The next values of a territory's own records: those booked on the territory itself and on none of its parts. Without
    /// parts, all records are its own.
    private func own(of territory: String, _ within: [String]) -> Values {
        let now = table.now[territory] ?? Values()
        let current = rest(of: now, within) { table.now[$0] ?? Values() }
        if territory.utf8.count == 6 || within.contains(where: isUnknown) { return current }
        if isUnknown(territory) {
            // The published values are not known. The territory stays hidden, and does not become zero.
            return now == Values() ? before(territory) : now
        }
        let old = rest(of: before(territory), within, before)
        func own(in period: [String: Values]) -> Values {
            rest(of: period[territory] ?? Values(), within) { period[$0] ?? Values() }
        }
        var next = current
        if let earlier = table.earlier.map(own), isOfFew(earlier, next) { next = earlier }
        if within.isEmpty, holdsBack, isHeld(territory, next) { return old }
        guard !revises else { return next }
        // The period after would differ from it by few families. It may move first.
        if let later = table.later.map(own), isOfFew(next, later) { return old }
        return isOfFew(old, next) ? old : next
    }

    /// Whether a stock that moves would differ by few families from the period before or after.
    private func isNearNeighbours(
        _ territory: String, _ value: Values, from before: Values
    ) -> Bool {
        guard value != before else { return false }
        return [table.earlier, table.later].compactMap(\.self).contains { period in
            isOfFew(period[territory] ?? Values(), value)
        }
    }

    /// The values of a whole minus those of its parts.
    private func rest(
        of whole: Values, _ within: [String], _ value: (String) -> Values
    ) -> Values {
        within.reduce(into: whole) { $0.subtract(value($1)) }
    }

    /// Resets all parts within a territory to their published values.
    private mutating func stay(_ territory: String) {
        for part in parts[territory] ?? [] {
            stay(part)
            let before = before(part)
            let isLeast = parts[part] == nil
            let now = table.now[part] ?? Values()
            if isLeast {
                let waited = !table.source.isSame(values[part] ?? Values(), now)
                let waits = !table.source.isSame(before, now)
                waiting += (waits ? 1 : 0) - (waited ? 1 : 0)
            }
            values[part] = before
        }
    }

    // MARK: Published values

    /// The published values; the current ones if a forgotten edition hid them.
    private func before(_ territory: String) -> Values {
        guard let old = table.published?[territory] else { return Values() }
        return old.isUnknown ? table.now[territory] ?? old.values : old.values
    }

    private func isUnknown(_ territory: String) -> Bool {
        table.published?[territory]?.isUnknown ?? false
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
        guard before != now else { return false }
        guard let old = before.contributors, let new = now.contributors else {
            return !table.source.isSame(before, now)
        }
        if table.source.isStock, table.source.tellsAmount {
            // Families stay while persons join and leave them. A change of many persons is of many families.
            let persons = now.amount.adding(-max(before.amount, -.max))
            if persons.magnitude >= threshold.magnitude * Self.personsOfAFamily { return false }
        }
        let count = table.source.count(now) - table.source.count(before)
        return min(count.magnitude, (new - old).magnitude) < threshold.magnitude
    }
}

extension SettledFigures.Values {
    fileprivate mutating func add(_ other: Self) {
        times = times.adding(other.times)
        amount = amount.adding(other.amount)
        contributors = contributors.flatMap { own in other.contributors.map { own + $0 } }
    }

    /// Parts may count the same family, so `contributors` stops at zero.
    fileprivate mutating func subtract(_ other: Self) {
        times = times.adding(-max(other.times, -.max))
        amount = amount.adding(-max(other.amount, -.max))
        contributors = contributors.flatMap { all in other.contributors.map { max(0, all - $0) } }
    }

    /// Compares sums, not the number of distinct families.
    fileprivate func isSame(as other: Self) -> Bool {
        (times, amount) == (other.times, other.amount)
    }
}

extension Int64 {
    /// A sum that is too large becomes the largest number.
    func adding(_ other: Int64) -> Int64 {
        let (sum, isTooLarge) = addingReportingOverflow(other)
        return isTooLarge ? (other > 0 ? .max : -.max) : sum
    }
}
