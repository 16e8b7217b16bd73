import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Funding

/// Who takes a step holds the office for it, and the steps of one record are taken by different persons.
@Suite struct FundingAuthorityTests {
    typealias Samples = FundingSamples
    private let world: FundingWorld

    init() throws { world = try FundingWorld() }

    /// An office that registry has published.
    private func enrol(
        _ person: PersonID = PersonID(UUID()), in territory: String, as role: MemberRole = .officer,
        from day: String = "2018-01-01", member: MemberID = MemberID(UUID())
    ) throws -> Actor {
        let levels: [Int: AuthorityLevel] = [6: .district, 9: .subdistrict, 12: .community]
        let fact = MemberEnrolled(
            MemberSubject(
                member: member, person: person, role: role,
                territory: try Samples.territory(territory),
                level: role.isOffice ? levels[territory.utf8.count] : nil),
            enrolledOn: try Samples.date(day))
        try world.bench.take(fact, subject: member.uuid, sequence: 1)
        return Actor(staff: StaffID(member.uuid), territory: try Samples.territory(territory))
    }

    private func appliedLoan() throws -> LoanID {
        let (loan, fund) = (LoanID(UUID()), try world.openFund())
        try world.accept(try Samples.deposit(.yuan(100_000), to: fund))
        try world.accept(try Samples.apply(by: try world.mother(), to: fund, loan: loan))
        return loan
    }

    private func endorse(
        _ loan: LoanID, by actor: Actor, on day: String = "2019-03-05"
    ) throws -> EndorseLoan {
        EndorseLoan(loan: loan, endorsedOn: try Samples.date(day), actor: actor)
    }

    // MARK: Offices

    @Test func `a step waits for an office that registry has not published yet`() throws {
        let loan = try appliedLoan()
        let member = MemberID(UUID())
        let actor = Actor(
            staff: StaffID(member.uuid), territory: try Samples.territory(Samples.subdistrict))
        let answer = try world.bench.decide(try endorse(loan, by: actor))
        #expect((answer.status, answer.code) == ("parked", "unknown_staff"))
        #expect(answer.pointer == "/data/actor/staff")
        _ = try enrol(in: Samples.subdistrict, member: member)
        #expect(try world.bench.handleParked().map(\.status) == ["accepted"])
    }

    @Test func `a member or volunteer holds no office`() throws {
        let loan = try appliedLoan()
        for role in [MemberRole.member, .volunteer, .groupLeader] {
            let actor = try enrol(in: Samples.subdistrict, as: role)
            #expect(try world.bench.decide(try endorse(loan, by: actor)).code == "unknown_staff")
        }
        let staff = try enrol(in: Samples.subdistrict, as: .staff)
        try world.accept(try endorse(loan, by: staff))
    }

