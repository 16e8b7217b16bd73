import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry

/// Categories that contradict each other, or what is registered of the family, on a real database.
@Suite struct RegistryContradictionTests {
    private let life: TaskBench
    private let couple = HouseholdID(UUID())
    private let family = HouseholdID(UUID())
    private let wife: NewMember
    private let mother: NewMember
    private let child: NewMember

    init() throws {
        life = try TaskBench()
        wife = try RegistrySamples.member(2, .spouse)
        mother = try RegistrySamples.member(4, .spouse)
        child = try RegistrySamples.member(5, .child)
        try life.accept(
            RegistrySamples.household(couple, members: [RegistrySamples.member(1), wife]))
        try life.accept(
            RegistrySamples.household(family, members: [RegistrySamples.member(3), mother, child]))
    }

    private func assertion(
        _ category: Messages.Category, of subject: UUID, in household: HouseholdID,
        from: String = "2010-01-01", to: String? = nil
    ) throws -> AssertCategory {
        AssertCategory(
            assertion: AssertionID(UUID()), household: household, subject: subject,
            category: category, validFrom: try life.day(from), validTo: try to.map(life.day))
    }

    private func expectRefusal(
        _ command: any Command, _ code: String = "category_contradicts",
        at pointer: String = "/validFrom", saying expected: String
    ) throws {
        let answer = try life.bench.decide(command)
        #expect((answer.code, answer.pointer) == (code, "/data\(pointer)"))
        #expect(answer.status == "rejected")
        #expect(answer.expected?.contains(expected) == true, "\(answer.expected ?? "")")
    }

    private func open() throws -> [TaskAnswer] { try life.tasks(.reviewCategories) }

    // MARK: Of one subject

    @Test(
        arguments: CategoryRules.exclusions.flatMap { [[$0.one, $0.other], [$0.other, $0.one]] })
    func `of two that exclude each other the second is refused, whichever it is`(
        categories: [Messages.Category]
    ) throws {
        let first = try assertion(
            categories[0], of: couple.uuid, in: couple, from: "2010-01-01", to: "2014-12-31")
        try life.accept(first)
        try expectRefusal(
            assertion(categories[1], of: couple.uuid, in: couple, from: "2014-12-31"),
            saying: first.assertion.description)
        try expectRefusal(
            assertion(
                categories[1], of: couple.uuid, in: couple, from: "2009-01-01", to: "2010-01-01"),
            saying: "2010-01-01")
        // Days that do not meet may come in any order.
        try life.accept(
            assertion(categories[1], of: couple.uuid, in: couple, from: "2015-01-01"))
        try life.accept(
            assertion(
                categories[1], of: couple.uuid, in: couple, from: "2009-01-01", to: "2009-12-31"))
        #expect(try open().isEmpty)
    }

    @Test func `a household is not registered with both`() throws {
        let id = HouseholdID(UUID())
        try expectRefusal(
            RegistrySamples.household(
                id, members: [RegistrySamples.member(7)],
                categories: [
                    RegistrySamples.category(.lowSecurity, of: id.uuid),
                    RegistrySamples.category(.lowIncome, of: id.uuid),
                ]), at: "/categories/1/validFrom", saying: "low_security")
    }

    @Test func `one member of a family of low income may have low security alone`() throws {
        try life.accept(assertion(.lowIncome, of: couple.uuid, in: couple))
        let answer = try life.accept(assertion(.lowSecurity, of: wife.person.uuid, in: couple))
        #expect(answer.code == nil)
        #expect(try open().isEmpty)
    }

    @Test func `a correction does not make days meet, and may shorten what contradicts already`()
        throws
    {
        let first = try assertion(
            .lowSecurity, of: couple.uuid, in: couple, from: "2010-01-01", to: "2014-12-31")
        let second = try assertion(.lowIncome, of: couple.uuid, in: couple, from: "2015-01-01")
        try life.accept(first)
        try life.accept(second)
        func correct(from day: String) throws -> CorrectCategory {
            CorrectCategory(
                assertion: second.assertion, validFrom: try life.day(day), reason: "a slip",
                actor: try RegistrySamples.officer)
        }
        try expectRefusal(correct(from: "2014-12-31"), saying: "low_security")
        try life.accept(correct(from: "2016-01-01"))
        // A death that was none leaves a bereaved family with a living child.
        let bereaved = try bereave()
        try life.accept(
            CorrectCategory(
                assertion: bereaved, validFrom: life.day("2020-03-01"), reason: "a slip",
                actor: RegistrySamples.officer))
    }

