import Foundation
import Messages
import ServiceKit

/// Moves persons between territories and households. A person is in one household at most.
///
/// A move counts from its day on, until the next one of the person. Both territories must be in the publisher's scope, so
/// that nobody takes a person from another publisher's list, or adds one to it.
enum Moves {
    static func move(_ command: MovePerson, _ unit: UnitOfWork) throws -> Emission {
        let person = try Persons.requireInScope(command.person, unit)
        if let destination = command.destination {
            try unit.requireScope(destination, at: "/destination")
        }
        if let household = command.household { _ = try Households.require(household, unit) }
        return try move(person, command, unit)
    }

    /// The same for somebody of whom it is known that the publisher may move the person there.
    /// - Parameter pointer: what decides the destination in the command that was sent.
    static func move(
        _ person: Person, _ command: MovePerson, destinationAt pointer: String = "/destination",
        _ unit: UnitOfWork
    ) throws -> Emission {
        var person = person
        let old = try requireMove(command, of: person, destinationAt: pointer, unit)
        let before = try People(
            of: [person.id], households: command.household.map { [$0] } ?? [], unit)
        var fact = PersonMoved(
            person: person.id, from: person.stays.territory(on: command.movedOn),
            leftHousehold: old.household == command.household ? nil : old.household,
            territory: command.destination, household: command.household, role: command.role,
            movedOn: command.movedOn, birthDate: person.birthDate, sex: person.sex)
        person.stays.move(to: command.stay)
        try unit.store(person)
        if let household = command.household, command.role == .head {
            try before.requireOneHead(of: household, on: command.movedOn, at: "/role", unit)
        }
        let change = try before.settle(unit, on: command.movedOn)
        fact.stock = change.stock.changes
        fact.records = change.records
        return try unit.emit(fact, of: Person.self, person.key)
    }

    /// Takes back a move that was a mistake. The person lives where the stay before it says, or the household has moved
    /// meanwhile.
    static func void(_ command: VoidMove, _ unit: UnitOfWork) throws -> Emission {
        var person = try Persons.requireInScope(command.person, unit)
        try Actors.require(command.actor, for: person, on: command.voidedOn, unit)
        try command.voidedOn.require(from: command.movedOn, else: .voidedTooEarly, at: "/voidedOn")
        let before = try People(of: [person.id], unit)
        let wrong = person.stays.stay(on: command.movedOn)
        guard person.stays.voidMove(on: command.movedOn) else {
            throw Refusal(.noSuchMove, at: "/movedOn")
        }
        let right = person.stays.stay(on: command.movedOn)
        try requireScope(wrong, unit)
        try requireScope(right, unit)
        try unit.store(person)
        let change = try before.settle(unit, on: command.voidedOn)
        unit.keep(command.reason, "reason", of: unit.message.id, about: person.subjects)
        return try unit.emit(
            MoveVoided(
                person: person.id, movedOn: command.movedOn, wrong: wrong?.territory,
                wrongHousehold: wrong?.household, territory: right?.territory,
                household: right?.household, role: right?.role, voidedOn: command.voidedOn,
                actor: command.actor, stock: change.stock.changes, records: change.records),
            of: Person.self, person.key)
    }

    /// Refuses to change who lives in a territory or household outside the publisher's scope.
    private static func requireScope(_ stay: Stay?, _ unit: UnitOfWork) throws {
        let expected = "a person of a household in a territory that was granted"
        if let territory = stay?.territory {
            try unit.requireScope(territory, at: "/person", expected: expected)
        }
        if let id = stay?.household {
            try unit.requireScope(
                Households.named(id, unit).territory, at: "/person", expected: expected)
        }
    }

    // MARK: Rules

    /// - Returns: where the person lived on that day until now.
    private static func requireMove(
        _ move: MovePerson, of person: Person, destinationAt pointer: String, _ unit: UnitOfWork
    ) throws -> Stay {
        try person.requireAlive(on: move.movedOn, at: "/person")
        try move.movedOn.require(
            from: person.registeredOn, else: .beforeRegistration, at: "/movedOn")
        try Households.require(move.role, in: move.household)
        let old = person.stays.stay(on: move.movedOn) ?? person.stays.first
        if let id = old.household, id != move.household {
            let household = try Households.named(id, unit)
            try unit.requireScope(
                household.territory, at: "/person",
                expected: "a person of a household in a territory that was granted")
        }
        if let destination = move.destination {
            try Territories.requireInForce(destination, on: move.movedOn, at: pointer, unit)
            if let household = move.household {
                try Households.named(household, unit)
                    .requireExisting(on: move.movedOn, at: "/movedOn")
            }
        } else if move.household != nil {
            throw Refusal(.movesOutWithHousehold, at: "/household")
        }
        let isSame =
            (old.territory, old.household, old.role)
            == (move.destination, move.household, move.role)
        if isSame { throw Refusal(.notMoved, at: "/person") }
        return old
    }
}

extension MovePerson {
    fileprivate var stay: Stay {
        Stay(from: movedOn, territory: destination, household: household, role: role)
    }
}

extension RefusalCode {
    static let movesOutWithHousehold = RefusalCode(
        "moves_out_with_household", "no household for a person who moves out")
    static let noSuchMove = RefusalCode(
        "no_such_move", "the day of a move of the person that stands")
    static let voidedTooEarly = RefusalCode("voided_too_early", "a date on or after what was wrong")
}
