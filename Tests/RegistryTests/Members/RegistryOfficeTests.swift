import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry

/// Who can hold an office, and about whom an officer decides, on a real database.
@Suite struct RegistryOfficeTests {
    private let bench: ServiceBench
    private let household = HouseholdID(UUID())
    private let person: NewMember
    private let member = MemberID(UUID())
    private let officer: Actor

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        person = try RegistrySamples.member(1)
        officer = try RegistrySamples.officer
        try bench.decide([RegistrySamples.loadTerritory()] + RegistrySamples.appointment())
        try bench.decide([
            RegistrySamples.household(household, members: [person]),
            EnrolMember(
                MemberSubject(
                    member: member, person: person.person, role: .officer,
                    territory: RegistrySamples.territory(RegistrySamples.communities[0]),
                    level: .community), enrolledOn: try day("2019-07-01")),
        ])
    }

    private func day(_ text: String) throws -> BusinessDate { try RegistrySamples.date(text) }

    private func accept(_ command: any Command) throws {
        let answer = try bench.decide(command)
        #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
    }

    private func expectRefusal(
        _ command: any Command, _ code: String, at pointer: String
    ) throws {
        let answer = try bench.decide(command)
        #expect(answer.code == code, "\(type(of: command).type)")
        #expect(answer.pointer == "/data\(pointer)")
    }

    private func correct(
        from start: String = "2019-07-01", to end: String? = nil, by actor: Actor? = nil
    ) throws -> CorrectMember {
        CorrectMember(
            member: member, enrolledOn: try day(start), leftOn: try end.map(day),
            reason: "a slip", actor: actor ?? officer)
    }

    // MARK: Who can hold one

    @Test func `an office of somebody who has died is not given back`() throws {
        try accept(LeaveMember(member: member, leftOn: day("2019-09-01")))
        try accept(RecordDeath(person: person.person, diedOn: day("2020-02-01")))
        try expectRefusal(correct(), "person_gone", at: "/member")
        try expectRefusal(correct(to: "2020-02-02"), "person_gone", at: "/leftOn")
        try accept(correct(to: "2020-02-01"))
    }

    @Test func `nor one that ended by the death`() throws {
        try accept(RecordDeath(person: person.person, diedOn: day("2020-02-01")))
        try expectRefusal(correct(from: "2019-08-01"), "person_gone", at: "/member")
        try accept(correct(from: "2019-08-01", to: "2020-02-01"))
    }

    @Test func `nor one of somebody who was erased`() throws {
        try accept(ErasePerson(person: person.person, erasedOn: day("2020-02-01")))
        try expectRefusal(correct(), "person_erased", at: "/member")
        try expectRefusal(correct(to: "2020-03-01"), "person_gone", at: "/leftOn")
    }

    @Test func `nor one of somebody who has moved out; the day of one that stands is corrected`()
        throws
    {
        try accept(MovePerson(person: person.person, movedOn: day("2020-02-01")))
        try accept(correct(from: "2019-08-01"))
        try accept(LeaveMember(member: member, leftOn: day("2020-02-01")))
        try expectRefusal(correct(), "person_gone", at: "/member")
    }

    // MARK: About whom

    @Test func `nobody corrects or voids an office of their own`() throws {
        let own = try member.acting()
        try expectRefusal(
            correct(from: "2019-08-01", by: own), "acts_for_self", at: "/actor/staff")
        try expectRefusal(
            VoidMember(member: member, reason: "a slip", actor: own), "acts_for_self",
            at: "/actor/staff")
        try accept(VoidMember(member: member, reason: "a slip", actor: officer))
    }

    @Test func `nor after the registration was merged into another one`() throws {
        let survivor = try RegistrySamples.person(2)
        try accept(survivor)
        try accept(
            MergePersons(
                survivor: survivor.person, merged: person.person, mergedOn: day("2020-01-01")))
        try expectRefusal(
            correct(from: "2019-08-01", by: member.acting()), "acts_for_self", at: "/actor/staff")
    }

    @Test func `nobody corrects a category of their own or of their household`() throws {
        for subject in [person.person.uuid, household.uuid] {
            let assertion = AssertionID(UUID())
            try accept(
                AssertCategory(
                    assertion: assertion, household: household, subject: subject,
                    category: .lowIncome, evidence: "seen", validFrom: day("2020-01-01")))
            let correction = CorrectCategory(
                assertion: assertion, validFrom: try day("2020-02-01"), reason: "a slip",
                actor: try member.acting())
            try expectRefusal(correction, "acts_for_self", at: "/actor/staff")
            var other = correction
            other.actor = officer
            try accept(other)
        }
    }
}
