import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry

/// On which days a household is there, and where a refusal points, on a real database.
@Suite struct RegistryHouseholdDayTests {
    private let bench: ServiceBench
    private let household = HouseholdID(UUID())
    private let head: NewMember
    private let single = PersonID(UUID())
    private let officer: Actor

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        head = try RegistrySamples.member(1)
        officer = try RegistrySamples.officer
        try bench.decide([RegistrySamples.loadTerritory()] + RegistrySamples.appointment())
        try bench.decide([
            RegistrySamples.household(household, members: [head]),
            RegistrySamples.person(2, single),
        ])
    }

    private func day(_ text: String) throws -> BusinessDate { try RegistrySamples.date(text) }

    private func place(_ index: Int) throws -> TerritoryCode {
        try RegistrySamples.territory(RegistrySamples.communities[index])
    }

    private func accept(_ command: any Command) throws {
        let answer = try bench.decide(command)
        #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
    }

    /// Refuses with that code at a place that the command has.
    private func expectRefusal(
        _ command: any Command, _ code: String, at pointer: String
    ) throws {
        let type = type(of: command).type
        let answer = try bench.decide(command)
        #expect(answer.code == code, "\(type)")
        #expect(answer.pointer == "/data\(pointer)", "\(type)")
        let document = try JSONSerialization.jsonObject(with: Data(bench.body(command)))
        let data = try #require((document as? [String: Any])?["data"] as? [String: Any])
        #expect(data[String(pointer.dropFirst())] != nil, "\(type) has no \(pointer)")
    }

    private func assertion(_ id: AssertionID, from start: String) throws -> AssertCategory {
        AssertCategory(
            assertion: id, household: household, subject: household.uuid, category: .lowIncome,
            validFrom: try day(start))
    }

    private func request(_ handover: HandoverID, on date: String) throws -> RequestHandover {
        RequestHandover(
            handover: handover, person: single, territory: try place(0), household: household,
            role: .parent, movedOn: try day(date))
    }

    @Test func `a day before a household is refused at the day`() throws {
        let early = try day("2019-05-31")
        try expectRefusal(
            MoveHousehold(household: household, territory: place(1), movedOn: early),
            "before_household", at: "/movedOn")
        try expectRefusal(
            JoinHousehold(household: household, person: single, role: .parent, movedOn: early),
            "before_household", at: "/movedOn")
        try expectRefusal(
            ChangeHouseholdRoles(
                household: household,
                members: [MemberRoleInHousehold(person: head.person, role: .parent)],
                changedOn: early), "before_household", at: "/changedOn")
        try expectRefusal(
            DissolveHousehold(household: household, dissolvedOn: early), "before_household",
            at: "/dissolvedOn")
        try expectRefusal(
            request(HandoverID(UUID()), on: "2019-05-31"), "before_household", at: "/movedOn")
    }

    @Test func `so is a day after its end`() throws {
        try accept(DissolveHousehold(household: household, dissolvedOn: day("2020-01-01")))
        try expectRefusal(
            MovePerson(
                person: single, destination: place(0), household: household, role: .parent,
                movedOn: day("2020-01-01")), "household_gone", at: "/movedOn")
        try expectRefusal(
            MoveHousehold(household: household, territory: place(1), movedOn: day("2020-01-01")),
            "household_gone", at: "/movedOn")
        var late = try RegistrySamples.person(3, household: household, role: .child)
        late.registeredOn = try day("2020-01-01")
        try expectRefusal(late, "household_gone", at: "/registeredOn")
        late.registeredOn = try day("2019-12-31")
        try accept(late)
    }

    @Test func `nothing is asserted of a household that begins after its end`() throws {
        try accept(DissolveHousehold(household: household, dissolvedOn: day("2020-01-01")))
        try expectRefusal(
            assertion(AssertionID(UUID()), from: "2020-01-01"), "household_gone", at: "/validFrom")
        let before = AssertionID(UUID())
        try accept(assertion(before, from: "2019-12-31"))
        try expectRefusal(
            CorrectCategory(
                assertion: before, validFrom: day("2020-02-01"), reason: "a slip", actor: officer),
            "household_gone", at: "/validFrom")
    }

    @Test func `a handover that cannot be accepted is refused at the handover`() throws {
        let (gone, moved) = (HandoverID(UUID()), HandoverID(UUID()))
        try accept(request(gone, on: "2020-02-01"))
        try accept(request(moved, on: "2019-12-01"))
        try accept(DissolveHousehold(household: household, dissolvedOn: day("2020-01-01")))
        try expectRefusal(AcceptHandover(handover: gone), "household_gone", at: "/handover")
        try accept(RecordDeath(person: single, diedOn: day("2019-11-01")))
        try expectRefusal(AcceptHandover(handover: moved), "person_gone", at: "/handover")
    }

    @Test func `a household in a unit that was closed by then is refused at the day`() throws {
        let member = try RegistrySamples.person(4)
        let there = HouseholdID(UUID())
        try accept(member)
        try accept(
            RegistrySamples.household(
                there, in: RegistrySamples.communities[1], members: [RegistrySamples.member(5)]))
        try accept(
            RegistrySamples.loadTerritory(
                [RegistrySamples.communities[1]], edition: "2024-12-31", to: "2024-01-01"))
        try expectRefusal(
            JoinHousehold(
                household: there, person: member.person, role: .parent,
                movedOn: day("2024-06-01")), "territory_not_in_force", at: "/movedOn")
    }
}
