import Disclosure
import Messages
import Testing

@testable import Reporting

/// Each of these sequences told of one to four families, or kept a figure back for good, before the rule knew it.
@Suite("Which changes of families are published below the district")
struct SettledChangeTests {
    private typealias Values = SettledFigures.Values
    private static let (whole, first, second) = ("350203006", "350203006001", "350203006002")
    private static let threshold: Int64 = 5

    private func source(isStock: Bool, levels: [Int] = [9, 12]) -> GuardedSource {
        GuardedSource(
            name: "registration", isStock: isStock, countsTimes: true, tellsTimes: true,
            tellsAmount: true, span: "year", levels: levels)
    }

    /// Each household has three persons, and two loans may be of one family.
    private func values(_ count: Int64, persons: Int64? = nil, families: Int64? = nil) -> Values {
        Values(times: count, amount: persons ?? 3 * count, contributors: families ?? count)
    }

    /// The two communities, and what is booked on their subdistrict itself.
    private func values(_ first: Int64, _ second: Int64, own: Int64 = 0) -> [String: Values] {
        [
            "350203": values(first + second + own), Self.whole: values(first + second + own),
            Self.first: values(first), Self.second: values(second),
        ].filter { $0.value.times != 0 }
    }

    private func published(
        _ values: [String: Values], hidden: Set<String> = [], unknown: Set<String> = []
    ) -> [String: SettledFigures.Published] {
        var cells: [String: SettledFigures.Published] = [:]
        for (territory, value) in values where territory.utf8.count > 6 {
            var value = value
            if unknown.contains(territory) {
                value = Values(times: 1, amount: 1, contributors: nil)
            }
            let isHidden = hidden.union(unknown).contains(territory)
            cells[territory] = SettledFigures.Published(
                values: value, showing: isHidden ? .neighbour : .shown, told: nil)
        }
        return cells
    }

    private func table(
        _ now: [String: Values], was: [String: SettledFigures.Published]?, level: Int32 = 12,
        isStock: Bool = true, levels: [Int] = [9, 12], in year: Int = 2020
    ) throws -> SettledFigures {
        let start = try #require(BusinessDate(year: year, month: 1, day: 1))
        let name = SettledFigures.Name(
            district: "350203", source: "registration", programme: "", start: start)
        return SettledFigures(
            name: name, source: source(isStock: isStock, levels: levels), now: now,
            published: was, isNew: was == nil, level: was == nil ? 0 : level)
    }

    private func change(_ table: SettledFigures, revises: Bool = false) -> SettledChange {
        SettledChange(of: table, threshold: Self.threshold, revises: revises)
    }

    private func counts(_ change: SettledChange) -> [Int64] {
        [Self.whole, Self.first, Self.second].map { change.values[$0]?.times ?? 0 }
    }

    // MARK: Parts and wholes

    @Test func `a whole moves with its parts, by however few`() throws {
        let table = try table(values(22, 50), was: published(values(30, 40)))
        let change = change(table)
        #expect(counts(change) == [72, 22, 50])
        #expect(change.waiting == 0)
    }

    @Test func `families who are counted elsewhere in a whole do not keep it back`() throws {
        var now = values(40, 40)
        now[Self.whole]?.contributors = 70
        let table = try table(now, was: published(values(30, 40)), isStock: false)
        #expect(counts(change(table)) == [80, 40, 40])
    }

    @Test func `a change of few records of the whole itself waits, and counts as waiting`() throws {
        let table = try table(values(40, 40, own: 3), was: published(values(30, 40)))
        let change = change(table)
        #expect(counts(change) == [80, 40, 40])
        #expect(change.waiting == 1)
    }

    @Test func `of what is booked on the whole itself, its own families decide`() throws {
        var old = values(30, 40)
        old[Self.whole]?.ownContributors = 0
        var now = values(30, 40, own: 6)
        now[Self.whole]?.contributors = 70
        now[Self.whole]?.ownContributors = 6
        let known = try table(now, was: published(old), isStock: false)
        #expect(counts(change(known)) == [76, 30, 40], "they are in the communities too")
        #expect(change(known).values[Self.whole]?.ownContributors == 6)
        // One family has all six; and six of a community's are no more only there.
        now[Self.whole]?.contributors = 71
        now[Self.whole]?.ownContributors = 1
        now[Self.second]?.contributors = 34
        let one = try table(now, was: published(old), isStock: false)
        #expect(counts(change(one)) == [70, 30, 40])
        #expect(change(one).waiting == 1)
    }

    @Test func `a figure of a forgotten edition that is the current one is known again`() throws {
        var old = values(30, 40)
        old[Self.first]?.contributors = nil
        old[Self.whole]?.contributors = nil
        let same = try table(values(30, 40), was: published(old), isStock: false)
        #expect(change(same).values[Self.first]?.contributors == 30)
        #expect(change(same).values[Self.whole]?.contributors == 70)
        let other = try table(values(40, 40), was: published(old), isStock: false)
        #expect(counts(change(other)) == [70, 30, 40])
        #expect(change(other).values[Self.first]?.contributors == nil)
    }

