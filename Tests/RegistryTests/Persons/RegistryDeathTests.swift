import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

/// Deaths that were recorded wrong, and what ends by a death.
@Suite struct RegistryDeathTests {
    private let life: RegistryLife

    init() throws { life = try RegistryLife() }

    private func day(_ text: String) throws -> BusinessDate { try RegistrySamples.date(text) }

    @Test func `a death is corrected as often as it was wrong`() throws {
        let husband = life.husband.person
        try life.die(husband, on: "2020-05-02")
        let first = try #require(
            try life.correctDeath(husband, to: "2020-05-01").fact(DeathCorrected.self))
        #expect(first.wrong == (try day("2020-05-02")))
        #expect(first.records?.persons?.map(\.diedOn) == [try day("2020-05-01")])
        #expect(first.records?.persons?.map(\.version) == [3])
        let again = try #require(
            try life.correctDeath(husband, to: "2020-04-30").fact(DeathCorrected.self))
        #expect(again.wrong == (try day("2020-05-01")))
        expectRefusal(try life.correctDeath(husband, to: "2020-04-30"), "same_death", at: "/diedOn")
        expectRefusal(
            try life.correctDeath(husband, to: "1965-03-08"), "died_before_birth", at: "/diedOn")
    }

    @Test func `a death that was a mistake is taken back, and a later one is recorded`() throws {
        let husband = life.husband.person
        expectRefusal(try life.voidDeath(husband), "not_deceased", at: "/person")
        expectRefusal(
            try life.correctDeath(husband, to: "2020-05-01"), "not_deceased", at: "/person")
        try life.die(husband, on: "2020-05-02")
        let fact = try #require(try life.voidDeath(husband).fact(DeathVoided.self))
        #expect(fact.wrong == (try day("2020-05-02")))
        #expect(fact.records?.persons?.map(\.diedOn) == [nil])
        #expect(try life.person(husband).isPresent)
        #expect(try life.die(husband, on: "2020-09-01").isAccepted)
    }

    @Test func `a correction keeps to the scope`() throws {
        try life.die(life.husband.person, on: "2020-05-02")
        expectRefusal(
            try life.correctDeath(
                life.husband.person, to: "2020-05-01", territories: [life.places[1]]),
            "out_of_scope", at: "/person")
    }

    @Test func `whoever decides holds an office of where the person lives, and is somebody else`()
        throws
    {
        let (husband, wife) = (life.husband.person, life.wife.person)
        let near = try life.enrol(wife, as: .officer)
        let far = try life.enrol(life.neighbour.person, as: .staff, in: 1)
        let volunteer = try life.enrol(wife)
        let own = try life.enrol(life.alone, as: .officer)
        try life.die(husband, on: "2020-05-02")
        expectRefusal(
            try life.correctDeath(husband, to: "2020-05-01", actor: far.acting(in: 1)),
            "outside_territory", at: "/actor/territory")
        for (actor, code) in [(far, "other_office"), (volunteer, "unknown_staff")] {
            expectRefusal(
                try life.correctDeath(husband, to: "2020-05-01", actor: actor.acting()), code,
                at: "/actor/staff")
        }
        let unknown = MemberID(UUID())
        expectWait(
            try life.correctDeath(husband, to: "2020-05-01", actor: unknown.acting()),
            for: unknown.uuid, else: "unknown_staff", at: "/actor/staff")
        let fact = try life.correctDeath(husband, to: "2020-05-01", actor: near.acting())
            .fact(DeathCorrected.self)
        #expect(fact?.actor == (try near.acting()))
        try life.move(life.alone, to: 1, on: "2020-03-01")
        let void = VoidMove(
            person: life.alone, movedOn: try day("2020-03-01"), voidedOn: try day("2020-04-01"),
            reason: "a slip", actor: try own.acting())
        expectRefusal(
            try life.bench.handle(void), "outside_territory", at: "/actor/territory")
        try life.voidMove(life.alone, on: "2020-03-01")
        try life.move(life.alone, to: nil, on: "2020-03-01")
        expectRefusal(try life.bench.handle(void), "acts_for_self", at: "/actor/staff")
        try life.bench.handle(LeaveMember(member: near, leftOn: day("2020-06-01")))
        expectRefusal(
            try life.correctDeath(husband, to: "2020-04-30", actor: near.acting()),
            "office_not_held", at: "/actor/staff")
    }

    // MARK: What ends by it

    @Test func `the dead hold no office and volunteer for nothing`() throws {
        let wife = life.wife.person
        let members = [try life.enrol(wife, as: .officer), try life.enrol(wife)]
        let outcome = try life.die(wife, on: "2020-05-02")
        let left = outcome.emissions.compactMap { $0.fact as? MemberLeft }
        #expect(Set(left.map(\.member)) == Set(members))
        #expect(left.allSatisfy { $0.leftOn.description == "2020-05-02" })
        #expect(left.flatMap { $0.records?.memberships ?? [] }.map(\.version) == [2, 2])
    }

    @Test func `a death on another day ends them on that day, and none does not end them`() throws {
        let member = try life.enrol(life.wife.person)
        try life.die(life.wife.person, on: "2020-05-02")
        let corrected = try life.correctDeath(life.wife.person, to: "2020-04-02")
        #expect(corrected.fact(MemberLeft.self)?.leftOn == (try day("2020-04-02")))
        let back = try #require(
            try life.voidDeath(life.wife.person).fact(MemberEnrolled.self))
        #expect(back.member == member)
        #expect(back.enrolledOn == (try day("2019-07-01")))
        #expect(back.records?.memberships?.map(\.version) == [4])
        #expect(try life.membership(member).isActive)
    }

    @Test func `what had ended before the death does not begin again`() throws {
        let member = try life.enrol(life.wife.person)
        try life.bench.handle(LeaveMember(member: member, leftOn: day("2020-01-01")))
        try life.die(life.wife.person, on: "2020-05-02")
        #expect(try life.voidDeath(life.wife.person).fact(MemberEnrolled.self) == nil)
        #expect(try !life.membership(member).isActive)
    }

    @Test func `that a member had left before the death may be told late`() throws {
        let member = try life.enrol(life.wife.person)
        try life.die(life.wife.person, on: "2020-05-02")
        let late = LeaveMember(member: member, leftOn: try day("2020-05-02"))
        expectRefusal(try life.bench.handle(late), "member_left", at: "/member")
        let left = try life.bench.handle(LeaveMember(member: member, leftOn: day("2020-02-01")))
        #expect(left.fact(MemberLeft.self)?.leftOn == (try day("2020-02-01")))
        #expect(try life.voidDeath(life.wife.person).fact(MemberEnrolled.self) == nil)
    }

    @Test func `a double that was registered as born later does not keep the right day away`()
        throws
    {
        let double = PersonID(UUID())
        let registered = RegisterPerson(
            person: double, territory: life.places[0], registeredOn: try day("2019-06-01"),
            name: "示例人九", birthDate: try day("2019-05-20"), sex: .male)
        #expect(try life.bench.handle(registered).isAccepted)
        try life.die(double, on: "2020-02-01")
        #expect(try life.merge(life.alone, double).isAccepted)
        let fact = try #require(
            try life.correctDeath(life.alone, to: "2019-05-01").fact(DeathCorrected.self))
        #expect(fact.wrong == (try day("2020-02-01")))
        #expect(try life.person(life.alone).diedOn == (try day("2019-05-01")))
    }

    @Test func `the dead stay in their household, and do not count from that day on`() throws {
        let outcome = try life.die(life.husband.person, on: "2020-05-02")
        #expect(try life.person(life.husband.person).household == life.home)
        let stock = outcome.fact(PersonDied.self)?.stock
        #expect(
            stock == [
                StockChange(
                    territory: life.places[0], day: try day("2020-05-02"), households: 0,
                    persons: -1)
            ])
        let back = try life.voidDeath(life.husband.person).fact(DeathVoided.self)?.stock
        #expect(back?.map(\.persons) == [1])
    }
}
