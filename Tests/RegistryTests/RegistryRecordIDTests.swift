import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// Ids that publishers choose for records, on a real database: each belongs to one kind.
@Suite struct RegistryRecordIDTests {
    private let bench: ServiceBench
    private let household = HouseholdID(UUID())
    private let head: NewMember
    private let spouse: NewMember

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        head = try RegistrySamples.member(1)
        spouse = try RegistrySamples.member(2, .spouse)
        try bench.decide(RegistrySamples.loadTerritory())
        try bench.decide(RegistrySamples.household(household, members: [head, spouse]))
    }

    private func expectRefused(_ command: any Command, at pointer: String) throws {
        let answer = try bench.decide(command)
        #expect(answer.code == "id_of_other_kind")
        #expect(answer.pointer == pointer)
    }

    @Test func `a household does not get the id of a person`() throws {
        try expectRefused(
            RegistrySamples.household(
                HouseholdID(head.person.uuid), members: [RegistrySamples.member(3)]),
            at: "/data/household")
    }

    @Test func `nor the id of its own head, as a spreadsheet may say`() throws {
        let head = try RegistrySamples.member(3)
        try expectRefused(
            RegistrySamples.household(HouseholdID(head.person.uuid), members: [head]),
            at: "/data/household")
    }

    @Test func `a person does not get the id of a household, alone or in another one`() throws {
        let id = PersonID(household.uuid)
        try expectRefused(RegistrySamples.person(3, id), at: "/data/person")
        let members = [try RegistrySamples.member(4, person: id)]
        try expectRefused(RegistrySamples.household(members: members), at: "/data")
    }

    @Test func `no record gets the id of one of another kind`() throws {
        let assertion = AssertionID(head.person.uuid)
        let day = try RegistrySamples.date("2019-07-01")
        try expectRefused(
            AssertCategory(
                assertion: assertion, household: household, subject: household.uuid,
                category: .onlyChild, validFrom: day),
            at: "/data")
        try expectRefused(
            AwardCommendation(
                CommendationSubject(
                    commendation: CommendationID(household.uuid), recipient: head.person,
                    territory: RegistrySamples.territory(RegistrySamples.communities[0]),
                    occasion: "member day", awardedOn: day)),
            at: "/data")
    }

    private func subject(_ id: UUID) throws -> MemberSubject {
        MemberSubject(
            member: MemberID(id), person: head.person, role: .volunteer,
            territory: try RegistrySamples.territory(RegistrySamples.communities[0]))
    }

    @Test func `nobody is enrolled or applies under the id of another record`() throws {
        let day = try RegistrySamples.date("2020-01-02")
        for id in [household.uuid, spouse.person.uuid] {
            try expectRefused(EnrolMember(subject(id), enrolledOn: day), at: "/data")
            try expectRefused(ApplyForMembership(subject(id), appliedOn: day), at: "/data")
        }
    }

    @Test func `no record gets the id of a membership, with or without an application`() throws {
        let day = try RegistrySamples.date("2020-01-02")
        let (enrolled, applied) = (UUID(), UUID())
        let answers = try bench.decide([
            EnrolMember(subject(enrolled), enrolledOn: day),
            ApplyForMembership(
                MemberSubject(
                    member: MemberID(applied), person: spouse.person, role: .volunteer,
                    territory: RegistrySamples.territory(RegistrySamples.communities[0])),
                appliedOn: day),
        ])
        #expect(answers.map(\.status) == ["accepted", "accepted"])
        for id in [enrolled, applied] {
            try expectRefused(RegistrySamples.person(3, PersonID(id)), at: "/data")
            try expectRefused(
                RegistrySamples.household(
                    HouseholdID(id), members: [RegistrySamples.member(4)]), at: "/data")
        }
    }

    @Test func `whoever has applied is enrolled under the id of the application`() throws {
        let (id, day) = (UUID(), try RegistrySamples.date("2020-01-02"))
        for command in [
            ApplyForMembership(try subject(id), appliedOn: day) as any Command,
            EnrolMember(try subject(id), enrolledOn: day),
        ] {
            let answer = try bench.decide(command)
            #expect(answer.status == "accepted", "\(answer.code ?? "")")
        }
    }

    @Test func `what is refused leaves the others of its batch alone, and the id free`() throws {
        let id = UUID()
        let answers = try bench.decide([
            RegistrySamples.person(3, PersonID(household.uuid)),
            RegistrySamples.household(
                members: [RegistrySamples.member(4, person: PersonID(household.uuid))]),
            RegistrySamples.person(5, PersonID(id)),
        ])
        #expect(answers.map(\.status) == ["rejected", "rejected", "accepted"])
        #expect(
            try bench.connection.run("SELECT kind FROM record_id WHERE id = \(id)").first?
                .decode(String.self, at: 0) == "person")
    }

    @Test func `erasing the members of a household leaves the keys of those alive`() throws {
        let other = try RegistrySamples.member(3, .head)
        _ = try bench.decide(
            RegistrySamples.household(HouseholdID(head.person.uuid), members: [other]))
        try bench.decide(
            ErasePerson(person: other.person, erasedOn: RegistrySamples.date("2020-05-01")))
        let keys = try bench.connection.run(
            "SELECT wrapped IS NOT NULL FROM data_key WHERE owner = \(head.person.uuid)")
        #expect(try #require(keys.first).decode(Bool.self, at: 0))
    }

    @Test func `a person who is registered may join a household`() throws {
        let member = try RegistrySamples.member(3)
        #expect(try bench.decide(RegistrySamples.person(3, member.person)).status == "accepted")
        #expect(
            try bench.decide(RegistrySamples.household(members: [member])).status == "accepted")
    }
}
