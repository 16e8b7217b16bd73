import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

/// Merges and what undoes them.
@Suite struct RegistryUnmergeTests {
    private let life: RegistryLife

    init() throws { life = try RegistryLife() }

    private func day(_ text: String) throws -> BusinessDate { try RegistrySamples.date(text) }

    // MARK: Merges

    @Test func `a merge tells the records of all ids that it concerns`() throws {
        try life.merge(life.double, life.alone, on: "2020-02-01")
        let fact = try #require(
            try life.merge(life.wife.person, life.double).fact(PersonsMerged.self))
        let records = try #require(fact.records?.persons)
        #expect(
            Set(records.map(\.person)) == [life.wife.person, life.double, life.alone])
        let merged = records.filter { $0.person != life.wife.person }
        #expect(merged.allSatisfy { $0.mergedInto == life.wife.person })
        #expect(records.first { $0.person == life.alone }?.mergedOn == (try day("2020-02-01")))
        #expect(records.first { $0.person == life.double }?.mergedOn == (try day("2020-04-01")))
    }

    @Test func `nobody is merged before both were registered`() throws {
        let late = PersonID(UUID())
        var register = try RegistrySamples.person(9, late)
        register.registeredOn = try day("2020-03-01")
        try life.bench.handle(register)
        expectRefusal(
            try life.merge(life.alone, late, on: "2020-02-29"), "before_registration",
            at: "/mergedOn")
        expectRefusal(
            try life.merge(late, life.alone, on: "2020-02-29"), "before_registration",
            at: "/mergedOn")
        #expect(try life.merge(late, life.alone, on: "2020-03-01").isAccepted)
    }

    @Test func `a dead double makes the survivor dead since that day, in every record`() throws {
        let member = try life.enrol(life.wife.person)
        try life.die(life.double, on: "2020-01-15")
        let outcome = try life.merge(life.wife.person, life.double)
        let record = outcome.fact(PersonsMerged.self)?.records?.persons?
            .first { $0.person == life.wife.person }
        #expect(record?.diedOn == (try day("2020-01-15")))
        #expect(outcome.fact(MemberLeft.self)?.member == member)
        try life.unmerge(life.wife.person, life.double)
        #expect(try life.person(life.wife.person).isPresent)
        #expect(try life.person(life.double).diedOn == (try day("2020-01-15")))
        #expect(try life.membership(member).isActive)
    }

    @Test func `a death that came with a merge is corrected and taken back like another`() throws {
        let (wife, double) = (life.wife.person, life.double)
        try life.die(double, on: "2020-01-15")
        try life.merge(wife, double)
        let fact = try life.correctDeath(double, to: "2020-01-20").fact(DeathCorrected.self)
        #expect(fact?.person == wife)
        #expect(try life.person(wife).diedOn == (try day("2020-01-20")))
        try life.voidDeath(wife)
        #expect(try life.person(wife).diedOn == nil)
        #expect(try life.person(double).diedOn == nil)
    }

    @Test func `of two heads who are one, the household left without anybody does not count`()
        throws
    {
        let category = try life.assert(
            .bereaved, of: life.neighbour.person.uuid, in: life.other)
        let fact = try #require(
            try life.merge(life.husband.person, life.neighbour.person).fact(PersonsMerged.self))
        #expect(fact.leftHousehold == life.other)
        let there = (fact.stock ?? []).filter { $0.territory == life.places[1] }
        #expect(there.map(\.households) == [-1, -1])
        // What was asserted of the head goes where the head lives.
        #expect(
            try life.bench.handle(EndCategory(assertion: category, endedOn: day("2020-06-01")))
                .fact(CategoryEnded.self)?.territory == life.places[0])
    }

    @Test func `a later move of the survivor ends what came with the merge`() throws {
        try life.merge(life.alone, life.wife.person)
        #expect(
            try life.stays(life.alone) == ["2019-06-01 here", "2020-04-01 here home"])
        try life.move(life.alone, to: 1, on: "2020-05-01")
        try life.moveHome(to: 1, on: "2020-04-15")
        #expect(
            try life.stays(life.alone) == [
                "2019-06-01 here", "2020-04-01 here home", "2020-04-15 there home",
                "2020-05-01 there",
            ])
        try life.unmerge(life.alone, life.wife.person)
        #expect(try life.stays(life.alone) == ["2019-06-01 here", "2020-05-01 there"])
        #expect(
            try life.stays(life.wife.person) == ["2019-06-01 here home", "2020-04-15 there home"])
    }

    // MARK: Unmerging

    @Test func `whoever is unmerged is as before, and both ids mean somebody else again`() throws {
        let (wife, alone) = (life.wife.person, life.alone)
        let before = try life.person(wife)
        try life.merge(alone, wife)
        #expect(try life.household(life.home).members == [life.husband.person, alone])
        let fact = try #require(try life.unmerge(alone, wife).fact(PersonsUnmerged.self))
        #expect(fact.mergedOn == (try day("2020-04-01")))
        let after = try life.person(wife)
        #expect(after.stays == before.stays)
        #expect(after.merge == nil)
        #expect(try life.household(life.home).members.contains(wife))
        #expect(try life.person(alone).household == nil)
        #expect(try life.die(wife, on: "2020-06-01").fact(PersonDied.self)?.person == wife)
        #expect(try life.person(alone).isPresent)
        #expect(fact.records?.persons?.count == 2)
    }

    @Test func `a verification that came with a merge goes with it`() throws {
        try life.bench.handle(
            VerifyPerson(person: life.double, verifiedOn: day("2019-07-01")))
        try life.merge(life.alone, life.double)
        #expect(try life.person(life.alone).verifiedOn != nil)
        try life.unmerge(life.alone, life.double)
        #expect(try life.person(life.alone).verifiedOn == nil)
        #expect(try life.person(life.double).verifiedOn != nil)
    }

    @Test func `of a chain each link can be undone`() throws {
        let (alone, double, wife) = (life.alone, life.double, life.wife.person)
        try life.merge(double, alone, on: "2020-02-01")
        try life.merge(wife, double)
        // The first link: the middle one stays merged.
        try life.unmerge(wife, alone)
        #expect(try life.person(wife).merged == [double])
        #expect(try life.person(alone).isPresent)
        try life.merge(double, alone, on: "2020-05-01")
        #expect(try life.person(alone).survivor == wife)
        // The last link: what was merged into the survivor itself stays there.
        try life.unmerge(wife, double)
        #expect(try life.person(double).isPresent)
        #expect(try life.person(alone).survivor == wife)
    }

    @Test func `those who were merged into an unmerged one stay with it`() throws {
        let (alone, double, wife) = (life.alone, life.double, life.wife.person)
        try life.merge(double, alone, on: "2020-02-01")
        try life.merge(wife, double)
        let fact = try life.unmerge(wife, double).fact(PersonsUnmerged.self)
        #expect(try life.person(alone).survivor == double)
        #expect(try life.person(double).merged == [alone])
        #expect(
            fact?.records?.persons?.first { $0.person == alone }?.mergedInto == double)
    }

    @Test func `what was not merged, or was another one, is not unmerged`() throws {
        expectRefusal(
            try life.unmerge(life.alone, life.double), "not_merged", at: "/merged")
        try life.merge(life.alone, life.double)
        expectRefusal(
            try life.unmerge(life.wife.person, life.double), "not_merged", at: "/merged")
        let early = UnmergePersons(
            survivor: life.alone, merged: life.double, unmergedOn: try day("2020-03-31"),
            reason: "namesakes", actor: try RegistrySamples.officer)
        expectRefusal(try life.bench.handle(early), "unmerged_too_early", at: "/unmergedOn")
        try life.unmerge(life.alone, life.double)
        expectRefusal(
            try life.unmerge(life.alone, life.double), "not_merged", at: "/merged")
        let stranger = PersonID(UUID())
        expectWait(
            try life.unmerge(life.alone, stranger), for: stranger.uuid, else: "unknown_person",
            at: "/merged")
    }

    @Test func `both must be in the publisher's scope`() throws {
        try life.move(life.double, to: 1, on: "2020-01-01")
        try life.merge(life.alone, life.double)
        let near = try life.enrol(life.wife.person, as: .officer)
        let command = UnmergePersons(
            survivor: life.alone, merged: life.double, unmergedOn: try day("2020-12-01"),
            reason: "namesakes", actor: try near.acting())
        expectRefusal(
            try life.bench.handle(command, territories: [life.places[0]]), "out_of_scope",
            at: "/merged")
        expectRefusal(
            try life.bench.handle(command, territories: [life.places[1]]), "out_of_scope",
            at: "/survivor")
        #expect(try life.bench.handle(command, territories: life.places).isAccepted)
    }

    // MARK: What hangs on them

    @Test func `a membership that ended by a merge is active again`() throws {
        let kept = try life.enrol(life.alone)
        let ended = try life.enrol(life.double)
        #expect(
            try life.merge(life.alone, life.double).fact(MemberLeft.self)?.member == ended)
        let back = try life.unmerge(life.alone, life.double)
        #expect(back.fact(MemberEnrolled.self)?.member == ended)
        #expect(try life.membership(kept).isActive)
    }

    @Test
    func `what ended by a merge with a third one begins again when that link is undone first`()
        throws
    {
        let (alone, double, wife) = (life.alone, life.double, life.wife.person)
        let ended = try life.enrol(double)
        _ = try life.enrol(alone)
        try life.merge(wife, alone, on: "2020-02-01")
        try life.merge(wife, double)
        #expect(try !life.membership(ended).isActive)
        try life.unmerge(wife, double)
        #expect(try life.membership(ended).isActive)
        try life.merge(wife, double)
        // The other link goes: the one that was ended is the only one of the two who are left.
        try life.unmerge(wife, alone)
        #expect(try life.person(alone).isPresent)
        try life.unmerge(wife, double)
        #expect(try life.membership(ended).isActive)
    }

    @Test func `each keeps the decisions about consent that were made under its own ids`() throws {
        func record(_ person: PersonID, _ decision: ConsentDecision, _ text: String) throws {
            try life.bench.handle(
                RecordConsent(
                    person: person, purpose: .service, decision: decision, decidedOn: day(text)))
        }
        try record(life.alone, .given, "2020-01-01")
        try record(life.double, .withdrawn, "2020-02-01")
        try life.bench.handle(
            RecordConsent(
                person: life.double, purpose: .insurer, decision: .given,
                decidedOn: day("2020-01-01")))
        try life.merge(life.alone, life.double)
        let outcome = try life.unmerge(life.alone, life.double)
        let left = try #require(outcome.fact(ConsentRecorded.self))
        #expect((left.person, left.purpose, left.standing) == (life.alone, .service, .given))
        let gone = try #require(outcome.fact(ConsentVoided.self))
        #expect((gone.person, gone.purpose, gone.standing) == (life.alone, .insurer, nil))
    }
}
