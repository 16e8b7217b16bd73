import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

/// Papers about members that come after a death or a move.
@Suite struct RegistryLateMemberTests {
    private let life: RegistryLife

    init() throws { life = try RegistryLife() }

    private func enrol(_ person: PersonID, on day: String) throws -> Outcome {
        try life.bench.handle(
            EnrolMember(
                MemberSubject(
                    member: MemberID(UUID()), person: person, role: .volunteer,
                    territory: life.places[0]), enrolledOn: RegistrySamples.date(day)))
    }

    @Test func `who has died since was a member until the death, as if the paper had come in time`()
        throws
    {
        let inTime = try life.enrol(life.husband.person)
        try life.die(life.husband.person, on: "2020-05-02")
        try life.die(life.wife.person, on: "2020-05-02")
        let outcome = try enrol(life.wife.person, on: "2019-07-01")
        let left = try #require(outcome.fact(MemberLeft.self))
        #expect(outcome.emissions.count == 2)
        #expect(outcome.fact(MemberEnrolled.self)?.member == left.member)
        #expect(left.records?.memberships?.map(\.version) == [2])
        let late = try life.membership(left.member)
        let expected = try life.membership(inTime)
        #expect(late.state == expected.state)
        #expect(late.cause == expected.cause)
        #expect(late.ending?.date == (try RegistrySamples.date("2020-05-02")))
    }

    @Test func `the membership follows the death when that is corrected or taken back`() throws {
        let wife = life.wife.person
        try life.die(wife, on: "2020-05-02")
        let member = try #require(enrol(wife, on: "2019-07-01").fact(MemberLeft.self)).member
        try life.correctDeath(wife, to: "2020-04-02")
        #expect(
            try life.membership(member).ending?.date == (try RegistrySamples.date("2020-04-02")))
        try life.voidDeath(wife)
        #expect(try life.membership(member).isActive)
    }

    @Test func `nobody is enrolled from the day of the death on`() throws {
        try life.die(life.wife.person, on: "2020-05-02")
        let outcome = try enrol(life.wife.person, on: "2020-05-02")
        expectRefusal(outcome, "person_gone", at: "/person")
        #expect(outcome.refusal?.expected.contains("2020-05-02") == true)
        #expect(try enrol(life.wife.person, on: "2020-05-01").isAccepted)
    }

    @Test func `two papers make nobody a member of one branch twice, also after the death`() throws
    {
        try life.die(life.wife.person, on: "2020-05-02")
        #expect(try enrol(life.wife.person, on: "2019-07-01").isAccepted)
        expectRefusal(
            try enrol(life.wife.person, on: "2019-08-01"), "already_enrolled", at: "/role")
    }

    @Test func `who has moved away since is enrolled for the days of before`() throws {
        try life.move(life.wife.person, to: nil, on: "2020-03-01")
        expectRefusal(
            try enrol(life.wife.person, on: "2020-03-01"), "person_gone", at: "/person")
        let outcome = try enrol(life.wife.person, on: "2020-02-29")
        let member = try #require(outcome.fact(MemberEnrolled.self)).member
        // A move ends no membership: the office of the branch does.
        #expect(try life.membership(member).isActive)
    }

    @Test func `who comes back was no candidate while away`() throws {
        try life.move(life.alone, to: nil, on: "2020-03-01")
        try life.move(life.alone, to: 0, on: "2020-06-01")
        expectRefusal(try enrol(life.alone, on: "2020-05-31"), "person_gone", at: "/person")
        #expect(try enrol(life.alone, on: "2020-06-01").isAccepted)
    }

    @Test func `an application is taken in late too`() throws {
        try life.die(life.wife.person, on: "2020-05-02")
        func apply(on day: String) throws -> Outcome {
            try life.bench.handle(
                ApplyForMembership(
                    MemberSubject(
                        member: MemberID(UUID()), person: life.wife.person, role: .volunteer,
                        territory: life.places[0]), appliedOn: RegistrySamples.date(day)))
        }
        #expect(try apply(on: "2020-05-01").isAccepted)
        expectRefusal(try apply(on: "2020-05-02"), "person_gone", at: "/person")
    }

    @Test func `so is the appointment of a council`() throws {
        let site = SiteID(UUID())
        try life.bench.open(site)
        try life.die(life.wife.person, on: "2020-05-02")
        func appoint(on day: String) throws -> Outcome {
            try life.bench.handle(
                AppointCouncil(
                    site: site, council: [life.wife.person],
                    appointedOn: RegistrySamples.date(day)))
        }
        expectRefusal(try appoint(on: "2020-05-02"), "person_gone", at: "/council/0")
        #expect(try appoint(on: "2020-05-01").isAccepted)
    }
}
