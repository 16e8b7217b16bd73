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
    ) throws -> Emission {
        var person = try Persons.require(command.person, unit)
        try unit.requireScope(person.territory, at: "/person")
        guard !person.state.isErased else { throw Refusal(.alreadyErased, at: "/person") }
        try command.erasedOn.require(
            from: person.registeredOn, else: .beforeRegistration, at: "/erasedOn")
        var hashes = try eraseData(of: &person, unit, keyring)
        for var other in try unit.find(Person.self, all: person.merged.map(\.uuid)) {
            hashes += try eraseData(of: &other, unit, keyring)
            try unit.store(other)
        }
        let before = person
        person.state = .erased(on: command.erasedOn)
        var stock = RegisteredStock()
        try stock.count(before, &person, on: command.erasedOn, unit)
        let erased = try unit.save(
            &person,
            PersonErased(
                person: person.id, merged: person.merged, territory: person.territory,
                erasedOn: command.erasedOn, stock: stock.changes))
        try eraseHousehold(of: person, unit, keyring)
        unit.eraseTexts(about: Array(person.subjects))
        // Only own papers: one that was withdrawn as wrong may be somebody else's by now.
        try unit.execute(
            """
            DELETE FROM paper
            WHERE hash = ANY(\(hashes)) AND person = ANY(\(Array(person.subjects)))
            """)
        return erased
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

    /// Destroys the household's key once all members are erased: evidence for a household may name
    /// any member.
    private static func eraseHousehold(
        of person: Person, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws {
        guard let id = person.household else { return }
        let household = try Households.named(id, unit)
        let members = try unit.find(Person.self, all: household.members.map(\.uuid))
        if members.allSatisfy(\.state.isErased) {
            try keyring.destroyKey(of: household.key, unit)
        }
    }
}

extension RefusalCode {
    static let alreadyErased = RefusalCode(
        "already_erased", "a person whose data was not erased yet")
}
