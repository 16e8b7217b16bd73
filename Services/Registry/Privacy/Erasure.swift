import Foundation
import Messages
import Postgres
import ServiceKit

/// Erases a person's data by destroying the person's keys. Name, papers, phone number and
/// evidence can then no longer be read, and no search finds the person by them. A backup from before
/// holds the key too, until it is deleted. The row stays, with birth date and sex, so that earlier counts stay as
/// they are.
enum Erasure {
    static func register(in router: inout Router, _ keyring: Keyring) {
        // Alone, because it deletes rows by a statement.
        router.on(
            ErasePerson.self, keys: { $1.need(Person.self, $0.person.uuid) }, alone: true,
            { try erase($0, $1, keyring) })
    }

    static func erase(
        _ command: ErasePerson, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> [Emission] {
        var person = try Persons.require(command.person, unit)
        try unit.requireScope(person.territory, at: "/person")
        guard !person.isErased else { throw Refusal(.alreadyErased, at: "/person") }
        try command.erasedOn.require(
            from: person.registeredOn, else: .beforeRegistration, at: "/erasedOn")
        let before = try People(of: [person.id], unit)
        let left = try Members.leave(person, on: command.erasedOn, because: .erasure, unit)
        var hashes = try eraseData(of: &person, unit, keyring)
        for var other in try unit.find(Person.self, all: person.merged.map(\.uuid)) {
            hashes += try eraseData(of: &other, unit, keyring)
            try unit.store(other)
        }
        person.erasedOn = command.erasedOn
        try unit.store(person)
        let change = try before.settle(unit, on: command.erasedOn)
        if person.diedOn != nil {
            try unit.settle(.reviewConsents, person.key, on: command.erasedOn)
        }
        try eraseHouseholds(before.households, unit, keyring)
        // A text about a household may name any of its members.
        unit.eraseTexts(about: Array(person.subjects) + before.households.map(\.key))
        // So may one about a task whose subject is no person.
        unit.eraseTexts(
            about: try Doubles.pairs(of: person, unit) + Handovers.ids(of: person, unit))
        // Only own papers: one that was withdrawn as wrong may be somebody else's by now.
        try unit.execute(
            """
            DELETE FROM paper
            WHERE hash = ANY(\(hashes)) AND person = ANY(\(Array(person.subjects)))
            """)
        let fact = PersonErased(
            person: person.id, merged: person.merged, territory: person.territory,
            erasedOn: command.erasedOn, stock: change.stock.changes, records: change.records)
        return [try unit.emit(fact, of: Person.self, person.key)] + left
    }

    /// - Returns: the hashes by which the person's papers are found.
    private static func eraseData(
        of person: inout Person, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> [[UInt8]] {
        let papers = try keyring.open(person, unit)?.finding ?? []
        let hashes = papers.flatMap(keyring.hashes)
        try keyring.destroyKey(of: person.key, unit)
        person.codes = .none
        return hashes
    }

    /// Destroys the keys of households once all who ever lived there are erased: evidence for a household may name any of them.
    private static func eraseHouseholds(
        _ households: [Household], _ unit: UnitOfWork, _ keyring: Keyring
    ) throws {
        for household in households {
            let ids = household.members + household.former
            let all = try unit.find(Person.self, all: ids.map(\.uuid)).map { person in
                try person.survivor.flatMap { try unit.find(Person.self, named: $0.uuid) } ?? person
            }
            if all.allSatisfy(\.isErased) {
                try keyring.destroyKey(of: household.key, unit)
            }
        }
    }
}

extension RefusalCode {
    static let alreadyErased = RefusalCode(
        "already_erased", "a person whose data was not erased yet")
}
