import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// A household has one head, on a real database.
@Suite struct RegistryHeadTests {
    private let bench: ServiceBench
    private let household = HouseholdID(UUID())
    private let head: NewMember
    private let spouse: NewMember
    private let child: NewMember
    private let single = PersonID(UUID())
    private let officer: Actor

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        head = try RegistrySamples.member(1)
        spouse = try RegistrySamples.member(2, .spouse)
        child = try RegistrySamples.member(3, .child)
        officer = try RegistrySamples.officer
        try bench.decide([RegistrySamples.loadTerritory()] + RegistrySamples.appointment())
        try bench.decide([
            RegistrySamples.household(household, members: [head, spouse, child]),
            RegistrySamples.person(4, single),
        ])
    }

    private func day(_ text: String) throws -> BusinessDate { try RegistrySamples.date(text) }

    private var place: TerritoryCode {
        get throws { try RegistrySamples.territory(RegistrySamples.communities[0]) }
    }

    private func accept(_ command: any Command) throws {
        let answer = try bench.decide(command)
        #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
    }

    private func expectTwoHeads(_ command: any Command, at pointer: String) throws {
        let answer = try bench.decide(command)
        #expect(answer.code == "two_heads", "\(type(of: command).type)")
        #expect(answer.pointer == "/data\(pointer)")
    }

    private func move(
        _ person: PersonID, to household: HouseholdID?, _ role: Role?, on date: String
    ) throws -> MovePerson {
        MovePerson(
            person: person, destination: try place, household: household, role: role,
            movedOn: try day(date))
    }

    private func change(
        _ roles: [(PersonID, Role)], on date: String = "2020-06-01"
    ) throws -> ChangeHouseholdRoles {
        ChangeHouseholdRoles(
            household: household,
            members: roles.map { MemberRoleInHousehold(person: $0.0, role: $0.1) },
            changedOn: try day(date))
    }

    private func tasks() throws -> [String] {
        try bench.connection.run(
            "SELECT kind FROM task WHERE settled_on IS NULL AND subject = \(household)"
        ).map { try $0.decode(String.self, at: 0) }
    }

    // MARK: Who makes a second head

    @Test func `who moves into a household is not its second head`() throws {
        try expectTwoHeads(move(single, to: household, .head, on: "2020-03-01"), at: "/role")
        try expectTwoHeads(move(child.person, to: household, .head, on: "2020-03-01"), at: "/role")
        try expectTwoHeads(
            JoinHousehold(
                household: household, person: single, role: .head, movedOn: day("2020-03-01")),
            at: "/role")
        try accept(move(single, to: household, .parent, on: "2020-03-01"))
    }

    @Test func `nor is who is registered in it`() throws {
        try expectTwoHeads(
            RegistrySamples.person(5, household: household, role: .head), at: "/role")
        try expectTwoHeads(
            RegistrySamples.household(members: [
                RegistrySamples.member(6), RegistrySamples.member(7),
            ]), at: "/members")
    }

    @Test func `nor is who is handed over into it`() throws {
        let handover = HandoverID(UUID())
        try accept(
            RequestHandover(
                handover: handover, person: single, territory: place, household: household,
                role: .head, movedOn: day("2020-03-01")))
        try expectTwoHeads(AcceptHandover(handover: handover), at: "/handover")
    }

    @Test func `after the head has died or left there is room for another one`() throws {
        try accept(RecordDeath(person: head.person, diedOn: day("2020-02-01")))
        try expectTwoHeads(move(single, to: household, .head, on: "2020-01-31"), at: "/role")
        try accept(move(single, to: household, .head, on: "2020-02-01"))
        try accept(move(single, to: nil, nil, on: "2020-03-01"))
        try accept(move(spouse.person, to: household, .head, on: "2020-03-01"))
        #expect(try tasks().isEmpty)
    }

    @Test func `so there is after the head was erased`() throws {
        try accept(ErasePerson(person: head.person, erasedOn: day("2020-02-01")))
        try accept(change([(spouse.person, .head)]))
        #expect(try tasks().isEmpty)
    }

    // MARK: Two whom nobody made

    @Test func `two heads after a death that was none are a task, and nobody's fault`() throws {
        try accept(RecordDeath(person: head.person, diedOn: day("2020-02-01")))
        try accept(change([(spouse.person, .head)], on: "2020-03-01"))
        #expect(try tasks().isEmpty)
        try accept(
            VoidDeath(
                person: head.person, voidedOn: day("2020-05-01"), reason: "another one",
                actor: officer))
        #expect(try tasks() == ["name_successor"])
        try accept(change([(child.person, .parent)]))
        #expect(try tasks() == ["name_successor"])
        try expectTwoHeads(change([(child.person, .head)], on: "2020-06-02"), at: "/members")
        try accept(change([(spouse.person, .spouse)], on: "2020-06-02"))
        #expect(try tasks().isEmpty)
    }

    @Test func `so are two after a move that is taken back`() throws {
        try accept(move(head.person, to: nil, nil, on: "2020-02-01"))
        try accept(move(spouse.person, to: household, .head, on: "2020-03-01"))
        try accept(
            VoidMove(
                person: head.person, movedOn: day("2020-02-01"), voidedOn: day("2020-05-01"),
                reason: "a slip", actor: officer))
        #expect(try tasks() == ["name_successor"])
        try accept(move(head.person, to: household, .spouse, on: "2020-06-01"))
        #expect(try tasks().isEmpty)
    }

    @Test func `so are two of whom the earlier is told late`() throws {
        try accept(move(head.person, to: nil, nil, on: "2020-02-01"))
        try accept(move(spouse.person, to: household, .head, on: "2020-05-01"))
        try accept(move(single, to: household, .head, on: "2020-03-01"))
        #expect(try tasks() == ["name_successor"])
    }

    @Test func `so are two after an unmerge`() throws {
        try accept(
            MergePersons(survivor: single, merged: head.person, mergedOn: day("2020-02-01")))
        try accept(move(single, to: nil, nil, on: "2020-03-01"))
        try accept(move(spouse.person, to: household, .head, on: "2020-04-01"))
        try accept(
            UnmergePersons(
                survivor: single, merged: head.person, unmergedOn: day("2020-05-01"),
                reason: "namesakes", actor: officer))
        #expect(try tasks() == ["name_successor"])
    }
}