    /// The child dies, the family is bereaved, and the death turns out to be none.
    private func bereave() throws -> AssertionID {
        try life.accept(RecordDeath(person: child.person, diedOn: life.day("2020-02-01")))
        let bereaved = try assertion(
            .bereaved, of: family.uuid, in: family, from: "2020-02-01")
        try life.accept(bereaved)
        try life.accept(
            VerifyCategory(assertion: bereaved.assertion, verifiedOn: life.day("2020-02-09")))
        #expect(try open().isEmpty)
        try life.accept(
            VoidDeath(
                person: child.person, voidedOn: life.day("2020-04-01"), reason: "another one",
                actor: RegistrySamples.officer))
        return bereaved.assertion
    }

    // MARK: Of the children

    @Test func `a family with a living child is not bereaved, and is from the day of the death on`()
        throws
    {
        try expectRefusal(
            assertion(.bereaved, of: family.uuid, in: family, from: "2020-02-01"), saying: "alive")
        try life.accept(RecordDeath(person: child.person, diedOn: life.day("2020-02-01")))
        try expectRefusal(
            assertion(.bereaved, of: family.uuid, in: family, from: "2020-01-31"), saying: "alive")
        let answer = try life.accept(
            assertion(.bereaved, of: family.uuid, in: family, from: "2020-02-01"))
        #expect(answer.code == nil)
    }

    @Test(arguments: [Messages.Category.onlyChild, .disabledChild])
    func `a family whose child has died has no other one from then on`(
        category: Messages.Category
    ) throws {
        try life.accept(RecordDeath(person: child.person, diedOn: life.day("2020-02-01")))
        try expectRefusal(
            assertion(category, of: family.uuid, in: family, from: "2020-02-01"),
            saying: "2020-02-01")
        // A paper of before is late. It is looked at, as it would be if it had come in time.
        let late = try assertion(category, of: family.uuid, in: family, from: "2010-01-01")
        let answer = try life.accept(late)
        #expect((answer.code, answer.pointer) == ("category_contradicts", "/data/validFrom"))
        let task = try #require(open().first)
        #expect((task.subject, task.raisedOn) == (family.uuid, try life.day("2020-02-01")))
        try life.accept(EndCategory(assertion: late.assertion, endedOn: life.day("2020-02-01")))
        #expect(try open().isEmpty)
        let settled = try life.tasks(.reviewCategories, .settled)
        #expect(settled.map(\.settledOn) == [try life.day("2020-02-01")])
    }

    @Test func `a late paper that ended before the death is no matter`() throws {
        try life.accept(RecordDeath(person: child.person, diedOn: life.day("2020-02-01")))
        let answer = try life.accept(
            assertion(
                .onlyChild, of: family.uuid, in: family, from: "2010-01-01", to: "2020-01-31"))
        #expect(answer.code == nil)
        #expect(try open().isEmpty)
    }

    @Test func `a mother who has lost a child may live with a child: that is looked at`() throws {
        let hers = try assertion(.bereaved, of: mother.person.uuid, in: family)
        let answer = try life.accept(hers)
        #expect((answer.code, answer.pointer) == ("category_contradicts", "/data/validFrom"))
        #expect(try open().map(\.subject) == [family.uuid])
        try life.accept(
            MovePerson(
                person: mother.person, destination: life.communities[0],
                movedOn: life.day("2020-03-01")))
        #expect(try open().isEmpty)
    }

    @Test
    func `a grown child who has lost one of her own lives with her parents, and nobody looks`()
        throws
    {
        let answer = try life.accept(assertion(.bereaved, of: child.person.uuid, in: family))
        #expect(answer.code == nil)
        #expect(try open().isEmpty)
    }

    @Test func `a household that is registered so is looked at, and the receipt says so`() throws {
        let id = HouseholdID(UUID())
        let bereaved = try RegistrySamples.member(8, .spouse)
        let answer = try life.accept(
            RegistrySamples.household(
                id,
                members: [
                    RegistrySamples.member(7), bereaved, RegistrySamples.member(9, .child),
                ], categories: [RegistrySamples.category(.bereaved, of: bereaved.person.uuid)]))
        #expect((answer.code, answer.pointer) == ("category_contradicts", "/data/categories/0"))
        #expect(try open().map(\.subject) == [id.uuid])
    }

