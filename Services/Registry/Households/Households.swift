import Foundation
import Messages
import ServiceKit

/// Registers households, with members and categories in one message: all or nothing.
enum Households {
    static func register(in router: inout Router, _ keyring: Keyring) {
        router.on(
            RegisterHousehold.self,
            keys: { command, keys in
                keys.need(Household.self, command.household.uuid)
                keys.need(Person.self, command.household.uuid)
                keys.need(DataKey.self, command.household.uuid)
                keys.need(Territory.self, command.territory)
                for member in command.members {
                    keys.need(Person.self, member.person.uuid)
                    keys.need(DataKey.self, member.person.uuid)
                    Papers.keys(of: member, keyring, &keys)
                }
                for category in command.categories {
                    keys.need(CategoryAssertion.self, category.assertion.uuid)
                }
            }, { try register($0, $1, keyring) })
        router.on(
            MoveHousehold.self,
            keys: {
                $1.need(Household.self, $0.household.uuid)
                $1.need(Territory.self, $0.territory)
            }, HouseholdMoves.move)
        HouseholdLife.register(in: &router)
    }

    // MARK: Registration

    /// Persons who are known already move in: each has a fact of its own besides.
    static func register(
        _ command: RegisterHousehold, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> [Emission] {
        try unit.requireNew(
            Household.self, command.household.uuid, else: .householdExists, at: "/household")
        try requireOwn(command.household.uuid, of: command, unit)
        unit.claim(command.household.uuid, as: .household)
        try Territories.requireInForce(command.territory, on: command.registeredOn, unit)
        var household = Household(
            id: command.household,
            places: [HouseholdPlace(from: command.registeredOn, territory: command.territory)])
        let known = try command.members.map(\.person)
            .filter { try unit.find(Person.self, $0.uuid) != nil }
        let before =
            known.isEmpty
            ? nil
            : try People(
                of: known,
                newcomers: command.members.map(\.person).filter { !known.contains($0) },
                founded: household.id, unit)
        var newcomers: [Person] = []
        for (index, member) in command.members.enumerated() {
            let pointer = "/members/\(index)"
            if let person = try unit.find(Person.self, member.person.uuid) {
                try admit(person, member, at: pointer, to: household, unit, keyring)
            } else {
                newcomers.append(try add(member, at: pointer, to: household, unit, keyring))
            }
            household.members.append(member.person)
        }
        try command.requireOneHead()
        var assertions: [CategoryAssertion] = []
        for (index, new) in command.categories.enumerated() {
            assertions.append(
                try propose(
                    new, at: "/categories/\(index)", of: command.members, in: &household, unit,
                    keyring))
        }
        guard let before else {
            return [try found(&household, newcomers, assertions, command, unit)]
        }
        return try found(household, before, newcomers, command, unit)
    }

    /// Refuses the id of a person for a household: both would have one key.
    private static func requireOwn(
        _ id: UUID, of command: RegisterHousehold, _ unit: UnitOfWork
    ) throws {
        let isOfMember = command.members.contains { $0.person.uuid == id }
        let isOfPerson = try isOfMember || unit.find(Person.self, id) != nil
        guard !isOfPerson else { throw Refusal(.idOfOtherKind, at: "/household") }
    }

    /// Registers a member with the household.
    private static func add(
        _ member: NewMember, at pointer: String, to household: Household, _ unit: UnitOfWork,
        _ keyring: Keyring
    ) throws -> Person {
        let birth = try Papers.birth(of: member, at: pointer)
        let personal = try Papers.admit(member, as: member.person, at: pointer, unit, keyring)
        unit.claim(member.person.uuid, as: .person)
        let person = Person(
            id: member.person, birthDate: birth.date, sex: birth.sex,
            stays: StayList(
                registeredOn: household.registeredOn, in: household.territory,
                household: household.id, role: member.role),
            sealed: try keyring.seal(personal, of: member.person, unit),
            codes: keyring.codes(personal))
        try unit.store(person)
        return person
    }

    /// Takes in a registered person.
    private static func admit(
        _ known: Person, _ member: NewMember, at pointer: String, to household: Household,
        _ unit: UnitOfWork, _ keyring: Keyring
    ) throws {
        try requireFree(known, for: household, at: "\(pointer)/person", unit)
        let personal = try Papers.confirm(member, of: known, at: pointer, unit, keyring)
        var person = known
        person.stays.move(
            to: Stay(
                from: household.registeredOn, territory: household.territory,
                household: household.id, role: member.role))
        person.sealed = try keyring.seal(personal, of: person.id, unit)
        person.codes = keyring.codes(personal)
        try unit.store(person)
    }

    /// Refuses a registered person who is in a household on that day, does not live here, or was merged into another one.
    private static func requireFree(
        _ known: Person, for household: Household, at pointer: @autoclosure () -> String,
        _ unit: UnitOfWork
    ) throws {
        let day = household.registeredOn
        guard !known.stays.names(household.id) else {
            throw Refusal(.memberListedTwice, at: pointer())
        }
        try unit.requireScope(known.territory, at: pointer())
        try known.requireNotErased(at: pointer())
        guard known.survivor == nil else { throw Refusal(.personMerged, at: pointer()) }
        try day.require(from: known.registeredOn, else: .beforeRegistration, at: pointer())
        guard let stay = known.stays.stay(on: day), known.isAlive(on: day), stay.territory != nil
        else { throw Refusal(.personGone, at: pointer()) }
        guard stay.household == nil else { throw Refusal(.personInHousehold, at: pointer()) }
    }

    private static func propose(
        _ new: NewCategory, at pointer: @autoclosure () -> String, of members: [NewMember],
        in household: inout Household, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> CategoryAssertion {
        guard
            new.subject == household.key
                || members.contains(where: { $0.person.uuid == new.subject })
        else { throw Refusal(.unknownSubject, at: "\(pointer())/subject") }
        let assertion = CategoryAssertion(
            id: new.assertion, household: household.id, subject: new.subject,
            category: new.category, validFrom: new.validFrom, validTo: new.validTo,
            state: new.verified ? .verified(on: household.registeredOn) : .proposed,
            evidence: try keyring.seal(
                new.evidence, as: .evidence, about: new.subject, for: new.assertion.uuid, unit))
        let person = new.subject == household.key ? nil : try unit.find(Person.self, new.subject)
        try Categories.requireNew(assertion, about: person, in: household, at: pointer(), unit)
        unit.claim(assertion.key, as: .assertion)
        try unit.store(assertion)
        if var person {
            person.assertions.append(assertion.id)
            try unit.store(person)
        } else {
            household.assertions.append(assertion.id)
        }
        return assertion
    }

    // MARK: The facts

    /// Everybody is new: an import is mostly such households. Nothing more is read, and the fact implies all but categories.
    private static func found(
        _ household: inout Household, _ newcomers: [Person], _ assertions: [CategoryAssertion],
        _ command: RegisterHousehold, _ unit: UnitOfWork
    ) throws -> Emission {
        let verified = assertions.filter { $0.verifiedOn != nil }
        var stock = RegisteredStock()
        if !verified.isEmpty {
            stock.add(
                People(household: household, persons: newcomers, assertions: verified), times: 1)
            stock.leaveOut(
                household.territory, from: household.registeredOn, households: 1,
                persons: newcomers.count)
        }
        return try unit.save(&household, fact(command, stock, unit))
    }

    /// Some are known: each has a fact of its own besides, with the person's record.
    private static func found(
        _ household: Household, _ before: People, _ newcomers: [Person],
        _ command: RegisterHousehold, _ unit: UnitOfWork
    ) throws -> [Emission] {
        let day = command.registeredOn
        try unit.store(household)
        var change = try before.settle(unit)
        change.stock.leaveOut(
            command.territory, from: day, households: 1, persons: newcomers.count)
        var moved: [Emission] = []
        for member in command.members {
            guard let person = before.persons.first(where: { $0.id == member.person }) else {
                continue
            }
            let fact = PersonMoved(
                person: person.id, from: person.stays.territory(on: day),
                territory: command.territory, household: household.id, role: member.role,
                movedOn: day, birthDate: person.birthDate, sex: person.sex, stock: [],
                records: change.records(of: person.id))
            moved.append(try unit.emit(fact, of: Person.self, person.key))
        }
        let registered = try fact(command, change.stock, unit)
        return [try unit.emit(registered, of: Household.self, household.key)] + moved
    }

    private static func fact(
        _ command: RegisterHousehold, _ stock: RegisteredStock, _ unit: UnitOfWork
    ) throws -> HouseholdRegistered {
        let stock = stock.changes
        return HouseholdRegistered(
            household: command.household, territory: command.territory,
            registeredOn: command.registeredOn,
            members: try command.members.map { member in
                guard let person = try unit.find(Person.self, member.person.uuid) else {
                    throw StoredValueError(type: "member of a household")
                }
                return MemberFact(
                    person: member.person, role: member.role, birthDate: person.birthDate,
                    sex: person.sex, sequence: person.sequence)
            },
            categories: command.categories.map {
                CategoryFact(
                    assertion: $0.assertion, subject: $0.subject, category: $0.category,
                    verified: $0.verified, validFrom: $0.validFrom, validTo: $0.validTo)
            }, stock: stock.isEmpty ? nil : stock)
    }
}

extension Households {
    // MARK: Rules

    /// The household, if it is in the publisher's scope. A message waits for a household that is
    /// not known.
    static func require(_ id: HouseholdID, _ unit: UnitOfWork) throws -> Household {
        let household = try unit.require(
            Household.self, id.uuid, else: .unknownHousehold, at: "/household")
        try unit.requireScope(household.territory, at: "/household")
        return household
    }

    /// Refuses a role without a household, and a household without a role.
    static func require(_ role: Role?, in household: HouseholdID?) throws(Refusal) {
        if household == nil, role != nil { throw Refusal(.roleWithoutHousehold, at: "/role") }
        if household != nil, role == nil { throw Refusal(.memberWithoutRole, at: "/role") }
    }

    /// The same, if somebody can live in it on that day.
    /// - Parameter pointer: where the command has the day.
    static func require(
        _ id: HouseholdID, on day: BusinessDate, at pointer: String, _ unit: UnitOfWork
    ) throws -> Household {
        let household = try require(id, unit)
        try household.requireExisting(on: day, at: pointer)
        return household
    }

    /// The household that a person's row names. There is one, because the schema has a foreign key.
    static func named(_ id: HouseholdID, _ unit: UnitOfWork) throws -> Household {
        guard let household = try unit.find(Household.self, named: id.uuid) else {
            throw StoredValueError(type: "household of a person")
        }
        return household
    }
}

extension RefusalCode {
    static let personMerged = RefusalCode(
        "person_merged", "the id of the person into whom this one was merged")
    static let householdExists = RefusalCode(
        "household_exists", "the id of a household that is not registered yet")
    static let beforeHousehold = RefusalCode(
        "before_household", "a date on or after the household's registration")
    static let householdGone = RefusalCode(
        "household_gone", "a date before the end of the household")
    static let personInHousehold = RefusalCode(
        "person_in_household", "a person who is in no other household")
    static let otherResident = RefusalCode(
        "other_resident",
        "the resident id of this person, or a correction of it by registry.person.correct.v1")
    static let roleWithoutHousehold = RefusalCode(
        "role_without_household", "a role together with a household, or neither")
    static let memberWithoutRole = RefusalCode(
        "member_without_role", "the person's role in the household")
}
