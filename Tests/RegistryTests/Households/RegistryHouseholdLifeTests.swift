import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

@Suite struct RegistryHouseholdLifeTests {
    private let bench: HandlerBench
    private let household = HouseholdID(UUID())
    private let head = PersonID(UUID())
    private let spouse = PersonID(UUID())
    private let child = PersonID(UUID())
    private let day: BusinessDate

    init() throws {
        bench = try registryBench()
        day = try RegistrySamples.date("2020-01-01")
        try bench.handle(
            RegistrySamples.household(
                household,
                members: [
                    RegistrySamples.member(1, .head, person: head),
                    RegistrySamples.member(2, .spouse, person: spouse),
                    RegistrySamples.member(3, .child, person: child),
                ]))
    }

    private func role(_ person: PersonID, _ role: Role) -> MemberRoleInHousehold {
        MemberRoleInHousehold(person: person, role: role)
    }

    /// Where the person lives, as the outcome's facts say.
    private func stay(_ person: PersonID, _ outcome: Outcome) -> Stay? {
        outcome.emissions.compactMap { ($0.fact as? PersonMoved)?.records }.flatMap {
            $0.persons ?? []
        }
        .last { $0.person == person }?.stays.last
    }

    @Test func `a person leaves and joins again`() throws {
        let left = try bench.handle(
            LeaveHousehold(household: household, person: child, movedOn: day))
        #expect(stay(child, left)?.household == nil)
        #expect(stay(child, left)?.territory?.rawValue == RegistrySamples.communities[0])
        expectRefusal(
            try bench.handle(LeaveHousehold(household: household, person: child, movedOn: day)),
            "not_of_household", at: "/person")
        let joined = try bench.handle(
            JoinHousehold(
                household: household, person: child, role: .child, movedOn: day.adding(days: 1)))
        #expect(stay(child, joined)?.household == household)
    }

    @Test func `somebody who is in a household joins no other`() throws {
        let other = HouseholdID(UUID())
        try bench.handle(
            RegistrySamples.household(other, members: [RegistrySamples.member(4)]))
        expectRefusal(
            try bench.handle(
                JoinHousehold(household: other, person: child, role: .child, movedOn: day)),
            "person_in_household", at: "/person")
    }

    @Test func `another member becomes the head`() throws {
        let two = ChangeHouseholdRoles(
            household: household, members: [role(spouse, .head)], changedOn: day)
        expectRefusal(try bench.handle(two), "two_heads", at: "/members")
        let outcome = try bench.handle(
            ChangeHouseholdRoles(
                household: household, members: [role(spouse, .head), role(head, .spouse)],
                changedOn: day))
        #expect(stay(spouse, outcome)?.role == .head)
        #expect(stay(head, outcome)?.role == .spouse)
        #expect(outcome.emissions.count == 2)
    }

    @Test func `the widow becomes the head of the house`() throws {
        try bench.handle(RecordDeath(person: head, diedOn: day))
        let outcome = try bench.handle(
            ChangeHouseholdRoles(
                household: household, members: [role(spouse, .head)],
                changedOn: day.adding(days: 9)))
        #expect(stay(spouse, outcome)?.role == .head)
    }

    @Test func `a household splits in two, and each counts`() throws {
        let new = HouseholdID(UUID())
        let outcome = try bench.handle(
            SplitHousehold(
                household: household, into: new,
                territory: try RegistrySamples.territory(RegistrySamples.communities[1]),
                members: [role(spouse, .head), role(child, .child)], splitOn: day))
        let fact = try #require(outcome.fact(HouseholdRegistered.self))
        #expect(fact.household == new)
        #expect(stay(spouse, outcome)?.household == new)
        #expect(stay(child, outcome)?.territory?.rawValue == RegistrySamples.communities[1])
        let persons = (fact.stock ?? []).map(\.persons)
        #expect(persons.reduce(0, +) == 0)
        #expect((fact.stock ?? []).map(\.households).reduce(0, +) == 0)
    }

