import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// The facts of a record, in order, with who and when.
@Suite struct RegistryHistoryTests {
    private let bench: ServiceBench
    private let household = HouseholdID(UUID())
    private let head: NewMember
    private let child: NewMember

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        head = try RegistrySamples.member(1)
        child = try RegistrySamples.member(2, .child)
        try bench.decide(RegistrySamples.loadTerritory())
        try bench.decide(
            GrantPublisher(
                publisher: "kaiyuan", territories: [RegistrySamples.territory("350203007")],
                types: ["registry.*", GetRegistryHistory.type, RecordDeath.type]))
        let answer = try bench.decide(
            RegistrySamples.household(household, members: [head, child]), publisher: "kaiyuan")
        #expect(answer.status == "accepted")
    }

    private func day(_ text: String) throws -> BusinessDate { try RegistrySamples.date(text) }

    private func accept(_ commands: [any Command]) throws {
        for command in commands {
            let answer = try bench.decide(command)
            #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
        }
    }

    private func history(
        of record: UUID, after: UUID? = nil, limit: Int? = nil, publisher: String = "operator"
    ) throws -> HistoryAnswer {
        let answered = try bench.decide(
            GetRegistryHistory(HistorySelection(record: record, after: after, limit: limit)),
            publisher: publisher)
        #expect(answered.status == "accepted", "\(answered.code ?? "")")
        return try JSONDecoder().decode(
            AnswerDocument<HistoryAnswer>.self, from: Data(answered.body)
        ).data.answer
    }

    @Test func `a person's history begins with the household that registered it`() throws {
        let (verify, death) = (UUID(), UUID())
        try bench.decide(
            VerifyPerson(person: child.person, verifiedOn: day("2019-07-01")), id: verify,
            publisher: "kaiyuan")
        try bench.decide(
            RecordDeath(person: child.person, diedOn: day("2020-02-01")), id: death,
            publisher: "kaiyuan")
        let entries = try history(of: child.person.uuid).entries
        #expect(
            entries.map(\.type) == [
                HouseholdRegistered.type, PersonVerified.type, PersonDied.type,
            ])
        #expect(entries.map(\.cause).suffix(2) == [verify, death])
        #expect(entries.map(\.publisher) == ["kaiyuan", "kaiyuan", "kaiyuan"])
        #expect(
            entries.map(\.on)
                == [try day("2019-06-01"), try day("2019-07-01"), try day("2020-02-01")])
        #expect(entries.map(\.fact) == bench.facts.suffix(3).map(\.header.id))
    }

    @Test func `what belongs to a person is in its history: consents, memberships, categories`()
        throws
    {
        let community = try RegistrySamples.territory(RegistrySamples.communities[0])
        let assertion = AssertionID(UUID())
        try bench.decide([
            RecordConsent(
                person: head.person, purpose: .insurer, decision: .given,
                decidedOn: day("2020-01-01")),
            EnrolMember(
                MemberSubject(
                    member: MemberID(UUID()), person: head.person, role: .volunteer,
                    territory: community), enrolledOn: day("2020-01-02")),
            AssertCategory(
                assertion: assertion, household: household, subject: head.person.uuid,
                category: .lowIncome, evidence: "seen", validFrom: day("2020-01-03")),
        ])
        let own = try history(of: head.person.uuid).entries.map(\.type)
        #expect(
            own == [
                HouseholdRegistered.type, ConsentRecorded.type, MemberEnrolled.type,
                CategoryAsserted.type,
            ])
        #expect(try history(of: assertion.uuid).entries.map(\.type) == [CategoryAsserted.type])
        #expect(
            try history(of: household.uuid).entries.map(\.type)
                == [HouseholdRegistered.type, CategoryAsserted.type])
        #expect(try history(of: child.person.uuid).entries.count == 1)
    }

    @Test func `the survivor's history has that of the merged registration`() throws {
        let double = PersonID(UUID())
        try bench.decide([
            try RegistrySamples.person(7, double),
            MergePersons(survivor: child.person, merged: double, mergedOn: try day("2020-03-01")),
        ])
        for id in [double, child.person] {
            #expect(
                try history(of: id.uuid).entries.map(\.type) == [
                    HouseholdRegistered.type, PersonRegistered.type, PersonsMerged.type,
                ])
        }
    }

    @Test func `who has left a household keeps the beginning in it`() throws {
        try bench.decide(
            MovePerson(
                person: child.person,
                destination: RegistrySamples.territory(RegistrySamples.communities[0]),
                movedOn: day("2020-03-01")))
        #expect(
            try history(of: child.person.uuid).entries.map(\.type) == [
                HouseholdRegistered.type, PersonMoved.type,
            ])
    }

    @Test func `a household's history has births, joins, roles, splits and departures`() throws {
        let (born, guest, new) = (PersonID(UUID()), PersonID(UUID()), HouseholdID(UUID()))
        let place = try RegistrySamples.territory(RegistrySamples.communities[0])
        try accept([
            RegistrySamples.person(7, born, household: household, role: .child),
            RegistrySamples.person(8, guest),
            JoinHousehold(
                household: household, person: guest, role: .parent, movedOn: day("2020-01-01")),
            ChangeHouseholdRoles(
                household: household,
                members: [
                    MemberRoleInHousehold(person: head.person, role: .parent),
                    MemberRoleInHousehold(person: guest, role: .head),
                ], changedOn: day("2020-01-02")),
            SplitHousehold(
                household: household, into: new, territory: place,
                members: [MemberRoleInHousehold(person: head.person, role: .head)],
                splitOn: day("2020-01-03")),
            LeaveHousehold(household: household, person: guest, movedOn: day("2020-01-04")),
            RecordDeath(person: child.person, diedOn: day("2020-01-05")),
        ])
        #expect(
            try history(of: household.uuid).entries.map(\.type) == [
                HouseholdRegistered.type, PersonRegistered.type, PersonMoved.type,
                PersonMoved.type, PersonMoved.type, PersonMoved.type, PersonMoved.type,
                PersonDied.type,
            ])
        // What becomes of the guest afterwards is not of this household.
        try bench.decide(
            MovePerson(
                person: guest, destination: RegistrySamples.territory("350203009901"),
                movedOn: day("2020-01-06")))
        #expect(try history(of: household.uuid).entries.count == 8)
        #expect(try history(of: household.uuid, publisher: "kaiyuan").entries.count == 8)
    }

    @Test func `a move into it that was a mistake stays in its history, and so does its end`()
        throws
    {
        let guest = PersonID(UUID())
        try accept(
            RegistrySamples.appointment() + [
                RegistrySamples.person(8, guest),
                JoinHousehold(
                    household: household, person: guest, role: .parent,
                    movedOn: day("2020-01-01")),
                VoidMove(
                    person: guest, movedOn: day("2020-01-01"), voidedOn: day("2020-01-02"),
                    reason: "another one", actor: RegistrySamples.officer),
                DissolveHousehold(household: household, dissolvedOn: day("2020-02-01")),
                RestoreHousehold(
                    household: household, restoredOn: day("2020-02-02"), reason: "a slip",
                    actor: RegistrySamples.officer),
            ])
        let entries = try history(of: household.uuid).entries
        #expect(
            entries.map(\.type) == [
                HouseholdRegistered.type, PersonMoved.type, MoveVoided.type,
                HouseholdDissolved.type, HouseholdRestored.type,
            ])
        #expect(entries.last?.on == (try day("2020-02-02")))
        #expect(entries.last?.actor == RegistrySamples.office.uuid)
    }

    @Test func `it is paged, in order`() throws {
        try bench.decide([
            VerifyPerson(person: child.person, verifiedOn: try day("2019-07-01")),
            RecordDeath(person: child.person, diedOn: try day("2020-02-01")),
        ])
        var (entries, after): ([HistoryEntry], UUID?) = ([], nil)
        repeat {
            let page = try history(of: child.person.uuid, after: after, limit: 1)
            #expect(page.entries.count == 1)
            entries += page.entries
            after = page.next
        } while after != nil
        #expect(entries == (try history(of: child.person.uuid).entries))
        #expect(entries.count == 3)
    }

    @Test func `it is told to whoever may speak for all territories that it names`() throws {
        #expect(
            try history(of: child.person.uuid, publisher: "kaiyuan").entries.count == 1)
        try bench.decide(
            MovePerson(
                person: child.person,
                destination: RegistrySamples.territory(RegistrySamples.communities[1]),
                movedOn: day("2020-03-01")))
        let refused = try bench.decide(
            GetRegistryHistory(HistorySelection(record: child.person.uuid)), publisher: "kaiyuan")
        #expect((refused.code, refused.pointer) == ("out_of_scope", "/data/record"))
        let reads = try bench.connection.run(
            "SELECT count(*) FROM read_access WHERE subject = \(child.person)")
        #expect(try reads.first?.decode(Int64.self, at: 0) == 1)
    }
}
