import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry

/// What new households and further children demand of an office, on a real database.
@Suite struct RegistryFamilyTaskTests {
    private let bench: ServiceBench
    private let household = HouseholdID(UUID())
    private let spouse: NewMember
    private let child: NewMember
    private let category: NewCategory

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        spouse = try RegistrySamples.member(2, .spouse)
        child = try RegistrySamples.member(3, .child)
        category = try RegistrySamples.category(.onlyChild, of: household.uuid)
        try bench.decide([
            try RegistrySamples.loadTerritory(),
            try RegistrySamples.household(
                household, members: [RegistrySamples.member(1), spouse, child],
                categories: [category]),
        ])
    }

    private func day(_ text: String) throws -> BusinessDate { try RegistrySamples.date(text) }

    private func accept(_ command: any Command) throws {
        let answer = try bench.decide(command)
        #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
    }

    private func tasks() throws -> TasksAnswer {
        let answered = try bench.decide(ListRegistryTasks(TaskSelection(.open)))
        return try JSONDecoder().decode(
            AnswerDocument<TasksAnswer>.self, from: Data(answered.body)
        ).data.answer
    }

    // MARK: A successor

    @Test func `a household that some have left to found, without a head, needs one`() throws {
        let new = HouseholdID(UUID())
        func split(_ role: Role) throws -> SplitHousehold {
            SplitHousehold(
                household: household, into: new,
                territory: try RegistrySamples.territory(RegistrySamples.communities[0]),
                members: [MemberRoleInHousehold(person: spouse.person, role: role)],
                splitOn: try day("2020-02-01"))
        }
        try accept(split(.spouse))
        let task = try #require(tasks().tasks.first)
        #expect((task.kind, task.subject) == ("name_successor", new.uuid))
        #expect(task.raisedOn == (try day("2020-02-01")))
        try accept(
            ChangeHouseholdRoles(
                household: new,
                members: [MemberRoleInHousehold(person: spouse.person, role: .head)],
                changedOn: try day("2020-02-05")))
        #expect(try tasks().tasks.isEmpty)
    }

    @Test func `one that is founded with a head asks for none`() throws {
        try accept(
            SplitHousehold(
                household: household, into: HouseholdID(UUID()),
                territory: try RegistrySamples.territory(RegistrySamples.communities[0]),
                members: [MemberRoleInHousehold(person: spouse.person, role: .head)],
                splitOn: try day("2020-02-01")))
        #expect(try tasks().tasks.isEmpty)
    }

    // MARK: Another child

    @Test func `a family with another child is to be looked at, until the category ends`() throws {
        try accept(RegistrySamples.person(7, household: household, role: .child))
        let task = try #require(tasks().tasks.first)
        #expect((task.kind, task.subject) == ("review_categories", household.uuid))
        try accept(EndCategory(assertion: category.assertion, endedOn: try day("2020-02-02")))
        #expect(try tasks().tasks.isEmpty)
    }

    @Test func `so is one that a child joins, until the child has left`() throws {
        let second = PersonID(UUID())
        try accept(RegistrySamples.person(7, second))
        try accept(
            JoinHousehold(
                household: household, person: second, role: .child, movedOn: try day("2020-02-01")))
        #expect(try tasks().tasks.map(\.raisedOn) == [try day("2020-02-01")])
        try accept(
            LeaveHousehold(
                household: household, person: second, movedOn: try day("2020-03-01")))
        #expect(try tasks().tasks.isEmpty)
    }

    @Test func `so is one with two children when an only child is verified in it`() throws {
        let (family, assertion) = (HouseholdID(UUID()), AssertionID(UUID()))
        try accept(
            RegistrySamples.household(
                family,
                members: [
                    RegistrySamples.member(11), RegistrySamples.member(12, .child),
                    RegistrySamples.member(13, .child),
                ]))
        try accept(
            AssertCategory(
                assertion: assertion, household: family, subject: family.uuid,
                category: .onlyChild, evidence: "seen", validFrom: try day("2020-01-01")))
        #expect(try tasks().tasks.isEmpty)
        try accept(VerifyCategory(assertion: assertion, verifiedOn: try day("2020-02-01")))
        #expect(try tasks().tasks.map(\.subject) == [family.uuid])
        try accept(RevokeCategory(assertion: assertion, revokedOn: try day("2020-02-02")))
        #expect(try tasks().tasks.isEmpty)
    }

    @Test func `a child who has left and a grandparent make nobody look`() throws {
        try accept(RegistrySamples.person(7, household: household, role: .parent))
        try accept(
            MovePerson(person: child.person, destination: nil, movedOn: try day("2020-02-01")))
        #expect(try tasks().tasks.isEmpty)
    }
}
