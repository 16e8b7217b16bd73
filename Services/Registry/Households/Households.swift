import Foundation
import Messages
import ServiceKit

/// Registers households, with members and categories in one message: all or nothing. Moves
/// households.
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
            }, move)
    }

    // MARK: Registration

    static func register(
        _ command: RegisterHousehold, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> Emission {
        try unit.requireNew(
            Household.self, command.household.uuid, else: .householdExists, at: "/household")
        try requireOwn(command.household.uuid, of: command, unit)
        unit.claim(command.household.uuid, as: .household)
        try Territories.requireInForce(command.territory, on: command.registeredOn, unit)
        var household = Household(
            id: command.household, territory: command.territory,
            registeredOn: command.registeredOn)
        let members = try memberFacts(command.members, unit)
        var stock = RegisteredStock()
        for (index, member) in command.members.enumerated() {
            try admit(member, at: "/members/\(index)", to: &household, &stock, unit, keyring)
        }
        for (index, new) in command.categories.enumerated() {
            try propose(
                new, at: "/categories/\(index)", of: command.members, in: &household, unit, keyring)
        }
        return try unit.save(&household, fact(command, members, stock.changes))
    }

    /// Refuses the id of a person for a household: both would have one key.
    private static func requireOwn(
        _ id: UUID, of command: RegisterHousehold, _ unit: UnitOfWork
    ) throws {
        let isOfMember = command.members.contains { $0.person.uuid == id }
        let isOfPerson = try isOfMember || unit.find(Person.self, id) != nil
        guard !isOfPerson else { throw Refusal(.idOfOtherKind, at: "/household") }
    }

    private static func admit(
        _ member: NewMember, at pointer: @autoclosure () -> String, to household: inout Household,
        _ stock: inout RegisteredStock, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws {
        let known = try unit.find(Person.self, member.person.uuid)
        let personal: PersonalData
        var person: Person
        if let known {
            try requireFree(known, for: household, at: "\(pointer())/person", unit)
            personal = try Papers.confirm(member, of: known, at: pointer(), unit, keyring)
            person = known
        } else {
            let birth = try Papers.birth(of: member, at: pointer())
            personal = try Papers.admit(member, as: member.person, at: pointer(), unit, keyring)
            unit.claim(member.person.uuid, as: .person)
            person = Person(
                id: member.person, territory: household.territory, birthDate: birth.date,
                sex: birth.sex, registeredOn: household.registeredOn, sealed: [])
        }
        person.household = household.id
        person.role = member.role
        person.territory = household.territory
        person.sealed = try keyring.seal(personal, of: person.id, unit)
        person.codes = keyring.codes(personal)
        if let known { stock.move(known, &person, on: household.registeredOn) }
        try unit.store(person)
        household.members.append(person.id)
        household.present += 1
    }

    /// Refuses a registered person who is in a household, does not live here, or was merged into
    /// another one.
    private static func requireFree(
        _ known: Person, for household: Household, at pointer: @autoclosure () -> String,
        _ unit: UnitOfWork
    ) throws {
        guard known.household != household.id else {
            throw Refusal(.memberListedTwice, at: pointer())
        }
        try unit.requireScope(known.territory, at: pointer())
        guard known.household == nil else { throw Refusal(.personInHousehold, at: pointer()) }
        guard known.state.survivor == nil else { throw Refusal(.personMerged, at: pointer()) }
        try known.requirePresent(at: pointer())
    }

    private static func propose(
        _ new: NewCategory, at pointer: @autoclosure () -> String, of members: [NewMember],
        in household: inout Household, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws {
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
        household.assertions.append(assertion.id)
    }

    // MARK: Moving

    static func move(_ command: MoveHousehold, _ unit: UnitOfWork) throws -> Emission {
        var household = try require(command.household, unit)
        try Territories.requireInForce(command.territory, on: command.movedOn, unit)
        try command.movedOn.require(
            from: household.registeredOn, else: .beforeRegistration, at: "/movedOn")
        let from = household.territory
        guard command.territory != from else { throw Refusal(.notMoved, at: "/territory") }
        let members = try unit.find(Person.self, all: household.members.map(\.uuid))
        for member in members {
            try unit.requireScope(
                member.territory, at: "/household",
                expected: "a household whose members all live in a territory that was granted")
        }
        var stock = RegisteredStock()
        for var member in members {
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

    /// The household that a person's row names. There is one, because the schema has a foreign key.
    static func named(_ id: HouseholdID, _ unit: UnitOfWork) throws -> Household {
        guard let household = try unit.find(Household.self, named: id.uuid) else {
            throw StoredValueError(type: "household of a person")
        }
        return household
    }

    // MARK: Leaving and joining

    /// Takes a person out of the household. The assertions about the person move to the person's
    /// row, which the caller stores.
    static func leave(_ person: inout Person, _ unit: UnitOfWork) throws {
        guard let id = person.household else { return }
        var household = try named(id, unit)
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
        var household = try named(id, unit)
        household.members.append(person.id)
        try unit.store(household)
        person.household = id
    }

    // MARK: The fact

    private static func memberFacts(
        _ members: [NewMember], _ unit: UnitOfWork
    ) throws -> [MemberFact] {
        try members.enumerated().map { index, member in
            let known = try unit.find(Person.self, member.person.uuid)
            let birth =
                try known.map { ($0.birthDate, $0.sex) }
                ?? Papers.birth(of: member, at: "/members/\(index)")
            return MemberFact(
                person: member.person, role: member.role, birthDate: birth.0, sex: birth.1,
                sequence: known?.sequence ?? 0)
        }
    }

    private static func fact(
        _ command: RegisterHousehold, _ members: [MemberFact], _ stock: [StockChange]
    ) -> HouseholdRegistered {
        HouseholdRegistered(
            household: command.household, territory: command.territory,
            registeredOn: command.registeredOn, members: members,
            categories: command.categories.map {
                CategoryFact(
                    assertion: $0.assertion, subject: $0.subject, category: $0.category,
                    verified: $0.verified, validFrom: $0.validFrom, validTo: $0.validTo)
            }, stock: stock.isEmpty ? nil : stock)
    }
}

extension RefusalCode {
    static let personMerged = RefusalCode(
        "person_merged", "the id of the person into whom this one was merged")
    static let householdExists = RefusalCode(
        "household_exists", "the id of a household that is not registered yet")
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
