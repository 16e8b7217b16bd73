import Foundation
import Messages
import Testing

@testable import Registry

/// Dated stays by themselves: how they are kept, and what follows from a household.
@Suite struct StayListTests {
    private typealias Samples = RegistrySamples

    private let household = HouseholdID(UUID())
    private let merged = PersonID(UUID())

    private func day(_ text: String) throws -> BusinessDate { try Samples.date(text) }

    private func home(dissolvedOn end: String? = nil) throws -> Household {
        Household(
            id: household,
            places: [
                HouseholdPlace(
                    from: try day("2019-06-01"),
                    territory: try Samples.territory(Samples.communities[0])),
                HouseholdPlace(
                    from: try day("2020-03-01"),
                    territory: try Samples.territory(Samples.communities[1])),
            ], dissolvedOn: try end.map(day))
    }

    private func member(from text: String) throws -> StayList {
        var list = StayList(
            registeredOn: try day("2019-06-01"), in: try Samples.territory(Samples.communities[0]))
        list.move(
            to: Stay(
                from: try day(text), territory: try Samples.territory(Samples.communities[0]),
                household: household, role: .child))
        return list
    }

    @Test func `a list is read as it was written, whatever its stays came from`() throws {
        var list = try member(from: "2019-08-01")
        list.follow([household: try home()])
        var other = StayList(
            registeredOn: try day("2019-06-01"), in: try Samples.territory(Samples.communities[1]))
        other.take(list, of: merged, on: try day("2019-09-01"))
        other.move(to: Stay(from: try day("2021-01-01")))
        other.follow([household: try home()])
        for list in [list, other] { #expect(try StayList(text: list.text) == list) }
        #expect(
            other.entries.map(\.origin) == [.registered, .merged(merged), .followed, .moved])
        #expect(throws: (any Error).self) { try StayList(text: "") }
        #expect(throws: (any Error).self) { try StayList(text: "2019-06-01/350203007901//") }
    }

    @Test func `a move into a household is taken out wherever a merged registration has led it`()
        throws
    {
        let (other, single) = (HouseholdID(UUID()), try day("2020-02-01"))
        var own = try member(from: "2019-08-01")
        own.move(
            to: Stay(
                from: single, territory: try Samples.territory(Samples.communities[1]),
                household: other, role: .parent))
        // One was merged before that day, one after it.
        var holders = try ["2019-09-01", "2020-05-01"].map { from in
            var holder = StayList(
                registeredOn: try day("2019-06-01"),
                in: try Samples.territory(Samples.communities[1]))
            holder.take(own, of: merged, on: try day(from))
            return holder
        }
        #expect(holders.map(\.last.household) == [other, other])
        own.takeBack(moveInto: other, on: single)
        #expect(own.last.from == (try day("2019-08-01")))
        for index in holders.indices {
            holders[index].takeBack(
                moveInto: other, on: single, of: merged, own, home: try home())
        }
        #expect(holders.map(\.last.household) == [household, household])
        #expect(holders.map(\.last.role) == [.child, .child])
        #expect(holders.map(\.last.from) == [try day("2019-09-01"), try day("2020-05-01")])
        #expect(holders[1].last.territory?.rawValue == Samples.communities[1])
        // A later move of its own is not touched.
        var moved = holders[1]
        moved.move(
            to: Stay(from: try day("2020-06-01"), household: other, role: .parent))
        let before = moved
        moved.takeBack(moveInto: other, on: single, of: merged, own, home: try home())
        #expect(moved == before)
    }

    @Test func `a member is in no household from the day on which it is dissolved`() throws {
        var list = try member(from: "2019-08-01")
        list.follow([household: try home(dissolvedOn: "2020-05-01")])
        #expect(list.last.from == (try day("2020-05-01")))
        #expect(list.last.household == nil)
        #expect(list.last.territory?.rawValue == Samples.communities[1])
        // It turns out that it was not.
        list.follow([household: try home()])
        #expect(list.last.household == household)
    }

    @Test func `whoever left before it was dissolved lives where the person went`() throws {
        var list = try member(from: "2019-08-01")
        list.move(to: Stay(from: try day("2020-04-01")))
        list.follow([household: try home(dissolvedOn: "2020-05-01")])
        #expect(
            list.stays.map(\.from.description) == [
                "2019-06-01", "2019-08-01", "2020-03-01", "2020-04-01",
            ])
    }

    @Test func `what follows from another household stays as it is`() throws {
        var list = try member(from: "2019-08-01")
        list.follow([household: try home()])
        let before = list
        list.follow([:])
        #expect(list == before)
    }

    @Test func `what a merged registration has from a third one goes with the third one`() throws {
        let (third, last) = (PersonID(UUID()), try member(from: "2019-06-01"))
        let place = try Samples.territory(Samples.communities[0])
        var middle = StayList(registeredOn: try day("2019-06-01"), in: place)
        middle.take(last, of: third, on: try day("2019-09-01"))
        var survivor = StayList(registeredOn: try day("2019-06-01"), in: place)
        survivor.take(middle, of: merged, on: try day("2019-10-01"))
        #expect(survivor.last.household == household)
        survivor.release(third)
        #expect(survivor.last.household == nil)
    }
}
