import Foundation
import Messages
import ServiceKit

/// Moves persons and households. A person is in one household at most; what was asserted of a person
/// in a household goes along.
///
/// A move needs the scope of both places, so that nobody takes a person from, or puts one on, another
/// publisher's list.
enum Moves {
    static func keys(_ command: MovePerson, _ keys: inout Keys) {
        keys.need(Person.self, command.person.uuid)
        if let destination = command.destination { keys.need(Territory.self, destination) }
        if let household = command.household { keys.need(Household.self, household.uuid) }
    }

    static func move(_ command: MovePerson, _ unit: UnitOfWork) throws -> Emission {
        var person = try Persons.requireInScope(command.person, unit)
        try require(command, of: person, unit)
        let before = person
        var fact = PersonMoved(
            person: person.id, from: person.territory, territory: command.destination,
            household: command.household, role: command.role, movedOn: command.movedOn,
            birthDate: person.birthDate, sex: person.sex)
        if let old = person.household, old != command.household {
            fact.leftHousehold = old
            try leaveHousehold(&person, unit)
        }
        if let id = command.household, person.household == nil {
            try join(&person, id, unit)
        }
        person.role = command.role
        if let destination = command.destination {
            person.territory = destination
            if case .movedOut = person.state { person.state = .provisional }
        } else {
            person.state = .movedOut(on: command.movedOn)
        }
        var stock = RegisteredStock()
        try stock.count(before, &person, on: command.movedOn, unit)
        fact.stock = stock.changes
        return try unit.save(&person, fact)
    }

    private static func require(
        _ move: MovePerson, of person: Person, _ unit: UnitOfWork
    ) throws {
        if case .deceased = person.state { throw Refusal(.personGone, at: "/person") }
        try move.movedOn.require(
            from: person.registeredOn, else: .beforeRegistration, at: "/movedOn")
        try Households.require(move.role, in: move.household)
        if let destination = move.destination {
            try require(move, of: person, to: destination, unit)
        } else {
            try requireOut(move, of: person)
        }
    }

    private static func require(
        _ move: MovePerson, of person: Person, to destination: TerritoryCode, _ unit: UnitOfWork
    ) throws {
        try Territories.requireInForce(destination, on: move.movedOn, at: "/destination", unit)
        try unit.requireScope(destination, at: "/destination")
        if let household = move.household { _ = try Households.require(household, unit) }
        let isSame =
            person.state.isPresent && destination == person.territory
            && move.household == person.household && move.role == person.role
        if isSame { throw Refusal(.notMoved, at: "/person") }
    }

    private static func requireOut(_ move: MovePerson, of person: Person) throws(Refusal) {
        guard move.household == nil else {
            throw Refusal(.movesOutWithHousehold, at: "/household")
        }
        if case .movedOut = person.state { throw Refusal(.notMoved, at: "/person") }
    }

    static func keys(_ command: MoveHousehold, _ keys: inout Keys) {
        keys.need(Household.self, command.household.uuid)
        keys.need(Territory.self, command.territory)
    }

    static func move(_ command: MoveHousehold, _ unit: UnitOfWork) throws -> Emission {
        var household = try Households.require(command.household, unit)
        try Territories.requireInForce(command.territory, on: command.movedOn, unit)
        try command.movedOn.require(
            from: household.registeredOn, else: .beforeRegistration, at: "/movedOn")
        let from = household.territory
        guard command.territory != from else { throw Refusal(.notMoved, at: "/territory") }
        var stock = RegisteredStock()
        for var member in try unit.find(Person.self, all: household.members.map(\.uuid)) {
            let before = member
            member.territory = command.territory
            stock.move(before, &member, on: command.movedOn)
            try unit.store(member)
        }
        stock.move(&household, to: command.territory, on: command.movedOn)
        return try unit.save(
            &household,
            HouseholdMoved(
                household: household.id, from: from, territory: command.territory,
                members: household.members, movedOn: command.movedOn, stock: stock.changes))
    }

    // MARK: Households and their members

    /// Takes a person out of the household; the assertions about the person stay with the person. The
    /// caller stores the person.
    static func leaveHousehold(_ person: inout Person, _ unit: UnitOfWork) throws {
        guard let id = person.household,
            var household = try unit.find(Household.self, named: id.uuid)
        else { return }
        household.members.removeAll { $0 == person.id }
        let subjects = person.subjects
        let assertions = try unit.find(
            CategoryAssertion.self, all: household.assertions.map(\.uuid))
        let own = assertions.filter { subjects.contains($0.subject) }.map(\.id)
        household.assertions.removeAll { own.contains($0) }
        person.assertions += own
        try unit.store(household)
        person.household = nil
        person.role = nil
    }

    /// Puts a person into a household that exists. The caller sets the role and stores the person.
    static func join(
        _ person: inout Person, _ id: HouseholdID, _ unit: UnitOfWork
    ) throws {
        guard var household = try unit.find(Household.self, named: id.uuid) else { return }
        household.members.append(person.id)
        try unit.store(household)
        person.household = id
    }
}

/// Records that persons have died. They keep their place in the household, and in all counts of before that day.
enum Deaths {
    static func record(_ command: RecordDeath, _ unit: UnitOfWork) throws -> Emission {
        var person = try Persons.requireInScope(command.person, unit)
        if case .deceased = person.state { throw Refusal(.alreadyDeceased, at: "/person") }
        try command.diedOn.require(
            from: person.birthDate, else: .diedBeforeBirth, at: "/diedOn")
        let before = person
        person.state = .deceased(on: command.diedOn)
        var stock = RegisteredStock()
        try stock.count(before, &person, on: command.diedOn, unit)
        return try unit.save(
            &person,
            PersonDied(
                person: person.id, household: person.household, territory: person.territory,
                diedOn: command.diedOn, stock: stock.changes))
    }
}

extension RefusalCode {
    static let movesOutWithHousehold = RefusalCode(
        "moves_out_with_household", "no household for a person who moves out")
    static let notMoved = RefusalCode("not_moved", "another territory, household or role")
    static let alreadyDeceased = RefusalCode(
        "already_deceased", "a person whose death was not recorded yet")
    static let diedBeforeBirth = RefusalCode(
        "died_before_birth", "a date on or after the person's birth")
}
