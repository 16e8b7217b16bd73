import Disclosure
import Messages

/// What a table is to say next: where few families have changed, it says what it said before.
///
/// Below the district no figure moves by few families, neither from one edition to the next nor, of a stock, from one period to
/// the next: the difference would tell of them. A territory is the sum of its published parts and of what is booked on
/// itself. So parts and wholes add up, whatever waits.
struct SettledChange {
    typealias Values = SettledFigures.Values

    private(set) var values: [String: Values]
    /// Territories of which readers see less than there is.
    private(set) var waiting = 0
    /// Shown, they would tell of few families by how they differ from before.
    private(set) var wouldTell: Set<String> = []

    /// As many as hardly any family exceeds.
    private static let personsOfAFamily: UInt64 = 5

    private let table: SettledFigures
    private let threshold: Int64
    private let revises: Bool
    private let holdsBack: Bool
    /// The district's, and those of which something is published.
    private let levels: [Int]
    /// Those that can be published: beside what waits none that were not before, because their parts would not add up to it.
    private(set) var reach: [Int]
    /// Of each territory the parts at the next published level.
    private var parts: [String: [String]] = [:]

    /// - Parameter revises: whether changes of few families are made too; then they would tell.
    /// - Parameter holdsBack: whether what is of few families, is hidden, or was published by a forgotten edition stays as it is
    ///   however much it changes, for want of neighbours that nobody knows.
    init(of table: SettledFigures, threshold: Int64, revises: Bool, holdsBack: Bool = false) {
        (self.table, self.threshold) = (table, threshold)
        (self.revises, self.holdsBack) = (revises, holdsBack)
        values = table.now
        levels = [6] + table.source.levels.filter { $0 <= table.level }
        reach = [6] + table.source.levels
        guard let published = table.published, table.level > 0 else { return }
        var known = Set(table.now.keys).union(published.keys)
        known.formUnion(table.earlier.keys)
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
            // What was published once, and is left out now.
            if isOfFew(old.values, now) { wouldTell.insert(territory) }
        }
    }

    // MARK: One territory

    /// Decides a territory and all within it.
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
        if isOfFew(before, value) {
            if revises {
                if !table.source.isSame(before, value) { wouldTell.insert(territory) }
            } else {
                stay(territory)
                value = before
            }
        }
        values[territory] = value
        if within.isEmpty, !table.source.isSame(value, now) { waiting += 1 }
    }

    /// What is booked on a territory itself and on none of its parts: all of it if it has none.
    private func own(of territory: String, _ within: [String]) -> Values {
        let now = table.now[territory] ?? Values()
        let rest = rest(of: now, within) { table.now[$0] ?? Values() }
        if territory.utf8.count == 6 || within.contains(where: isUnknown) { return rest }
        if isUnknown(territory) {
            // Whatever it was, it stays hidden, and is not said to be nothing.
            return now == Values() ? before(territory) : now
        }
        let old = self.rest(of: before(territory), within, before)
        var next = rest
        if let earlier = table.earlier[territory] {
            let earlier = self.rest(of: earlier, within) { table.earlier[$0] ?? Values() }
            if isOfFew(earlier, next) { next = earlier }
        }
        if within.isEmpty, holdsBack, isHeld(territory, next) { return old }
        return isOfFew(old, next) && !revises ? old : next
    }

    /// A whole without its parts.
    private func rest(
        of whole: Values, _ within: [String], _ value: (String) -> Values
    ) -> Values {
        within.reduce(into: whole) { $0.subtract(value($1)) }
    }

    /// Leaves all within a territory as it was published.
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

    // MARK: As it was published

    private func before(_ territory: String) -> Values {
        guard let old = table.published?[territory] else { return Values() }
        return old.isUnknown ? table.now[territory] ?? old.values : old.values
    }

    private func isUnknown(_ territory: String) -> Bool {
        table.published?[territory]?.isUnknown ?? false
    }

    private func isHeld(_ territory: String, _ next: Values) -> Bool {
        guard let old = table.published?[territory] else { return false }
        let count = table.source.count(next)
        return (1..<threshold).contains(min(count, next.contributors ?? count)) || old.isRecalled
            || old.showing.isHidden
    }

    /// Whether a change is one of few families.
    private func isOfFew(_ before: Values, _ now: Values) -> Bool {
        guard before != now else { return false }
        guard let old = before.contributors, let new = now.contributors else {
            return !table.source.isSame(before, now)
        }
        if table.source.isStock, table.source.tellsAmount {
            // Persons come and go in families that stay.
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

    /// Of families that several parts count, no more than there are.
    fileprivate mutating func subtract(_ other: Self) {
        times = times.adding(-max(other.times, -.max))
        amount = amount.adding(-max(other.amount, -.max))
        contributors = contributors.flatMap { all in other.contributors.map { max(0, all - $0) } }
    }

    /// Whatever families it is of.
    fileprivate func isSame(as other: Self) -> Bool {
        (times, amount) == (other.times, other.amount)
    }
}

extension Int64 {
    /// Sums end where numbers end.
    fileprivate func adding(_ other: Int64) -> Int64 {
        let (sum, isTooLarge) = addingReportingOverflow(other)
        return isTooLarge ? (other > 0 ? .max : -.max) : sum
    }
}
