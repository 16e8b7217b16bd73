import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

@Suite struct RegistryMemberCorrectionTests {
    private let bench: HandlerBench
    private let id = PersonID(UUID())
    private let member = MemberID(UUID())
    private let officer: Actor

    init() throws {
        bench = try registryBench()
        officer = try bench.registryOfficer()
        try bench.handle(RegistrySamples.person(1, id))
        try bench.handle(enrol(member))
    }

    private func enrol(_ member: MemberID) throws -> EnrolMember {
        EnrolMember(
            MemberSubject(
                member: member, person: id, role: .volunteer,
                territory: try RegistrySamples.territory(RegistrySamples.communities[0])),
            enrolledOn: try RegistrySamples.date("2019-07-01"))
    }

    private func correct(
        from: String, to end: String? = nil, by actor: Actor? = nil
    ) throws -> CorrectMember {
        CorrectMember(
            member: member, enrolledOn: try RegistrySamples.date(from),
            leftOn: try end.map(RegistrySamples.date), reason: "a slip of the pen",
            actor: actor ?? officer)
    }

    @Test func `the day of an enrolment is corrected`() throws {
        let outcome = try bench.handle(correct(from: "2019-06-01"))
        let fact = try #require(outcome.fact(MemberCorrected.self))
        #expect(fact.enrolledOn == (try RegistrySamples.date("2019-06-01")))
        let record = try #require(fact.records?.memberships?.first)
        #expect(record.version == outcome.emissions.first?.sequence)
        #expect(record.enrolledOn == fact.enrolledOn)
    }

    @Test func `the same correction again changes nothing`() throws {
        try bench.handle(correct(from: "2019-06-01"))
        expectRefusal(
            try bench.handle(correct(from: "2019-06-01")), "nothing_to_correct", at: "/member")
    }

    @Test func `an ending that was a mistake is taken back`() throws {
        try bench.handle(
            LeaveMember(member: member, leftOn: try RegistrySamples.date("2019-09-01")))
        let fact = try bench.handle(correct(from: "2019-07-01")).fact(MemberCorrected.self)
        #expect(fact?.leftOn == nil)
        expectRefusal(
            try bench.handle(enrol(MemberID(UUID()))), "already_enrolled", at: "/role")
    }

    @Test func `an ending is not taken back while another membership of the role is active`() throws
    {
        try bench.handle(
            LeaveMember(member: member, leftOn: try RegistrySamples.date("2019-09-01")))
        try bench.handle(enrol(MemberID(UUID())))
        expectRefusal(
            try bench.handle(correct(from: "2019-07-01")), "already_enrolled", at: "/member")
    }

    @Test func `a membership that never was is void, and can be enrolled anew`() throws {
        let void = VoidMember(member: member, reason: "another person", actor: officer)
        let fact = try bench.handle(void).fact(MemberVoided.self)
        #expect(fact?.records?.memberships?.first?.isVoid == true)
        expectRefusal(try bench.handle(void), "member_void", at: "/member")
        expectRefusal(try bench.handle(correct(from: "2019-06-01")), "member_void", at: "/member")
        #expect(try bench.handle(enrol(MemberID(UUID()))).isAccepted)
    }

    @Test func `a correction waits for its membership`() throws {
        let early = VoidMember(member: MemberID(UUID()), reason: "early", actor: officer)
        expectWait(
            try bench.handle(early), for: early.member.uuid, else: "unknown_member", at: "/member")
    }

    @Test func `only an officer of the branch or above it corrects`() throws {
        expectRefusal(
            try bench.handle(correct(from: "2019-06-01", by: member.acting())), "unknown_staff",
            at: "/actor/staff")
        let elsewhere = try bench.registryOfficer(in: "350203009")
        expectRefusal(
            try bench.handle(correct(from: "2019-06-01", by: elsewhere)), "outside_territory",
            at: "/actor/territory")
    }
}