    @Test func `other families in the same count are no change`() throws {
        var now = values(30, 40)
        now[Self.first]?.contributors = 28
        let table = try table(now, was: published(values(30, 40)), isStock: false)
        let change = change(table, revises: true)
        #expect(change.wouldTell == [])
        #expect(change.values[Self.first]?.contributors == 30)
    }

    @Test func `where nothing is of few families, amounts move too`() throws {
        var now = values(30, 40)
        now[Self.first]?.amount = 900
        let table = try table(now, was: published(values(30, 40)), isStock: false)
        let change = SettledChange(of: table, threshold: 1, revises: false)
        #expect(change.values[Self.first]?.amount == 900)
        #expect(self.change(table).values[Self.first]?.amount == 90)
    }

    @Test func `a wider level that the plan gets later is the sum of what is published`() throws {
        var was = published(values(30, 40))
        was[Self.whole] = nil
        let table = try table(values(32, 40, own: 2), was: was)
        #expect(counts(change(table)) == [70, 30, 40])
    }

    @Test func `a revision hides a whole if something in it moves by few, and not otherwise`()
        throws
    {
        let was = published(values(30, 40))
        let netted = change(try table(values(22, 50), was: was), revises: true)
        #expect(netted.wouldTell == [])
        let told = change(try table(values(32, 40), was: was), revises: true)
        #expect(told.wouldTell == [Self.whole, Self.first])
        let own = change(try table(values(30, 50, own: 2), was: was), revises: true)
        #expect(own.wouldTell == [Self.whole])
    }

    // MARK: Stocks

    @Test func `a household does not move because many persons do`() throws {
        var now = values(31, 40)
        now[Self.first]?.amount = 90 + 26
        let was = published(values(30, 40))
        #expect(try counts(change(table(now, was: was))) == [70, 30, 40])
        now[Self.first]?.times = 30
        #expect(try change(table(now, was: was)).values[Self.first]?.amount == 116)
        now[Self.first]?.amount = 90 + 24
        #expect(try change(table(now, was: was)).values[Self.first]?.amount == 90)
    }

    private func following(
        _ table: SettledFigures, _ earlier: [SettledFigures], later: [SettledFigures] = []
    ) -> SettledFigures {
        func known(_ tables: [SettledFigures]) -> [PublishedPeriod] {
            tables.reversed().reduce([]) { $1.known(before: $0) }
        }
        var table = table
        table.follow(known(earlier), before: known(later))
        return table
    }

    @Test func `a new level is compared with the years beside it`() throws {
        let last = try table(values(30, 40), was: published(values(30, 40)))
        let now = values(31, 60)
        var was = published(now)
        was[Self.first] = nil
        was[Self.second] = nil
        let table = try table(now, was: was, level: 9, in: 2021)
        let change = change(following(table, [last]))
        #expect(change.reach == [6, 9, 12])
        #expect(change.wouldTell == [Self.first])
        let own = try self.table(values(50, 60, own: 2), was: published(values(60, 52)), level: 9)
        #expect(self.change(following(own, [last])).reach == [6, 9], "it would tell of two")
    }

    @Test func `a year that is not published, or not as deep, does not part those around it`()
        throws
    {
        let last = try table(values(30, 40), was: published(values(30, 40)))
        let empty = try table([:], was: [:], level: 0, in: 2021)
        let next = try table(values(31, 60), was: nil, in: 2022)
        #expect(counts(change(following(next, [empty, last]))) == [90, 30, 60])
        var shallow = published(values(30, 48))
        shallow[Self.first] = nil
        shallow[Self.second] = nil
        let between = try table(values(30, 48), was: shallow, level: 9, in: 2021)
        var was = published(values(50, 60))
        was[Self.second] = nil
        let deep = try table(values(31, 60), was: was, in: 2022)
        #expect(change(following(deep, [between, last])).values[Self.first]?.times == 30)
    }

    @Test func `a year that would come near the one after takes its figure`() throws {
        let later = try table(values(39, 40), was: published(values(39, 40)), in: 2021)
        let table = try table(values(35, 40), was: published(values(30, 40)))
        #expect(counts(change(following(table, [], later: [later]))) == [79, 39, 40])
    }

    @Test func `a sum is compared with a year whose parts are not known`() throws {
        var shallow = published(values(33, 40))
        shallow[Self.first] = nil
        shallow[Self.second] = nil
        let later = try table(values(33, 40), was: shallow, level: 9, in: 2021)
        let table = try table(values(22, 50), was: published(values(30, 50)))
        let near = following(table, [], later: [later])
        #expect(counts(change(near)) == [80, 30, 50], "72 and 73 would tell of one")
        #expect(change(near, revises: true).wouldTell == [Self.whole])
    }

    @Test func `what a forgotten edition hid is left out of the comparison, and nothing else`()
        throws
    {
        let last = try table(
            values(30, 40), was: published(values(30, 40), unknown: [Self.second]))
        let table = try table(values(31, 41), was: nil, in: 2021)
        let change = change(following(table, [last]))
        #expect(change.values[Self.first]?.times == 30)
        #expect(change.values[Self.second]?.times == 41)
    }
}
