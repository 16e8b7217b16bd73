import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

@Suite struct RegistryVerificationTests {
    private let bench: HandlerBench
    private let id = PersonID(UUID())

    init() throws {
        bench = try registryBench()
        try bench.handle(RegistrySamples.person(1, id))
    }

    private func verify(
        _ person: PersonID? = nil, on day: String = "2019-06-03"
    ) throws -> VerifyPerson {
        VerifyPerson(person: person ?? id, verifiedOn: try RegistrySamples.date(day))
    }

    @Test func `a registered person is verified`() throws {
        let outcome = try bench.handle(verify())
        let fact = try #require(outcome.fact(PersonVerified.self))
        #expect(fact.territory.rawValue == RegistrySamples.communities[0])
        #expect(outcome.emissions.first?.sequence == 2)
        #expect(bench.source.loads == 0)
    }

    @Test func `a person is verified once`() throws {
        try bench.handle(verify())
        expectRefusal(try bench.handle(verify()), "person_verified", at: "/person")
    }

    @Test func `a verification before the registration is refused`() throws {
        expectRefusal(
            try bench.handle(verify(on: "2019-05-31")), "before_registration", at: "/verifiedOn")
    }

    @Test func `a verification waits for the registration`() throws {
        let stranger = PersonID(UUID())
        expectWait(
            try bench.handle(verify(stranger)), for: stranger.uuid, else: "unknown_person",
            at: "/person")
    }

    @Test func `a person outside the publisher's scope is not verified`() throws {
        let outcome = try bench.handle(
            verify(), territories: [RegistrySamples.territory("350203009")])
        expectRefusal(outcome, "out_of_scope", at: "/person")
    }

    @Test func `a death is recorded once, and the dead are not verified`() throws {
        let death = RecordDeath(person: id, diedOn: try RegistrySamples.date("2020-01-02"))
        #expect(try bench.handle(death).fact(PersonDied.self)?.person == id)
        expectRefusal(try bench.handle(death), "already_deceased", at: "/person")
        let other = RecordDeath(person: id, diedOn: try RegistrySamples.date("2020-01-03"))
        let told = try bench.handle(other)
        expectRefusal(told, "already_deceased", at: "/person")
        let expected = try #require(told.refusal?.expected)
        #expect(expected.contains("2020-01-02"))
        #expect(expected.contains("registry.person.correct_death.v1"))
        expectRefusal(
            try bench.handle(verify(on: "2020-01-02")), "person_gone", at: "/person")
        // The card was seen while the person was alive, and that is told late.
        #expect(try bench.handle(verify()).isAccepted)
    }

    @Test func `nobody dies before being born`() throws {
        let outcome = try bench.handle(
            RecordDeath(person: id, diedOn: RegistrySamples.date("1965-03-08")))
        expectRefusal(outcome, "died_before_birth", at: "/diedOn")
        #expect(outcome.refusal?.expected == "a date from 1965-03-09 on")
    }

    @Test func `a death waits for the registration`() throws {
        let stranger = PersonID(UUID())
        let outcome = try bench.handle(
            RecordDeath(person: stranger, diedOn: RegistrySamples.date("2020-01-02")))
        expectWait(outcome, for: stranger.uuid, else: "unknown_person", at: "/person")
    }
}

@Suite struct RegistryMoveTests {
    private let bench: HandlerBench
    private let old = HouseholdID(UUID())
    private let new = HouseholdID(UUID())
    private let head: NewMember
    private let child: NewMember
    private let category: NewCategory

    init() throws {
        bench = try registryBench()
        head = try RegistrySamples.member(1)
        child = try RegistrySamples.member(2, .child)
        category = try RegistrySamples.category(
            .hardshipGirl, of: child.person.uuid, to: "2010-12-31")
        try bench.handle(
            RegistrySamples.household(old, members: [head, child], categories: [category]))
        try bench.handle(
            RegistrySamples.household(
                new, in: RegistrySamples.communities[1], members: [RegistrySamples.member(3)]))
    }

    private func move(
        _ person: PersonID? = nil, to community: Int? = 1, _ household: HouseholdID? = nil,
        _ role: Role? = nil, on day: String = "2020-03-01"
    ) throws -> MovePerson {
        MovePerson(
            person: person ?? child.person,
            destination: try community.map {
                try RegistrySamples.territory(RegistrySamples.communities[$0])
            },
            household: household, role: role, movedOn: try RegistrySamples.date(day))
    }

    private func household(_ id: HouseholdID) throws -> Household {
        try #require(try bench.unit.find(Household.self, id.uuid))
    }

    @Test func `a person moves from one household to another`() throws {
        let outcome = try bench.handle(move(nil, to: 1, new, .parent))
        let fact = try #require(outcome.fact(PersonMoved.self))
        #expect(fact.from.rawValue == RegistrySamples.communities[0])
        #expect(fact.territory?.rawValue == RegistrySamples.communities[1])
        #expect(fact.leftHousehold == old)
        #expect(fact.household == new)
        #expect(fact.birthDate == child.statedBirthDate)
        #expect(try household(old).members == [head.person])
        #expect(try household(new).members.contains(child.person))
        #expect(try bench.unit.find(Person.self, child.person.uuid)?.household == new)
    }

