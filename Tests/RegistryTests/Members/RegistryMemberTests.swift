import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

@Suite struct RegistryMemberTests {
    private let bench: HandlerBench
    private let id = PersonID(UUID())

    init() throws {
        bench = try registryBench()
        try bench.handle(RegistrySamples.person(1, id))
    }

    private func enrol(
        _ role: MemberRole = .member, _ level: AuthorityLevel? = nil,
        in branch: String = RegistrySamples.communities[0], of person: PersonID? = nil,
        _ member: MemberID = MemberID(UUID())
    ) throws -> EnrolMember {
        EnrolMember(
            MemberSubject(
                member: member, person: person ?? id, role: role,
                territory: try RegistrySamples.territory(branch), level: level),
            enrolledOn: try RegistrySamples.date("2019-07-01"))
    }

    private func leave(
        _ member: MemberID, on day: String = "2020-07-01", _ ending: MemberEnding? = nil
    ) throws -> LeaveMember {
        LeaveMember(member: member, ending: ending, leftOn: try RegistrySamples.date(day))
    }

    @Test func `a person becomes a member of a branch`() throws {
        let outcome = try bench.handle(enrol(.groupLeader))
        let fact = try #require(outcome.fact(MemberEnrolled.self))
        #expect(fact.person == id)
        #expect(fact.level == nil)
        #expect(outcome.emissions.first?.sequence == 1)
        #expect(bench.source.loads == 0)
    }

    @Test func `a person is active once in a role and branch`() throws {
        let first = try enrol()
        try bench.handle(first)
        expectRefusal(try bench.handle(enrol()), "already_enrolled", at: "/role")
        #expect(try bench.handle(enrol(.volunteer)).isAccepted)
        #expect(try bench.handle(enrol(in: RegistrySamples.communities[1])).isAccepted)
        try bench.handle(leave(first.member))
        #expect(try bench.handle(enrol()).isAccepted)
    }

    @Test(arguments: [
        (MemberRole.officer, AuthorityLevel.community, "350203007901"),
        (.officer, .subdistrict, "350203007"), (.staff, .district, "350203"),
    ])
    func `an office has the authority of its branch's level`(
        role: MemberRole, level: AuthorityLevel, branch: String
    ) throws {
        let outcome = try bench.handle(enrol(role, level, in: branch))
        #expect(outcome.fact(MemberEnrolled.self)?.level == level)
    }

    @Test func `a level that is missing, of another branch or without an office is refused`() throws
    {
        expectRefusal(try bench.handle(enrol(.staff)), "office_without_level", at: "/level")
        expectRefusal(
            try bench.handle(enrol(.officer, .district)), "level_of_other_branch", at: "/level")
        expectRefusal(
            try bench.handle(enrol(.volunteer, .community)), "level_without_office", at: "/level")
    }

    @Test func `an enrolment waits for its person`() throws {
        let stranger = PersonID(UUID())
        expectWait(
            try bench.handle(enrol(of: stranger)), for: stranger.uuid, else: "unknown_person",
            at: "/person")
    }

    @Test func `an enrolment in an unknown branch, or again, is refused`() throws {
        expectRefusal(
            try bench.handle(enrol(in: "350203012901")), "unknown_territory", at: "/territory")
        let member = MemberID(UUID())
        try bench.handle(enrol(.member, in: RegistrySamples.communities[0], member))
        expectRefusal(
            try bench.handle(enrol(.volunteer, in: RegistrySamples.communities[0], member)),
            "member_exists", at: "/member")
    }

    @Test func `who has died or moved out is not enrolled`() throws {
        let day = try RegistrySamples.date("2019-07-01")
        try bench.handle(MovePerson(person: id, movedOn: day))
        expectRefusal(try bench.handle(enrol()), "person_gone", at: "/person")
        try bench.handle(RecordDeath(person: id, diedOn: day))
        expectRefusal(try bench.handle(enrol()), "person_gone", at: "/person")
    }

    @Test(arguments: [(nil, MemberEnding.left), (MemberEnding.lapsed, .lapsed)])
    func `a member leaves, or the membership lapses`(
        said: MemberEnding?, ending: MemberEnding
    ) throws {
        let enrolment = try enrol(.officer, .community)
        try bench.handle(enrolment)
        let outcome = try bench.handle(leave(enrolment.member, said))
        let fact = try #require(outcome.fact(MemberLeft.self))
        #expect(fact.ending == ending)
        #expect(fact.level == .community)
        #expect(outcome.emissions.first?.sequence == 2)
        #expect(try bench.unit.find(Membership.self, enrolment.member.uuid)?.isActive == false)
    }