    @Test func `of two households one remains, with all members`() throws {
        let other = HouseholdID(UUID())
        let single = PersonID(UUID())
        try bench.handle(
            RegistrySamples.household(
                other, members: [RegistrySamples.member(4, .head, person: single)]))
        expectRefusal(
            try bench.handle(
                MergeHouseholds(survivor: household, merged: other, members: [], mergedOn: day)),
            "members_missing", at: "/members")
        let merge = MergeHouseholds(
            survivor: household, merged: other, members: [role(single, .parent)], mergedOn: day)
        let outcome = try bench.handle(merge)
        let fact = try #require(outcome.fact(HouseholdDissolved.self))
        #expect(fact.records?.households?.contains { $0.dissolvedOn == day } == true)
        #expect((fact.stock ?? []).map(\.households).reduce(0, +) == -1)
        #expect((fact.stock ?? []).map(\.persons).reduce(0, +) == 0)
        #expect(stay(single, outcome)?.household == household)
        expectRefusal(try bench.handle(merge), "household_gone", at: "/mergedOn")
    }

    @Test func `a household ends, and its members live on in none`() throws {
        let outcome = try bench.handle(
            DissolveHousehold(household: household, dissolvedOn: day))
        let fact = try #require(outcome.fact(HouseholdDissolved.self))
        let stays = (fact.records?.persons ?? []).compactMap(\.stays.last)
        #expect(stays.count == 3)
        #expect(stays.allSatisfy { $0.household == nil && $0.territory != nil })
        expectRefusal(
            try bench.handle(
                JoinHousehold(household: household, person: child, role: .child, movedOn: day)),
            "household_gone", at: "/movedOn")
    }

    @Test func `a household does not end before somebody moves in`() throws {
        let late = PersonID(UUID())
        try bench.handle(RegistrySamples.person(4, late))
        try bench.handle(
            JoinHousehold(
                household: household, person: late, role: .parent, movedOn: day.adding(days: 5)))
        expectRefusal(
            try bench.handle(DissolveHousehold(household: household, dissolvedOn: day)),
            "lived_in_later", at: "/dissolvedOn")
    }

    @Test func `nor before somebody is registered in it`() throws {
        var late = try RegistrySamples.person(4, household: household, role: .child)
        late.registeredOn = day.adding(days: 5)
        try bench.handle(late)
        expectRefusal(
            try bench.handle(DissolveHousehold(household: household, dissolvedOn: day)),
            "lived_in_later", at: "/dissolvedOn")
    }

    @Test func `a person is handed over when the other office agrees, once`() throws {
        let handover = HandoverID(UUID())
        let requested = try bench.handle(
            RequestHandover(
                handover: handover, person: child,
                territory: try RegistrySamples.territory(RegistrySamples.communities[1]),
                movedOn: day))
        #expect(requested.fact(HandoverRequested.self)?.handover == handover)
        let outcome = try bench.handle(AcceptHandover(handover: handover))
        #expect(outcome.fact(HandoverDecided.self)?.isAccepted == true)
        #expect(stay(child, outcome)?.territory?.rawValue == RegistrySamples.communities[1])
        expectRefusal(
            try bench.handle(AcceptHandover(handover: handover)), "handover_decided",
            at: "/handover")
    }

    @Test func `a request for somebody who is not registered is answered like any other`() throws {
        let outcome = try bench.handle(
            RequestHandover(
                handover: HandoverID(UUID()), person: PersonID(UUID()),
                territory: try RegistrySamples.territory(RegistrySamples.communities[1]),
                movedOn: day))
        #expect(outcome.isAccepted)
    }

    @Test func `a handover that is declined moves nobody`() throws {
        let handover = HandoverID(UUID())
        try bench.handle(
            RequestHandover(
                handover: handover, person: child,
                territory: try RegistrySamples.territory(RegistrySamples.communities[1]),
                movedOn: day))
        let outcome = try bench.handle(
            DeclineHandover(handover: handover, reason: "lives here"))
        #expect(outcome.fact(HandoverDecided.self)?.isAccepted == false)
        #expect(outcome.fact(PersonMoved.self) == nil)
    }
}
