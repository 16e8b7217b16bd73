import Foundation
import Messages
import ServiceKit

/// Registers and verifies persons. `Households` registers members that come with their household.
enum Persons {
    static func register(in router: inout Router, _ keyring: Keyring) {
        router.on(
            RegisterPerson.self,
            keys: { command, keys in
                keys.need(Person.self, command.person.uuid)
                keys.need(Household.self, command.person.uuid)
                keys.need(DataKey.self, command.person.uuid)
                Papers.keys(of: command, keyring, &keys)
                keys.need(Territory.self, command.territory)
                if let household = command.household { keys.need(Household.self, household.uuid) }
            }, { try register($0, $1, keyring) })
        router.on(VerifyPerson.self, keys: { $1.need(Person.self, $0.person.uuid) }, verify)
        router.on(
            MovePerson.self,
            keys: { command, keys in
                keys.need(Person.self, command.person.uuid)
                if let destination = command.destination { keys.need(Territory.self, destination) }
                if let household = command.household { keys.need(Household.self, household.uuid) }
            }, Moves.move)
        router.on(
            RecordDeath.self, keys: { $1.need(Person.self, $0.person.uuid) }, Deaths.record)
        // Only the persons. All that depends on them is read once their rows are held; read
        // earlier, it would lack what another worker adds meanwhile.
        router.on(
            MergePersons.self,
            keys: {
                $1.need(Person.self, $0.survivor.uuid)
                $1.need(Person.self, $0.merged.uuid)
            }, Merges.merge)
    }

    static func register(
        _ command: RegisterPerson, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> Emission {
        try Territories.requireInForce(command.territory, on: command.registeredOn, unit)
        try Households.require(command.role, in: command.household)
        let household = try command.household.map { try Households.require($0, unit) }
        try unit.requireNew(
            Person.self, command.person.uuid, else: .personExists, at: "/person")
        let birth = try Papers.birth(of: command, at: "")
        guard try unit.find(Household.self, command.person.uuid) == nil else {
            throw Refusal(.idOfOtherKind, at: "/person")
        }
        unit.claim(command.person.uuid, as: .person)
        let personal = try Papers.admit(command, as: command.person, at: "", unit, keyring)
        var person = Person(
            id: command.person, household: command.household, role: command.role,
            territory: command.territory, birthDate: birth.date, sex: birth.sex,
            registeredOn: command.registeredOn,
            sealed: try keyring.seal(personal, of: command.person, unit),
            codes: keyring.codes(personal))
        var stock = RegisteredStock()
        if var household {
            household.members.append(person.id)
            try unit.store(household)
            try stock.add(1, to: household.id, on: person.registeredOn, unit)
        }
        let changes = stock.changes
        return try unit.save(
            &person,
            PersonRegistered(
                person: person.id, household: person.household, role: person.role,
                territory: person.territory, registeredOn: person.registeredOn,
                birthDate: person.birthDate, sex: person.sex,
                stock: changes.isEmpty ? nil : changes))
    }

    static func verify(_ command: VerifyPerson, _ unit: UnitOfWork) throws -> Emission {
        var person = try requireInScope(command.person, unit)
        guard person.state.isPresent else { throw Refusal(.personGone, at: "/person") }
        guard case .provisional = person.state else {
            throw Refusal(.personVerified, at: "/person")
        }
        try command.verifiedOn.require(
            from: person.registeredOn, else: .beforeRegistration, at: "/verifiedOn")
        person.state = .verified(on: command.verifiedOn)
        return try unit.save(
            &person,
            PersonVerified(
                person: person.id, territory: person.territory, verifiedOn: command.verifiedOn))
    }

    // MARK: Finding

    /// The person with that id. The id of a merged registration means the survivor.
    static func find(_ id: PersonID, _ unit: UnitOfWork) throws -> Person? {
        let person = try unit.find(Person.self, id.uuid)
        guard let survivor = person?.state.survivor else { return person }
        return try unit.find(Person.self, named: survivor.uuid)
    }

    /// The same. A message waits for a person who is not known.
    static func require(
        _ id: PersonID, at pointer: @autoclosure () -> String = "/person", _ unit: UnitOfWork
    ) throws -> Person {
        guard let person = try find(id, unit) else {
            throw Wait(for: id.uuid, else: .unknownPerson, at: pointer())
        }
        return person
    }

    /// The same, if the person is in the publisher's scope and the person's data was not erased.
    static func requireInScope(
        _ id: PersonID, at pointer: String = "/person", _ unit: UnitOfWork
    ) throws -> Person {
        let person = try require(id, at: pointer, unit)
        try unit.requireScope(person.territory, at: pointer)
        try person.requireNotErased(at: pointer)
        return person
    }
}

extension Person {
    func requireNotErased(at pointer: @autoclosure () -> String) throws(Refusal) {
        guard !state.isErased else { throw Refusal(.personErased, at: pointer()) }
    }

    /// Refuses somebody who was erased, who has died or who has moved out.
    func requirePresent(at pointer: @autoclosure () -> String) throws(Refusal) {
        switch state {
        case .provisional, .verified: break
        case .erased: throw Refusal(.personErased, at: pointer())
        case .movedOut, .deceased, .merged: throw Refusal(.personGone, at: pointer())
        }
    }
}

extension RefusalCode {
    static let personExists = RefusalCode(
        "person_exists", "the id of a person who is not registered yet")
    static let personErased = RefusalCode("person_erased", "a person whose data was not erased")
    static let personGone = RefusalCode(
        "person_gone", "a person who is alive and has not moved out")
    static let personVerified = RefusalCode("person_verified", "a person who is not verified yet")
}
