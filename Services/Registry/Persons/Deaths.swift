import Foundation
import Messages
import ServiceKit

/// Records that persons have died, and puts it right when that was wrong. The dead stay members of their household, and
/// stay in all counts before that day. Their offices and memberships end.
enum Deaths {
    static func record(_ command: RecordDeath, _ unit: UnitOfWork) throws -> [Emission] {
        var person = try Persons.requireInScope(command.person, unit)
        if let recorded = person.diedOn {
            throw Refusal(
                .alreadyDeceased, at: "/person",
                expected: recorded == command.diedOn
                    ? nil
                    : "\(RefusalCode.alreadyDeceased.expected): this one's is recorded on "
                        + "\(recorded), and \(CorrectDeath.type) corrects the day")
        }
        try command.diedOn.require(
            from: person.birthDate, else: .diedBeforeBirth, at: "/diedOn")
        let before = try People(of: [person.id], unit)
        person.own.diedOn = command.diedOn
        try unit.store(person)
        let left = try Members.leave(person, on: command.diedOn, because: .death, unit)
        let change = try before.settle(unit, on: command.diedOn)
        try ConsentTasks.followDeath(of: person, on: command.diedOn, unit)
        let fact = PersonDied(
            person: person.id, household: person.household, territory: person.territory,
            diedOn: command.diedOn, stock: change.stock.changes, records: change.records)
        return [try unit.emit(fact, of: Person.self, person.key)] + left
    }

    /// The person died on another day.
    static func correct(_ command: CorrectDeath, _ unit: UnitOfWork) throws -> [Emission] {
        let person = try Persons.requireInScope(command.person, unit)
        guard let wrong = person.diedOn else { throw Refusal(.notDeceased, at: "/person") }
        try Actors.require(command.actor, for: person, on: command.correctedOn, unit)
        try command.diedOn.require(
            from: person.birthDate, else: .diedBeforeBirth, at: "/diedOn")
        guard command.diedOn != wrong else { throw Refusal(.sameDeath, at: "/diedOn") }
        let before = try People(of: [person.id], unit)
        try change(person, to: command.diedOn, unit)
        let left = try Members.leaveAgain(person, on: command.diedOn, unit)
        let change = try before.settle(unit, on: command.correctedOn)
        let corrected = try unit.find(Person.self, person.key) ?? person
        try ConsentTasks.followDeath(of: corrected, on: command.correctedOn, unit)
        unit.keep(command.reason, "reason", of: unit.message.id, about: person.subjects)
        let fact = DeathCorrected(
            person: person.id, household: person.household, territory: person.territory,
            diedOn: command.diedOn, wrong: wrong, correctedOn: command.correctedOn,
            actor: command.actor, stock: change.stock.changes, records: change.records)
        return [try unit.emit(fact, of: Person.self, person.key)] + left
    }

    /// The person has not died. Memberships that ended by it are active again.
    static func void(_ command: VoidDeath, _ unit: UnitOfWork) throws -> [Emission] {
        let person = try Persons.requireInScope(command.person, unit)
        guard let wrong = person.diedOn else { throw Refusal(.notDeceased, at: "/person") }
        try Actors.require(command.actor, for: person, on: command.voidedOn, unit)
        let before = try People(of: [person.id], unit)
        try change(person, to: nil, unit)
        let alive = try unit.find(Person.self, person.key) ?? person
        let back = try Members.restore(alive, unit)
        let change = try before.settle(unit, on: command.voidedOn)
        try ConsentTasks.followDeath(of: alive, on: command.voidedOn, unit)
        unit.keep(command.reason, "reason", of: unit.message.id, about: person.subjects)
        let fact = DeathVoided(
            person: person.id, household: person.household, territory: person.territory,
            wrong: wrong, voidedOn: command.voidedOn, actor: command.actor,
            stock: change.stock.changes, records: change.records)
        return [try unit.emit(fact, of: Person.self, person.key)] + back
    }

    /// Changes the death in each registration of the person that has one. It is one person's.
    private static func change(
        _ person: Person, to day: BusinessDate?, _ unit: UnitOfWork
    ) throws {
        var inherited = false
        for var other in try unit.find(Person.self, all: person.merged.map(\.uuid)) {
            guard other.diedOn != nil else { continue }
            inherited = true
            if other.own.diedOn != nil { other.own.diedOn = day }
            if other.inherited.diedOn != nil { other.inherited.diedOn = day }
            try unit.store(other)
        }
        var person = person
        if person.own.diedOn != nil { person.own.diedOn = day }
        if inherited { person.inherited.diedOn = day }
        try unit.store(person)
    }
}

extension RefusalCode {
    static let alreadyDeceased = RefusalCode(
        "already_deceased", "a person whose death was not recorded yet")
    static let diedBeforeBirth = RefusalCode(
        "died_before_birth", "a date on or after the person's birth")
    static let notDeceased = RefusalCode("not_deceased", "a person whose death was recorded")
    static let sameDeath = RefusalCode("same_death", "another day than the recorded one")
}