    @Test func `what was asserted of a person holds in the next household too`() throws {
        try bench.handle(move(nil, to: 1, new, .child))
        #expect(try household(old).assertions.isEmpty)
        func assert(from: String) throws -> AssertCategory {
            AssertCategory(
                assertion: AssertionID(UUID()), household: new, subject: child.person.uuid,
                category: .hardshipGirl, validFrom: try RegistrySamples.date(from))
        }
        expectRefusal(
            try bench.handle(assert(from: "2010-12-31")), "category_overlaps", at: "/validFrom")
        #expect(try bench.handle(assert(from: "2011-01-01")).isAccepted)
    }

    @Test func `a person moves out and comes back as verified as before`() throws {
        try bench.handle(
            VerifyPerson(person: child.person, verifiedOn: RegistrySamples.date("2019-07-01")))
        let outcome = try bench.handle(move(to: nil))
        #expect(outcome.fact(PersonMoved.self)?.territory == nil)
        #expect(outcome.fact(PersonMoved.self)?.leftHousehold == old)
        expectRefusal(try bench.handle(move(to: nil)), "not_moved", at: "/person")
        #expect(try bench.handle(move(to: 0)).isAccepted)
        expectRefusal(
            try bench.handle(
                VerifyPerson(
                    person: child.person, verifiedOn: RegistrySamples.date("2020-04-01"))),
            "person_verified", at: "/person")
    }

    @Test func `a person who moves out is in no household`() throws {
        expectRefusal(
            try bench.handle(move(nil, to: nil, new, .child)), "moves_out_with_household",
            at: "/household")
    }

    @Test func `a role and a household go together`() throws {
        expectRefusal(
            try bench.handle(move(nil, to: 1, nil, .child)), "role_without_household", at: "/role")
        expectRefusal(
            try bench.handle(move(nil, to: 1, new, nil)), "member_without_role", at: "/role")
    }

    @Test func `a move that changes nothing is refused`() throws {
        expectRefusal(
            try bench.handle(move(nil, to: 0, old, .child)), "not_moved", at: "/person")
        #expect(try bench.handle(move(nil, to: 0, old, .spouse)).isAccepted)
        #expect(try household(old).members == [head.person, child.person])
    }

    @Test func `a move waits for the person and for the household`() throws {
        let (stranger, home) = (PersonID(UUID()), HouseholdID(UUID()))
        expectWait(
            try bench.handle(move(stranger)), for: stranger.uuid, else: "unknown_person",
            at: "/person")
        expectWait(
            try bench.handle(move(nil, to: 1, home, .child)), for: home.uuid,
            else: "unknown_household", at: "/household")
    }

    @Test func `a move needs the scope of both places`() throws {
        let from = try RegistrySamples.territory("350203007")
        let to = try RegistrySamples.territory("350203009")
        expectRefusal(
            try bench.handle(move(), territories: [from]), "out_of_scope", at: "/destination")
        expectRefusal(try bench.handle(move(), territories: [to]), "out_of_scope", at: "/person")
        #expect(try bench.handle(move(), territories: [from, to]).isAccepted)
    }

    @Test func `a move to an unknown place or before the registration is refused`() throws {
        var command = try move()
        command.destination = try RegistrySamples.territory("350203012901")
        expectRefusal(try bench.handle(command), "unknown_territory", at: "/destination")
        expectRefusal(
            try bench.handle(move(on: "2019-05-31")), "before_registration", at: "/movedOn")
    }

    @Test func `a household moves with all its members`() throws {
        let there = try RegistrySamples.territory(RegistrySamples.communities[1])
        let command = MoveHousehold(
            household: old, territory: there, movedOn: try RegistrySamples.date("2020-03-01"))
        let fact = try #require(try bench.handle(command).fact(HouseholdMoved.self))
        #expect(fact.members == [head.person, child.person])
        #expect(try bench.unit.find(Person.self, child.person.uuid)?.territory == there)
        expectRefusal(try bench.handle(command), "not_moved", at: "/territory")
    }

    @Test func `a household's move waits for it, and is bounded like a person's`() throws {
        let home = HouseholdID(UUID())
        func command(_ id: HouseholdID, on day: String = "2020-03-01") throws -> MoveHousehold {
            MoveHousehold(
                household: id,
                territory: try RegistrySamples.territory(RegistrySamples.communities[1]),
                movedOn: try RegistrySamples.date(day))
        }
        expectWait(
            try bench.handle(command(home)), for: home.uuid, else: "unknown_household",
            at: "/household")
        expectRefusal(
            try bench.handle(command(old, on: "2019-05-31")), "before_household", at: "/movedOn")
        expectRefusal(
            try bench.handle(
                command(old), territories: [RegistrySamples.territory("350203009")]),
            "out_of_scope", at: "/household")
    }
}
