import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// Steps that concern several records are in the histories of all, and each has its day.
@Suite struct RegistryHistoryStepTests {
    private typealias Samples = RegistrySamples
    private let book: HistoryBook

    init() throws { book = try HistoryBook() }

    private func day(_ text: String) throws -> BusinessDate { try Samples.date(text) }

    // MARK: Categories

    @Test func `a category's history begins with the household that was registered with it`() throws
    {
        try book.accept([
            EndCategory(assertion: book.poor.assertion, endedOn: day("2020-02-01"), reason: "work"),
            CorrectCategory(
                assertion: book.poor.assertion, validFrom: day("2015-01-01"), reason: "no work",
                actor: Samples.officer),
            RevokeCategory(
                assertion: book.poor.assertion, revokedOn: day("2020-02-03"), reason: "never was"),
        ])
        let entries = try book.history(of: book.poor.assertion.uuid).entries
        #expect(
            entries.map(\.type) == [
                HouseholdRegistered.type, CategoryEnded.type, CategoryCorrected.type,
                CategoryRevoked.type,
            ])
        let today = Timestamp.now().businessDay
        #expect(
            entries.map(\.on) == [
                try day("2019-06-01"), try day("2020-02-01"), today, try day("2020-02-03"),
            ])
        #expect(
            entries.map { $0.texts?.map(\.text) ?? [] }
                == [[], ["work"], ["no work"], ["never was"]])
    }

    @Test func `a category asserted later begins on the day from which it holds`() throws {
        let later = AssertionID(UUID())
        try book.accept([
            AssertCategory(
                assertion: later, household: book.household, subject: book.child.uuid,
                category: .disabledChild, validFrom: day("2019-07-01"))
        ])
        let entries = try book.history(of: later.uuid).entries
        #expect(entries.map(\.type) == [CategoryAsserted.type])
        #expect(entries.first?.on == (try day("2019-07-01")))
    }

    @Test func `what a merge and its end do to a category is in the category's history`() throws {
        let (twin, home) = (try Samples.member(5), HouseholdID(UUID()))
        let same = try Samples.category(.lowIncome, of: twin.person.uuid, from: "2016-01-01")
        try book.accept([
            Samples.household(home, members: [twin], categories: [same]),
            book.merge(twin.person, into: book.head),
            book.unmerge(twin.person, from: book.head),
        ])
        #expect(
            try book.types(of: same.assertion.uuid) == [
                HouseholdRegistered.type, PersonsMerged.type, CategoryEnded.type,
                PersonsUnmerged.type,
            ])
    }

    // MARK: Households

    private func neighbours() throws -> (household: HouseholdID, head: NewMember) {
        let (id, member) = (HouseholdID(UUID()), try Samples.member(4))
        try book.accept([Samples.household(id, members: [member])])
        return (id, member)
    }

    @Test func `both households' histories show a merge and what took it back`() throws {
        let (other, neighbour) = try neighbours()
        try book.accept([
            MergeHouseholds(
                survivor: book.household, merged: other,
                members: [MemberRoleInHousehold(person: neighbour.person, role: .parent)],
                mergedOn: day("2020-02-01")),
            RestoreHousehold(
                household: other, restoredOn: day("2020-03-01"), reason: "two families",
                actor: Samples.officer),
        ])
        let steps = [HouseholdDissolved.type, PersonMoved.type, HouseholdRestored.type]
        for record in [book.household.uuid, other.uuid, neighbour.person.uuid] {
            let shown = try book.types(of: record)
            #expect(shown.first == HouseholdRegistered.type)
            #expect(
                Set(shown).isSuperset(
                    of: record == neighbour.person.uuid ? steps[1...] : steps[0...]))
        }
        #expect(try book.types(of: book.child.uuid) == [HouseholdRegistered.type])
    }

    @Test func `a merge that moves nobody is in both households' histories too`() throws {
        let (other, neighbour) = try neighbours()
        try book.accept([
            LeaveHousehold(
                household: other, person: neighbour.person, movedOn: day("2020-01-15")),
            MergeHouseholds(
                survivor: book.household, merged: other, members: [], mergedOn: day("2020-02-01")),
        ])
        for record in [book.household.uuid, other.uuid] {
            let shown = try book.history(of: record).entries.filter {
                $0.type == HouseholdDissolved.type
            }
            #expect(shown.map(\.on) == [try day("2020-02-01")])
        }
    }

    @Test func `both households' histories show a split, and a member's the leaving and joining`()
        throws
    {
        let new = HouseholdID(UUID())
        try book.accept([
            SplitHousehold(
                household: book.household, into: new,
                territory: Samples.territory(Samples.communities[0]),
                members: [MemberRoleInHousehold(person: book.child, role: .head)],
                splitOn: day("2020-02-01"))
        ])
        #expect(try book.types(of: book.household.uuid).suffix(1) == [PersonMoved.type])
        #expect(try book.types(of: new.uuid) == [HouseholdRegistered.type, PersonMoved.type])
        #expect(
            try book.types(of: book.child.uuid) == [HouseholdRegistered.type, PersonMoved.type])
    }

    @Test func `who lived in a household that was dissolved keeps the beginning in it`() throws {
        try book.accept([
            DissolveHousehold(household: book.household, dissolvedOn: day("2020-02-01"))
        ])
        #expect(
            try book.types(of: book.child.uuid) == [
                HouseholdRegistered.type, HouseholdDissolved.type,
            ])
    }
}
