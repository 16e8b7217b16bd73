import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

@Suite struct RegistryPersonTests {
    private let bench: HandlerBench

    init() throws { bench = try registryBench() }

    @Test func `a person is registered without a household`() throws {
        let id = PersonID(UUID())
        let outcome = try bench.handle(RegistrySamples.person(1, id))
        let fact = try #require(outcome.fact(PersonRegistered.self))
        #expect(fact.household == nil)
        #expect(fact.birthDate == (try RegistrySamples.date("1965-03-09")))
        #expect(outcome.emissions.first?.subject == id.description)
        #expect(outcome.emissions.first?.sequence == 1)
        #expect(bench.source.loads == 0)
    }

    @Test func `a person is registered into a household`() throws {
        let household = HouseholdID(UUID())
        try bench.handle(
            RegistrySamples.household(household, members: [RegistrySamples.member(1)]))
        let outcome = try bench.handle(
            RegistrySamples.person(2, household: household, role: .child))
        #expect(outcome.fact(PersonRegistered.self)?.household == household)
        #expect(outcome.fact(PersonRegistered.self)?.role == .child)
    }

    @Test func `a person waits for a household that is not registered yet`() throws {
        let household = HouseholdID(UUID())
        let outcome = try bench.handle(
            RegistrySamples.person(1, household: household, role: .child))
        expectWait(outcome, for: household.uuid, else: "unknown_household", at: "/household")
    }

    @Test func `a household outside the publisher's scope is refused`() throws {
        let household = HouseholdID(UUID())
        try bench.handle(
            RegistrySamples.household(
                household, in: RegistrySamples.communities[1],
                members: [RegistrySamples.member(1)]))
        let outcome = try bench.handle(
            RegistrySamples.person(2, household: household, role: .child),
            territories: [RegistrySamples.territory("350203007")])
        expectRefusal(outcome, "out_of_scope", at: "/household")
    }

    @Test func `a role without a household is refused`() throws {
        let outcome = try bench.handle(RegistrySamples.person(1, role: .child))
        expectRefusal(outcome, "role_without_household", at: "/role")
    }

    @Test func `a member without a role is refused`() throws {
        let outcome = try bench.handle(
            RegistrySamples.person(1, household: HouseholdID(UUID())))
        expectRefusal(outcome, "member_without_role", at: "/role")
    }

    @Test func `a person is registered once`() throws {
        let id = PersonID(UUID())
        try bench.handle(RegistrySamples.person(1, id))
        expectRefusal(
            try bench.handle(RegistrySamples.person(2, id)), "person_exists", at: "/person")
    }

    @Test func `a resident id belongs to one person`() throws {
        try bench.handle(RegistrySamples.person(1))
        expectRefusal(
            try bench.handle(RegistrySamples.person(1)), "resident_exists", at: "/residentId")
    }

    @Test func `an unknown territory is refused`() throws {
        expectRefusal(
            try bench.handle(RegistrySamples.person(1, in: "350203012901")), "unknown_territory",
            at: "/territory")
    }
}
