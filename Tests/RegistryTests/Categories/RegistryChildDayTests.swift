import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry

/// Bereaved families, and families of an only child, by the days on which children live in them, on a real database.
@Suite struct RegistryChildDayTests {
    private let life: TaskBench
    private let couple = HouseholdID(UUID())
    private let family = HouseholdID(UUID())
    private let mother: NewMember
    private let child: NewMember

    init() throws {
        life = try TaskBench()
        mother = try RegistrySamples.member(4, .spouse)
        child = try RegistrySamples.member(5, .child)
        try life.accept(RegistrySamples.household(couple, members: [RegistrySamples.member(1)]))
        try life.accept(
            RegistrySamples.household(family, members: [RegistrySamples.member(3), mother, child]))
    }

    private func bereaved(
        _ household: HouseholdID, from: String, to: String? = nil
    ) throws -> AssertCategory {
        AssertCategory(
            assertion: AssertionID(UUID()), household: household, subject: household.uuid,
            category: .bereaved, validFrom: try life.day(from), validTo: try to.map(life.day))
    }

    private func correct(_ said: AssertCategory, from: String) throws -> CorrectCategory {
        CorrectCategory(
            assertion: said.assertion, validFrom: try life.day(from), reason: "a slip",
            actor: try RegistrySamples.officer)
    }

    private func correctDeath(to day: String) throws -> CorrectDeath {
        CorrectDeath(
            person: child.person, diedOn: try life.day(day),
            correctedOn: try life.day("2020-05-01"), reason: "a slip",
            actor: try RegistrySamples.officer)
    }

    /// The child dies, and the family is bereaved from that day on.
    private func bereave() throws -> AssertCategory {
        try life.accept(RecordDeath(person: child.person, diedOn: life.day("2020-02-01")))
        let said = try bereaved(family, from: "2020-02-01")
        #expect(try life.accept(said).code == nil)
        return said
    }

    /// The child lives with the couple from 2020-03-01 to 2020-03-31.
    private func visit() throws {
        try life.accept(
            MovePerson(
                person: child.person, destination: life.communities[0], household: couple,
                role: .child, movedOn: life.day("2020-03-01")))
        try life.accept(
            LeaveHousehold(
                household: couple, person: child.person, movedOn: life.day("2020-04-01")))
    }

    private func open() throws -> [TaskAnswer] { try life.tasks(.reviewCategories) }

    // MARK: Bereaved

    @Test func `a family that is bereaved before the corrected death is looked at`() throws {
        let said = try bereave()
        #expect(try open().isEmpty)
        try life.accept(correctDeath(to: "2020-04-01"))
        let task = try #require(open().first)
        #expect((task.subject, task.raisedOn) == (family.uuid, try life.day("2020-02-01")))
        let verified = try life.accept(
            VerifyCategory(assertion: said.assertion, verifiedOn: life.day("2020-05-02")))
        #expect((verified.code, verified.pointer) == ("category_contradicts", "/data/assertion"))
        let corrected = try life.accept(correct(said, from: "2020-04-01"))
        #expect(corrected.code == nil)
        #expect(try open().isEmpty)
    }

    @Test func `until the death is corrected again`() throws {
        _ = try bereave()
        try life.accept(correctDeath(to: "2020-04-01"))
        #expect(try open().count == 1)
        try life.accept(correctDeath(to: "2020-02-01"))
        #expect(try open().isEmpty)
    }

    @Test func `a child who has left makes somebody look at the days on which it was there`()
        throws
    {
        let said = try bereaved(couple, from: "2019-07-01")
        try life.accept(said)
        try visit()
        let task = try #require(open().first)
        #expect((task.subject, task.raisedOn) == (couple.uuid, try life.day("2020-03-01")))
        let answer = try life.accept(correct(said, from: "2019-07-02"))
        #expect((answer.code, answer.pointer) == ("category_contradicts", "/data/assertion"))
        #expect(try open().count == 1)
        #expect(try life.accept(correct(said, from: "2020-04-01")).code == nil)
        #expect(try open().isEmpty)
    }

    @Test func `days before a child came and after it has left are no matter`() throws {
        try life.accept(bereaved(couple, from: "2019-07-01", to: "2020-02-29"))
        try visit()
        #expect(try life.accept(bereaved(couple, from: "2020-04-01")).code == nil)
        #expect(try open().isEmpty)
    }

    @Test func `the refusal says on which days a child lived there`() throws {
        try visit()
        for (said, expected) in [
            (try bereaved(couple, from: "2020-01-01"), "lived there from 2020-03-01 to 2020-03-31"),
            (try bereaved(family, from: "2020-01-01"), "lived there from 2019-06-01 to 2020-02-29"),
            // Before the registration it lived where it was registered.
            (
                try bereaved(family, from: "2010-01-01", to: "2010-12-31"),
                "lived there from 1965-03-09 to 2020-02-29"
            ),
        ] {
            let answer = try life.bench.decide(said)
            #expect((answer.code, answer.status) == ("category_contradicts", "rejected"))
            #expect(answer.expected?.contains(expected) == true, "\(answer.expected ?? "")")
        }
    }

    @Test func `a second registration of the child who has died is none who lives`() throws {
        _ = try bereave()
        let double = PersonID(UUID())
        try life.accept(RegistrySamples.person(7, double, household: family, role: .child))
        #expect(try open().map(\.subject) == [family.uuid])
        try life.accept(
            MergePersons(
                survivor: child.person, merged: double, mergedOn: life.day("2020-04-01")))
        #expect(try open().isEmpty)
    }

    // MARK: An only child

    @Test func `the household in which the child lived last is looked at, also if it moved later`()
        throws
    {
        try life.accept(
            AssertCategory(
                assertion: AssertionID(UUID()), household: family, subject: family.uuid,
                category: .onlyChild, validFrom: life.day("2010-01-01")))
        try life.accept(
            SplitHousehold(
                household: family, into: HouseholdID(UUID()), territory: life.communities[0],
                members: [
                    MemberRoleInHousehold(person: mother.person, role: .head),
                    MemberRoleInHousehold(person: child.person, role: .child),
                ], splitOn: life.day("2020-03-01")))
        try life.accept(RecordDeath(person: child.person, diedOn: life.day("2020-04-01")))
        #expect(try open().isEmpty)
        try life.accept(correctDeath(to: "2020-02-01"))
        let task = try #require(open().first)
        #expect((task.subject, task.raisedOn) == (family.uuid, try life.day("2020-02-01")))
        try life.accept(correctDeath(to: "2020-04-01"))
        #expect(try open().isEmpty)
    }
}
