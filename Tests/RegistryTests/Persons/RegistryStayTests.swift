import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

/// Where people live, whatever the order in which registry is told.
@Suite struct RegistryStayTests {
    private let life: RegistryLife

    init() throws { life = try RegistryLife() }

    @Test func `a move that is told late is put in at its day, and the later one stays`() throws {
        try life.move(life.alone, to: 1, on: "2020-06-01")
        let late = try #require(
            try life.move(life.alone, to: 1, life.other, on: "2020-03-01").fact(PersonMoved.self))
        #expect(late.from == life.places[0])
        #expect(
            try life.stays(life.alone) == [
                "2019-06-01 here", "2020-03-01 there other", "2020-06-01 there",
            ])
        #expect(try life.household(life.other).members == [life.neighbour.person])
        #expect(try life.household(life.other).former == [life.alone])
        #expect(late.records?.persons?.map(\.version) == [3])
    }

    @Test func `of two moves of one day the one that arrived later holds`() throws {
        try life.move(life.alone, to: 1, on: "2020-03-01")
        try life.move(life.alone, to: nil, on: "2020-03-01")
        #expect(try life.stays(life.alone) == ["2019-06-01 here", "2020-03-01 out"])
        try life.move(life.alone, to: 0, life.home, on: "2020-03-01")
        #expect(try life.stays(life.alone) == ["2019-06-01 here", "2020-03-01 here home"])
    }

    @Test func `whoever came to a household before it moved moves along, though told late`() throws
    {
        try life.moveHome(to: 1, on: "2020-05-01")
        try life.move(life.alone, to: 0, life.home, on: "2020-03-01")
        #expect(
            try life.stays(life.alone) == [
                "2019-06-01 here", "2020-03-01 here home", "2020-05-01 there home",
            ])
    }

    @Test func `a household that moved, told late, takes those along who were in it that day`()
        throws
    {
        let (wife, husband) = (life.wife.person, life.husband.person)
        try life.move(wife, to: 0, on: "2020-06-01")
        try life.move(life.alone, to: 0, life.home, on: "2020-07-01")
        let fact = try #require(
            try life.moveHome(to: 1, on: "2020-03-01").fact(HouseholdMoved.self))
        #expect(Set(fact.members) == [wife, husband])
        #expect(
            try life.stays(wife) == [
                "2019-06-01 here home", "2020-03-01 there home", "2020-06-01 here",
            ])
        #expect(try life.stays(husband) == ["2019-06-01 here home", "2020-03-01 there home"])
        #expect(try life.stays(life.alone) == ["2019-06-01 here", "2020-07-01 here home"])
        #expect(try life.household(life.home).members == [husband, life.alone])
    }

    @Test func `of two moves of a household, the one that is told late is the earlier one`() throws
    {
        try life.moveHome(to: 1, on: "2020-06-01")
        expectRefusal(try life.moveHome(to: 0, on: "2020-03-01"), "not_moved", at: "/territory")
        try life.moveHome(to: 1, on: "2020-03-01")
        try life.moveHome(to: 0, on: "2020-05-01")
        #expect(
            try life.stays(life.husband.person) == [
                "2019-06-01 here home", "2020-03-01 there home", "2020-05-01 here home",
                "2020-06-01 there home",
            ])
    }

    @Test func `a person registered in a household that has moved since lives where it lives`()
        throws
    {
        try life.moveHome(to: 1, on: "2020-05-01")
        let child = PersonID(UUID())
        let outcome = try life.bench.handle(
            RegistrySamples.person(9, child, household: life.home, role: .child))
        #expect(
            try life.stays(child) == ["2019-06-01 here home", "2020-05-01 there home"])
        #expect(outcome.fact(PersonRegistered.self)?.records?.persons?.first?.stays.count == 1)
        let moved = try #require(outcome.fact(PersonMoved.self))
        #expect(moved.records?.persons?.map(\.version) == [2])
        #expect(moved.records?.persons?.first?.stays.count == 2)
    }

    @Test(
        "A divorce of one day ends in the new household, whichever of its two messages comes first",
        arguments: [false, true])
    func divorce(registersFirst: Bool) throws {
        let (wife, new) = (life.wife.person, HouseholdID(UUID()))
        var register = try RegistrySamples.household(new, members: [life.wife])
        register.registeredOn = try RegistrySamples.date("2020-03-01")
        if registersFirst {
            // She is in the old one until it is told that she left, and the message is sent again.
            expectRefusal(
                try life.bench.handle(register), "person_in_household", at: "/members/0/person")
        }
        try life.move(wife, to: 0, on: "2020-03-01")
        let outcome = try life.bench.handle(register)
        #expect(try life.person(wife).household == new)
        #expect(try life.household(life.home).former.contains(wife))
        let moved = try #require(outcome.fact(PersonMoved.self))
        #expect(moved.records?.persons?.first?.stays.last?.household == new)
        #expect(outcome.fact(HouseholdRegistered.self)?.records?.persons == [])
    }

    @Test func `a household is not registered with somebody who left another one a day later`()
        throws
    {
        let new = HouseholdID(UUID())
        var register = try RegistrySamples.household(new, members: [life.wife])
        register.registeredOn = try RegistrySamples.date("2020-03-01")
        try life.move(life.wife.person, to: 0, on: "2020-03-02")
        expectRefusal(
            try life.bench.handle(register), "person_in_household", at: "/members/0/person")
        try life.move(life.wife.person, to: 0, on: "2020-03-01")
        #expect(try life.bench.handle(register).isAccepted)
        // She has left again the day after, as it was told before.
        #expect(try life.person(life.wife.person).household == nil)
        #expect(try life.household(new).former == [life.wife.person])
    }

    @Test func `nobody lives in a household before it was there`() throws {
        let new = HouseholdID(UUID())
        var register = try RegistrySamples.household(new, members: [RegistrySamples.member(9)])
        register.registeredOn = try RegistrySamples.date("2020-03-01")
        try life.bench.handle(register)
        expectRefusal(
            try life.move(life.alone, to: 0, new, on: "2020-02-29"), "before_household",
            at: "/movedOn")
        expectRefusal(
            try life.bench.handle(
                RegistrySamples.person(10, household: new, role: .child)), "before_household",
            at: "/registeredOn")
        #expect(try life.move(life.alone, to: 0, new, on: "2020-03-01").isAccepted)
    }

    @Test func `the dead do not move, but it may be told late that they did before`() throws {
        try life.die(life.alone, on: "2020-05-01")
        expectRefusal(
            try life.move(life.alone, to: 1, on: "2020-05-01"), "person_gone", at: "/person")
        #expect(try life.move(life.alone, to: 1, on: "2020-04-30").isAccepted)
    }

    // MARK: Voiding

    @Test func `a move that was a mistake is taken back, and may be told anew`() throws {
        let wife = life.wife.person
        try life.move(wife, to: 1, life.other, on: "2020-03-01")
        let fact = try #require(
            try life.voidMove(wife, on: "2020-03-01").fact(MoveVoided.self))
        #expect(fact.wrongHousehold == life.other)
        #expect(fact.household == life.home)
        #expect(fact.records?.persons?.map(\.version) == [3])
        #expect(try life.household(life.home).members.contains(wife))
        // The other household's history tells it.
        #expect(try life.household(life.other).former.contains(wife))
        expectRefusal(try life.voidMove(wife, on: "2020-03-01"), "no_such_move", at: "/movedOn")
        #expect(try life.move(wife, to: 1, life.other, on: "2020-03-05").isAccepted)
    }

    @Test func `whoever comes back by it has moved along with the household meanwhile`() throws {
        try life.move(life.wife.person, to: 0, on: "2020-03-01")
        try life.moveHome(to: 1, on: "2020-05-01")
        try life.voidMove(life.wife.person, on: "2020-03-01")
        #expect(
            try life.stays(life.wife.person) == ["2019-06-01 here home", "2020-05-01 there home"])
    }

    @Test func `what is no move of the person, or comes too early, is not taken back`() throws {
        expectRefusal(
            try life.voidMove(life.alone, on: "2019-06-01"), "no_such_move", at: "/movedOn")
        try life.moveHome(to: 1, on: "2020-05-01")
        expectRefusal(
            try life.voidMove(life.wife.person, on: "2020-05-01"), "no_such_move", at: "/movedOn")
        try life.move(life.alone, to: 1, on: "2020-03-01")
        let early = VoidMove(
            person: life.alone, movedOn: try RegistrySamples.date("2020-03-01"),
            voidedOn: try RegistrySamples.date("2020-02-29"), reason: "a slip",
            actor: try RegistrySamples.officer)
        expectRefusal(try life.bench.handle(early), "voided_too_early", at: "/voidedOn")
        let near = try life.enrol(life.neighbour.person, as: .officer, in: 1)
        let late = VoidMove(
            person: life.alone, movedOn: try RegistrySamples.date("2020-03-01"),
            voidedOn: try RegistrySamples.date("2020-03-02"), reason: "a slip",
            actor: try near.acting(in: 1))
        expectRefusal(
            try life.bench.handle(late, territories: [life.places[1]]), "out_of_scope",
            at: "/person")
        #expect(try life.bench.handle(late, territories: life.places).isAccepted)
    }

    @Test func `a move of the day of registration is taken back too`() throws {
        try life.move(life.alone, to: 1, on: "2019-06-01")
        try life.voidMove(life.alone, on: "2019-06-01")
        #expect(try life.stays(life.alone) == ["2019-06-01 here"])
    }
}
