import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry

/// On which day a task stands, and in which office, when what raised it is corrected or moves.
@Suite struct RegistryTaskDayTests {
    private let life: TaskBench
    private let household = HouseholdID(UUID())
    private let head: NewMember
    private let spouse: NewMember
    private let child: NewMember
    private let category: NewCategory

    init() throws {
        life = try TaskBench()
        head = try RegistrySamples.member(1)
        spouse = try RegistrySamples.member(2, .spouse)
        child = try RegistrySamples.member(3, .child)
        category = try RegistrySamples.category(.onlyChild, of: household.uuid)
        try life.accept(
            RegistrySamples.household(
                household, members: [head, spouse, child], categories: [category]))
    }

    private func die(_ member: NewMember, on day: String) throws {
        try life.accept(RecordDeath(person: member.person, diedOn: life.day(day)))
    }

    private func correct(_ member: NewMember, to day: String) throws {
        try life.accept(
            CorrectDeath(
                person: member.person, diedOn: life.day(day), correctedOn: life.day("2020-06-01"),
                reason: "a slip", actor: RegistrySamples.officer))
    }

    @Test func `the day on which a successor was needed follows the day of the death`() throws {
        try die(head, on: "2020-02-01")
        try correct(head, to: "2020-01-20")
        #expect(
            try life.tasks(.nameSuccessor).map(\.raisedOn) == [try life.day("2020-01-20")])
    }

    @Test func `but not that of another death`() throws {
        try die(head, on: "2020-02-01")
        try life.accept(
            ChangeHouseholdRoles(
                household: household,
                members: [MemberRoleInHousehold(person: spouse.person, role: .head)],
                changedOn: life.day("2020-02-10")))
        try die(spouse, on: "2020-05-01")
        try correct(head, to: "2020-02-05")
        #expect(
            try life.tasks(.nameSuccessor).map(\.raisedOn) == [try life.day("2020-05-01")])
        try correct(spouse, to: "2020-04-01")
        #expect(
            try life.tasks(.nameSuccessor).map(\.raisedOn) == [try life.day("2020-04-01")])
    }

    @Test func `one that was dismissed stays so`() throws {
        try die(head, on: "2020-02-01")
        try life.dismiss(Tasks.id(.nameSuccessor, household.uuid))
        try correct(head, to: "2020-01-20")
        #expect(try life.tasks(.nameSuccessor).isEmpty)
    }

    @Test func `the same holds for the look at the categories of a child who has died`() throws {
        try die(child, on: "2020-02-01")
        try correct(child, to: "2020-01-20")
        #expect(
            try life.tasks(.reviewCategories).map(\.raisedOn) == [try life.day("2020-01-20")])
    }

    @Test func `a task is settled on the day of what settles it`() throws {
        try die(child, on: "2020-02-01")
        try life.accept(EndCategory(assertion: category.assertion, endedOn: life.day("2020-02-07")))
        #expect(
            try life.tasks(.reviewCategories, .settled).map(\.settledOn)
                == [try life.day("2020-02-07")])
    }

    @Test func `the erasure of the child who has died leaves the task`() throws {
        try die(child, on: "2020-02-01")
        try life.accept(ErasePerson(person: child.person, erasedOn: life.day("2020-03-01")))
        #expect(try life.tasks(.reviewCategories).map(\.subject) == [household.uuid])
    }

    @Test func `both tasks go along when the household moves to another office`() throws {
        try die(head, on: "2020-02-01")
        try die(child, on: "2020-02-02")
        try life.accept(
            MoveHousehold(
                household: household, territory: life.communities[1],
                movedOn: life.day("2020-03-01")))
        for kind in [TaskKind.nameSuccessor, .reviewCategories] {
            #expect(try life.tasks(kind, publisher: life.here).isEmpty)
            let task = try #require(life.tasks(kind, publisher: life.there).first)
            #expect(task.territory == life.communities[1])
        }
    }
}