    @Test func `an office is held in its own branch`() throws {
        let loan = try appliedLoan()
        var actor = try enrol(in: "350203008")
        actor.territory = try Samples.territory(Samples.subdistrict)
        #expect(
            try world.refusal(try endorse(loan, by: actor)) == "other_office /data/actor/staff")
    }

    @Test func `an office is held from its first day until it ends`() throws {
        let loan = try appliedLoan()
        let member = MemberID(UUID())
        let actor = try enrol(in: Samples.subdistrict, from: "2019-03-05", member: member)
        let early = try endorse(loan, by: actor, on: "2019-03-04")
        #expect(try world.refusal(early) == "office_not_held /data/actor/staff")
        let subject = MemberSubject(
            member: member, person: PersonID(UUID()), role: .officer, territory: actor.territory,
            level: .subdistrict)
        try world.bench.take(
            MemberLeft(
                subject, ending: .left, enrolledOn: Samples.date("2019-03-05"),
                leftOn: Samples.date("2019-03-07")),
            subject: member.uuid, sequence: 2)
        let late = try endorse(loan, by: actor, on: "2019-03-07")
        #expect(try world.refusal(late) == "office_not_held /data/actor/staff")
        try world.accept(try endorse(loan, by: actor, on: "2019-03-06"))
    }

    @Test func `an office that has ended is known so, whichever fact comes first`() throws {
        let loan = try appliedLoan()
        let member = MemberID(UUID())
        let subject = MemberSubject(
            member: member, person: PersonID(UUID()), role: .officer,
            territory: try Samples.territory(Samples.subdistrict), level: .subdistrict)
        try world.bench.take(
            MemberLeft(
                subject, ending: .lapsed, enrolledOn: Samples.date("2018-01-01"),
                leftOn: Samples.date("2019-01-01")),
            subject: member.uuid, sequence: 2)
        let actor = try enrol(in: Samples.subdistrict, member: member)
        #expect(
            try world.refusal(try endorse(loan, by: actor)) == "office_not_held /data/actor/staff")
    }

    // MARK: Four eyes

    @Test func `one person with three offices does not propose, endorse and approve`() throws {
        let person = PersonID(UUID())
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(100_000), to: fund))
        var apply = try Samples.apply(by: try world.mother(), to: fund)
        apply.actor = try enrol(person, in: Samples.community)
        try world.accept(apply)
        let same = try endorse(apply.loan, by: try enrol(person, in: Samples.subdistrict))
        #expect(try world.refusal(same) == "same_person /data/actor/staff")
        try world.accept(try Samples.endorse(apply.loan))
        var approve = try Samples.approve(apply.loan)
        approve.actor = try enrol(person, in: Samples.district)
        #expect(try world.refusal(approve) == "same_person /data/actor/staff")
        try world.accept(try Samples.approve(apply.loan))
    }

    @Test func `two ids of one person are one person`() throws {
        let (one, other) = (try world.mother(), try world.mother())
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(100_000), to: fund))
        var apply = try Samples.apply(by: try world.mother(), to: fund)
        apply.actor = try enrol(one, in: Samples.community)
        let endorser = try enrol(other, in: Samples.subdistrict)
        try world.bench.take(
            PersonsMerged(
                survivor: one, merged: other, territory: Samples.territory(Samples.community),
                mergedOn: Samples.date("2019-01-01")),
            subject: one.uuid, sequence: 2)
        try world.accept(apply)
        #expect(
            try world.refusal(try endorse(apply.loan, by: endorser))
                == "same_person /data/actor/staff")
    }

    @Test func `a grant has three persons too`() throws {
        let (_, budget) = try world.budget(of: .yuan(3_000), cash: .yuan(3_000))
        let person = PersonID(UUID())
        var request = try Samples.request(.yuan(100), from: budget)
        request.actor = try enrol(person, in: Samples.community)
        try world.accept(request)
        var endorse = try Samples.endorse(request.grant)
        endorse.actor = try enrol(person, in: Samples.subdistrict)
        #expect(try world.refusal(endorse) == "same_person /data/actor/staff")
        var reject = try Samples.reject(request.grant)
        reject.actor = try enrol(person, in: Samples.district)
        #expect(try world.refusal(reject) == "same_person /data/actor/staff")
    }

    @Test func `nobody takes back what the same person has decided`() throws {
        let fund = try world.openFund(.donation, programme: "one-yuan-donation")
        let donation = try world.donation(of: .yuan(100), to: fund)
        let refund = try Samples.refund(.yuan(40), of: donation)
        try world.accept(refund)
        var reverse = try Samples.reverse(refund.refund.uuid)
        reverse.actor = refund.actor
        #expect(try world.refusal(reverse) == "same_person /data/actor/staff")
        try world.accept(try Samples.reverse(refund.refund.uuid))
    }

    @Test func `a step that was taken back may be taken again by the same person`() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(100_000), to: fund))
        let loan = try world.endorsedLoan(of: .yuan(20_000), from: fund)
        try world.accept(try Samples.approve(loan))
        try world.accept(try Samples.reverse(try world.transfer(.reserve, of: fund)))
        try world.accept(try Samples.approve(loan, on: "2020-06-02"))
    }
}