    @Test func `a death that was none makes somebody look at a bereaved family`() throws {
        let bereaved = try bereave()
        let task = try #require(open().first)
        #expect((task.subject, task.raisedOn) == (family.uuid, try life.day("2020-02-01")))
        try life.accept(RevokeCategory(assertion: bereaved, revokedOn: life.day("2020-04-02")))
        #expect(try open().isEmpty)
    }

    @Test func `so is one of which no child was known, until a child joins it`() throws {
        try life.accept(assertion(.bereaved, of: couple.uuid, in: couple))
        #expect(try open().isEmpty)
        try life.accept(
            MovePerson(
                person: child.person, destination: life.communities[0], household: couple,
                role: .child, movedOn: life.day("2020-03-01")))
        let task = try #require(open().first)
        #expect((task.subject, task.raisedOn) == (couple.uuid, try life.day("2020-03-01")))
    }

    // MARK: After a death

    @Test func `nothing begins after the death of the person whom it is about`() throws {
        try life.accept(RecordDeath(person: mother.person, diedOn: life.day("2020-02-01")))
        try expectRefusal(
            assertion(.lowIncome, of: mother.person.uuid, in: family, from: "2020-02-01"),
            "person_gone", saying: "2020-02-01")
        try life.accept(
            assertion(.lowIncome, of: mother.person.uuid, in: family, from: "2020-01-31"))
        try life.accept(assertion(.lowSecurity, of: family.uuid, in: family, from: "2020-03-01"))
    }

    @Test func `what began after a death that is told late is looked at until it ends`() throws {
        let late = try assertion(
            .lowIncome, of: mother.person.uuid, in: family, from: "2020-03-01")
        try life.accept(late)
        try life.accept(RecordDeath(person: mother.person, diedOn: life.day("2020-02-01")))
        let task = try #require(open().first)
        #expect((task.subject, task.raisedOn) == (family.uuid, try life.day("2020-03-01")))
        try life.accept(EndCategory(assertion: late.assertion, endedOn: life.day("2020-03-01")))
        #expect(try open().isEmpty)
    }

    @Test func `or until the death turns out to be of a later day`() throws {
        try life.accept(
            assertion(.lowIncome, of: mother.person.uuid, in: family, from: "2020-03-01"))
        try life.accept(RecordDeath(person: mother.person, diedOn: life.day("2020-02-01")))
        #expect(try open().count == 1)
        try life.accept(
            CorrectDeath(
                person: mother.person, diedOn: life.day("2020-04-01"),
                correctedOn: life.day("2020-05-01"), reason: "a slip",
                actor: RegistrySamples.officer))
        #expect(try open().isEmpty)
    }

    // MARK: Two who are one

    @Test func `a person of whom two registrations say both is looked at, also in no household`()
        throws
    {
        let persons = try [RegistrySamples.person(11), RegistrySamples.person(12)]
        for person in persons { try life.accept(person) }
        var said: [AssertCategory] = []
        for (person, category) in zip(persons, [Messages.Category.lowSecurity, .lowIncome]) {
            // They were asserted while each lived in the couple's household.
            try life.accept(
                JoinHousehold(
                    household: couple, person: person.person, role: .parent,
                    movedOn: life.day("2019-07-01")))
            said.append(
                try assertion(category, of: person.person.uuid, in: couple, from: "2019-07-01"))
            try life.accept(said[said.count - 1])
            try life.accept(
                LeaveHousehold(
                    household: couple, person: person.person, movedOn: life.day("2019-08-01")))
        }
        #expect(try open().isEmpty)
        try life.accept(
            MergePersons(
                survivor: persons[0].person, merged: persons[1].person,
                mergedOn: life.day("2020-01-01")))
        let task = try #require(open().first)
        #expect(
            (task.subject, task.raisedOn) == (persons[0].person.uuid, try life.day("2019-07-01")))
        try life.accept(EndCategory(assertion: said[1].assertion, endedOn: life.day("2020-01-02")))
        #expect(try open().isEmpty)
    }
}
