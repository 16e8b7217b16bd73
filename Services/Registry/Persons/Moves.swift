import Messages
import ServiceKit

/// Moves persons between territories and households. A person is in one household at most.
/// Assertions about the person go along.
///
/// Both territories must be in the publisher's scope, so that nobody takes a person from another
/// publisher's list, or adds one to it.
enum Moves {
    static func move(_ command: MovePerson, _ unit: UnitOfWork) throws -> Emission {
        var person = try Persons.requireInScope(command.person, unit)
        try requireMove(command, of: person, unit)
        let before = person
        var fact = PersonMoved(
            person: person.id, from: person.territory, territory: command.destination,
            household: command.household, role: command.role, movedOn: command.movedOn,
            birthDate: person.birthDate, sex: person.sex)
        if let old = person.household, old != command.household {
            fact.leftHousehold = old
            try Households.leave(&person, unit)
        }
        if let id = command.household, person.household == nil {
            try Households.join(&person, id, unit)
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
        try LifeTasks.after(before, person, on: command.movedOn, unit)
        return try unit.save(&person, fact)
    }

    private static func requireMove(
        _ move: MovePerson, of person: Person, _ unit: UnitOfWork
    ) throws {
        if case .deceased = person.state { throw Refusal(.personGone, at: "/person") }
        try move.movedOn.require(
            from: person.registeredOn, else: .beforeRegistration, at: "/movedOn")
        try Households.require(move.role, in: move.household)
        if let old = person.household, old != move.household {
            let household = try Households.named(old, unit)
            try unit.requireScope(
                household.territory, at: "/person",
                expected: "a person of a household in a territory that was granted")
        }
        if let destination = move.destination {
            try requireDestination(destination, of: move, person, unit)
        } else {
            try requireMoveOut(move, of: person)
        }
    }

    private static func requireDestination(
        _ destination: TerritoryCode, of move: MovePerson, _ person: Person, _ unit: UnitOfWork
    ) throws {
        try Territories.requireInForce(destination, on: move.movedOn, at: "/destination", unit)
        try unit.requireScope(destination, at: "/destination")
        if let household = move.household { _ = try Households.require(household, unit) }
        let isSame =
            person.state.isPresent && destination == person.territory
            && move.household == person.household && move.role == person.role
        if isSame { throw Refusal(.notMoved, at: "/person") }
    }

    private static func requireMoveOut(
        _ move: MovePerson, of person: Person
    ) throws(Refusal) {
        guard move.household == nil else {
            throw Refusal(.movesOutWithHousehold, at: "/household")
        }
        if case .movedOut = person.state { throw Refusal(.notMoved, at: "/person") }
    }
}

extension RefusalCode {
    static let movesOutWithHousehold = RefusalCode(
        "moves_out_with_household", "no household for a person who moves out")
}
