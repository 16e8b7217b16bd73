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
            VoidMove.self, keys: { $1.need(Person.self, $0.person.uuid) }, Moves.void)
        router.on(
            RecordDeath.self, keys: { $1.need(Person.self, $0.person.uuid) }, Deaths.record)
        router.on(
            CorrectDeath.self, keys: { $1.need(Person.self, $0.person.uuid) }, Deaths.correct)
        router.on(VoidDeath.self, keys: { $1.need(Person.self, $0.person.uuid) }, Deaths.void)
        // Only the persons. All that depends on them is read once their rows are held; read
        // earlier, it would lack what another worker adds meanwhile.
        router.on(
            MergePersons.self,
            keys: {
                $1.need(Person.self, $0.survivor.uuid)
                $1.need(Person.self, $0.merged.uuid)
            }, { try Merges.merge($0, $1, keyring) })
        router.on(
            UnmergePersons.self,
            keys: {
                $1.need(Person.self, $0.survivor.uuid)
                $1.need(Person.self, $0.merged.uuid)
            }, { try Unmerges.unmerge($0, $1, keyring) })
    }

    static func register(
        _ command: RegisterPerson, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> [Emission] {
        try Territories.requireInForce(command.territory, on: command.registeredOn, unit)
        try Households.require(command.role, in: command.household)
        let before = try command.household.map { id in
            _ = try Households.require(
                id, on: command.registeredOn, at: "/registeredOn", unit)
            return try People(of: [], newcomers: [command.person], households: [id], unit)
        }
        try unit.requireNew(
            Person.self, command.person.uuid, else: .personExists, at: "/person")
        let birth = try Papers.birth(of: command, at: "")
        guard try unit.find(Household.self, command.person.uuid) == nil else {
            throw Refusal(.idOfOtherKind, at: "/person")
        }
        unit.claim(command.person.uuid, as: .person)
        let personal = try Papers.admit(command, as: command.person, at: "", unit, keyring)
        var person = Person(
            id: command.person, birthDate: birth.date, sex: birth.sex,
            stays: StayList(
                registeredOn: command.registeredOn, in: command.territory,
                household: command.household, role: command.role),
            sealed: try keyring.seal(personal, of: command.person, unit),
            codes: keyring.codes(personal))
        let fact = PersonRegistered(
            person: person.id, household: command.household, role: command.role,
            territory: command.territory, registeredOn: command.registeredOn,
            birthDate: person.birthDate, sex: person.sex)
        guard let before else { return [try unit.save(&person, fact)] }
        try unit.store(person)
        if let household = command.household, command.role == .head {
            try before.requireOneHead(of: household, on: command.registeredOn, at: "/role", unit)
        }
        return try join(fact, before, unit)
    }

    /// Registers a person in a household that has moved since: the person moves along, by facts of their own.
    private static func join(
        _ fact: PersonRegistered, _ before: People, _ unit: UnitOfWork
    ) throws -> [Emission] {
        var change = try before.settle(unit, on: fact.registeredOn)
        change.stock.leaveOut(fact.territory, from: fact.registeredOn, persons: 1)
        let stock = change.stock.changes
        var fact = fact
        fact.stock = stock.isEmpty ? nil : stock
        let registered = try unit.emit(fact, of: Person.self, fact.person.uuid)
        guard var person = try unit.find(Person.self, fact.person.uuid),
            case let later = person.stays.stays.dropFirst(), let last = later.last
        else { return [registered] }
        person.version += 1
        let moved = PersonMoved(
            person: person.id, from: fact.territory, territory: last.territory,
            household: last.household, role: last.role, movedOn: last.from,
            birthDate: person.birthDate, sex: person.sex, stock: [],
            records: PeopleRecords(persons: [person.record]))
        return [registered, try unit.save(&person, moved)]
    }

    static func verify(_ command: VerifyPerson, _ unit: UnitOfWork) throws -> Emission {
        var person = try requireInScope(command.person, unit)
        try person.requirePresent(on: command.verifiedOn, at: "/person")
        guard person.verifiedOn == nil else { throw Refusal(.personVerified, at: "/person") }
        try command.verifiedOn.require(
            from: person.registeredOn, else: .beforeRegistration, at: "/verifiedOn")
        person.own.verifiedOn = command.verifiedOn
        return try unit.save(
            &person,
            PersonVerified(
                person: person.id, territory: person.territory, verifiedOn: command.verifiedOn))
    }

    // MARK: Finding

    /// The person with that id. The id of a merged registration means the survivor.
    static func find(_ id: PersonID, _ unit: UnitOfWork) throws -> Person? {
        let person = try unit.find(Person.self, id.uuid)
        guard let survivor = person?.survivor else { return person }
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

    /// The same, if the person is in the publisher's scope now, or was on that day, and the person's data was not erased.
    static func requireInScope(
        _ id: PersonID, on day: BusinessDate, at pointer: String = "/person", _ unit: UnitOfWork
    ) throws -> Person {
        let person = try require(id, at: pointer, unit)
        try unit.requireScope(person, on: day, at: pointer)
        try person.requireNotErased(at: pointer)
        return person
    }

    /// The same, if the person is in the publisher's scope now.
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
        guard !isErased else { throw Refusal(.personErased, at: pointer()) }
    }

    /// Refuses somebody who was erased, and who had died or did not live in the area on that day. What happens later does not
    /// count, so that a late paper is taken in.
    func requirePresent(
        on day: BusinessDate, at pointer: @autoclosure () -> String
    ) throws(Refusal) {
        try requireNotErased(at: pointer())
        try requireAlive(on: day, at: pointer())
        let stay = stays.stay(on: day) ?? stays.first
        guard stay.territory != nil else {
            throw Refusal(
                .personGone, at: pointer(),
                expected: "a person who lived here on \(day); this one moved out on \(stay.from)")
        }
    }

    /// Refuses somebody who had died by that day. The refusal says when, so the caller must know that the publisher may learn it.
    func requireAlive(
        on day: BusinessDate, at pointer: @autoclosure () -> String
    ) throws(Refusal) {
        guard let diedOn, day >= diedOn else { return }
        throw Refusal(
            .personGone, at: pointer(),
            expected: "a person who was alive on \(day); this one died on \(diedOn)")
    }

    /// Refuses somebody who was erased, who has died or who has moved out.
    func requirePresent(at pointer: @autoclosure () -> String) throws(Refusal) {
        try requireNotErased(at: pointer())
        guard isPresent else { throw Refusal(.personGone, at: pointer()) }
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
