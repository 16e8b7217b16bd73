import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry

/// Members who have died stay in their household, on a real database.
@Suite struct RegistryDeadMemberTests {
    private let life: TaskBench
    private let couple = HouseholdID(UUID())
    private let family = HouseholdID(UUID())
    private let father: NewMember
    private let mother: NewMember
    private let child: NewMember

    /// The only child of a family dies on 2020-02-01.
    init() throws {
        life = try TaskBench()
        father = try RegistrySamples.member(3)
        mother = try RegistrySamples.member(4, .spouse)
        child = try RegistrySamples.member(5, .child)
        try life.accept(RegistrySamples.household(couple, members: [RegistrySamples.member(1)]))
        try life.accept(
            RegistrySamples.household(
                family, members: [father, mother, child],
                categories: [RegistrySamples.category(.onlyChild, of: family.uuid)]))
        try life.accept(RecordDeath(person: child.person, diedOn: life.day("2020-02-01")))
        #expect(try life.tasks(.reviewCategories).map(\.subject) == [family.uuid])
    }

    private func role(_ member: NewMember, _ role: Role) -> MemberRoleInHousehold {
        MemberRoleInHousehold(person: member.person, role: role)
    }

    private func split(
        _ members: [MemberRoleInHousehold], on day: String = "2020-02-01"
    ) throws -> SplitHousehold {
        SplitHousehold(
            household: family, into: HouseholdID(UUID()), territory: life.communities[1],
            members: members, splitOn: try life.day(day))
    }

    private func expectGone(_ command: any Command, at pointer: String) throws {
        let answer = try life.bench.decide(command)
        #expect((answer.code, answer.pointer) == ("person_gone", "/data\(pointer)"))
        #expect(answer.expected?.contains("died on 2020-02-01") == true)
        #expect(try life.tasks(.reviewCategories).map(\.subject) == [family.uuid])
    }

    @Test func `nobody who has died founds a household, alone or with others`() throws {
        try expectGone(split([role(child, .head)]), at: "/members/0/person")
        try expectGone(
            split([role(mother, .head), role(child, .child)]), at: "/members/1/person")
        try life.accept(split([role(mother, .head)]))
    }

    @Test func `a split of the day before the death may be told late`() throws {
        try life.accept(split([role(child, .head)], on: "2020-01-31"))
        // The child lived in a household of its own when it died.
        #expect(try life.tasks(.reviewCategories).isEmpty)
    }

    @Test func `nobody who has died gets another role, but one of before may be told late`()
        throws
    {
        func change(_ new: Role, on day: String) throws -> ChangeHouseholdRoles {
            ChangeHouseholdRoles(
                household: family, members: [role(child, new)], changedOn: try life.day(day))
        }
        try expectGone(change(.spouse, on: "2020-02-01"), at: "/members/0/person")
        try expectGone(change(.head, on: "2020-03-01"), at: "/members/0/person")
        try life.accept(change(.parent, on: "2020-01-31"))
    }

    @Test func `nobody who has died comes along when two households become one`() throws {
        func merge(_ members: [MemberRoleInHousehold]) throws -> MergeHouseholds {
            MergeHouseholds(
                survivor: couple, merged: family, members: members,
                mergedOn: try life.day("2020-03-01"))
        }
        let living = [role(father, .parent), role(mother, .parent)]
        try expectGone(merge(living + [role(child, .child)]), at: "/members/2/person")
        try life.accept(merge(living))
    }

    @Test func `the refusal of a move, of leaving and of joining says the day of the death`()
        throws
    {
        let day = try life.day("2020-02-01")
        try expectGone(
            MovePerson(
                person: child.person, destination: life.communities[1], movedOn: day),
            at: "/person")
        try expectGone(
            LeaveHousehold(household: family, person: child.person, movedOn: day), at: "/person")
        try life.accept(
            LeaveHousehold(
                household: family, person: child.person, movedOn: life.day("2020-01-31")))
        let answer = try life.bench.decide(
            JoinHousehold(household: couple, person: child.person, role: .child, movedOn: day))
        #expect((answer.code, answer.pointer) == ("person_gone", "/data/person"))
        #expect(answer.expected?.contains("died on 2020-02-01") == true)
    }

    @Test func `an office that does not know somebody is not told of the death`() throws {
        let answer = try life.bench.decide(
            split([role(child, .head)]), publisher: life.there)
        #expect(answer.code == "out_of_scope")
        #expect(answer.expected?.contains("2020-02-01") != true)
    }
}