    @Test func `a member leaves once, and not before the enrolment`() throws {
        let enrolment = try enrol()
        try bench.handle(enrolment)
        expectRefusal(
            try bench.handle(leave(enrolment.member, on: "2019-06-30")), "left_before_enrolment",
            at: "/leftOn")
        try bench.handle(leave(enrolment.member))
        expectRefusal(try bench.handle(leave(enrolment.member)), "member_left", at: "/member")
    }

    // MARK: Applications

    private func apply(
        _ member: MemberID, as role: MemberRole = .member, _ level: AuthorityLevel? = nil,
        of person: PersonID? = nil, on day: String = "2019-06-20"
    ) throws -> ApplyForMembership {
        ApplyForMembership(
            MemberSubject(
                member: member, person: person ?? id, role: role,
                territory: try RegistrySamples.territory(RegistrySamples.communities[0]),
                level: level), appliedOn: try RegistrySamples.date(day))
    }

    @Test func `who has applied is taken in under the application's id`() throws {
        let member = MemberID(UUID())
        let applied = try bench.handle(apply(member))
        #expect(applied.fact(MembershipApplied.self)?.person == id)
        #expect(applied.emissions.first?.sequence == 1)
        #expect(try bench.unit.find(Person.self, id.uuid)?.memberships.isEmpty == true)
        let enrolled = try bench.handle(enrol(.member, in: RegistrySamples.communities[0], member))
        #expect(enrolled.fact(MemberEnrolled.self)?.member == member)
        #expect(enrolled.emissions.first?.sequence == 2)
        #expect(try bench.handle(leave(member)).fact(MemberLeft.self)?.ending == .left)
    }

    @Test func `who has only applied is no member who could leave`() throws {
        let member = MemberID(UUID())
        try bench.handle(apply(member))
        expectRefusal(try bench.handle(leave(member)), "member_left", at: "/member")
    }

    @Test func `an application is made once, and by nobody who is active there`() throws {
        let member = MemberID(UUID())
        try bench.handle(apply(member))
        expectRefusal(try bench.handle(apply(member)), "member_exists", at: "/member")
        try bench.handle(enrol(.member, in: RegistrySamples.communities[0], member))
        expectRefusal(try bench.handle(apply(MemberID(UUID()))), "already_enrolled", at: "/role")
    }

    @Test func `an enrolment that differs from its application, or is older, is refused`() throws {
        let (member, other) = (MemberID(UUID()), PersonID(UUID()))
        try bench.handle(RegistrySamples.person(2, other))
        try bench.handle(apply(member, on: "2019-07-02"))
        let branch = RegistrySamples.communities[0]
        for command in [
            try enrol(.volunteer, in: branch, member),
            try enrol(.member, in: RegistrySamples.communities[1], member),
            try enrol(.member, in: branch, of: other, member),
        ] {
            expectRefusal(try bench.handle(command), "other_application", at: "/member")
        }
        expectRefusal(
            try bench.handle(enrol(.member, in: branch, member)), "enrolled_before_application",
            at: "/enrolledOn")
    }

    @Test func `an application needs what an enrolment needs`() throws {
        let stranger = PersonID(UUID())
        expectRefusal(
            try bench.handle(apply(MemberID(UUID()), as: .officer)), "office_without_level",
            at: "/level")
        expectWait(
            try bench.handle(apply(MemberID(UUID()), of: stranger)), for: stranger.uuid,
            else: "unknown_person", at: "/person")
        try bench.handle(
            MovePerson(person: id, movedOn: RegistrySamples.date("2019-06-10")))
        expectRefusal(
            try bench.handle(apply(MemberID(UUID()))), "person_gone", at: "/person")
    }

    @Test func `leaving waits for the enrolment and keeps to the scope`() throws {
        let (enrolment, other) = (try enrol(), MemberID(UUID()))
        try bench.handle(enrolment)
        expectWait(
            try bench.handle(leave(other)), for: other.uuid, else: "unknown_member", at: "/member")
        expectRefusal(
            try bench.handle(
                leave(enrolment.member), territories: [RegistrySamples.territory("350203009")]),
            "out_of_scope", at: "/member")
    }
}
