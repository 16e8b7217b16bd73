import Foundation
import Messages
import Postgres
import ServiceKit

/// A household. It names its members and the categories asserted of it and of them, so that whoever adds
/// one holds this row and sees all others.
struct Household: Aggregate {
    let id: HouseholdID
    var territory: TerritoryCode
    let registeredOn: BusinessDate
    var members: [PersonID] = []
    /// Members who live here; without one the household does not count.
    var present: Int32 = 0
    /// Since when it counts where it is, or does not; nil: since the registration.
    var countedFrom: BusinessDate?
    var assertions: [AssertionID] = []
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table<Household>(
        "household", key: "id",
        columns: [
            Column("id", { $0.id }), Column("territory", { $0.territory }),
            Column("registered_on", { $0.registeredOn }),
            Column("members", { $0.members.listed() }), Column("present", { $0.present }),
            Column("counted_from", optional: { $0.countedFrom }),
            Column("assertions", { $0.assertions.listed() }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        Household(
            id: try row.next(HouseholdID.self), territory: try row.next(TerritoryCode.self),
            registeredOn: try row.next(BusinessDate.self),
            members: try row.next(list: PersonID.self), present: try row.next(Int32.self),
            countedFrom: try row.next(optional: BusinessDate.self),
            assertions: try row.next(list: AssertionID.self), sequence: try row.next(Int64.self))
    }
}

/// Registers households as an import brings them: members and categories in one message, all or
/// nothing.
enum Households {
    static func keys(_ command: RegisterHousehold, _ keys: inout Keys, _ keyring: Keyring) {
        keys.need(Household.self, command.household.uuid)
        keys.need(DataKey.self, command.household.uuid)
        keys.need(Territory.self, command.territory)
        for member in command.members {
            keys.need(Person.self, member.person.uuid)
            keys.need(DataKey.self, member.person.uuid)
            for hash in keyring.hashes(member.residentId) { keys.need(Resident.self, hash) }
        }
        for category in command.categories {
            keys.need(CategoryAssertion.self, category.assertion.uuid)
        }
    }

    static func register(
        _ command: RegisterHousehold, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> Outcome {
        guard try unit.find(Household.self, command.household.uuid) == nil else {
            return .rejected(.householdExists, at: "/household")
        }
        if let refusal = try Territories.refusal(
            command.territory, on: command.registeredOn, unit)
        {
            return .refused(refusal)
        }
        var household = Household(
            id: command.household, territory: command.territory,
            registeredOn: command.registeredOn)
        let members = try facts(command.members, unit)
        var stock = RegisteredStock()
        if let refusal = try admit(command.members, to: &household, &stock, unit, keyring) {
            return .refused(refusal)
        }
        if let refusal = try propose(
            command.categories, of: command.members, in: &household, unit, keyring)
        {
            return .refused(refusal)
        }
        try unit.save(&household)
        return .accepted(fact(command, members, stock.changes), of: household)
    }

    // MARK: Members

    private static func admit(
        _ members: [NewMember], to household: inout Household, _ stock: inout RegisteredStock,
        _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> Refusal? {
        for (index, member) in members.enumerated() {
            let known = try unit.find(Person.self, member.person.uuid)
            let owner = try keyring.resident(member.residentId, unit)
            if let (code, field) = try refusal(of: member, known, owner, household, unit) {
                return Refusal(code, at: "/members/\(index)/\(field)")
            }
            if owner == nil {
                try unit.store(
                    Resident(
                        hash: keyring.current.hash(member.residentId), person: member.person))
            }
            let personal = PersonalData(
                name: member.name, residentId: member.residentId, phone: member.phone)
            var person =
                known
                ?? Person(
                    id: member.person, territory: household.territory,
                    birthDate: member.residentId.birthDate, sex: member.residentId.sex,
                    registeredOn: household.registeredOn, sealed: [])
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
        return nil
    }

    /// A known person may join if it has no household yet and is the same person, under the id that counts.
    private static func refusal(
        of member: NewMember, _ known: Person?, _ owner: Resident?, _ household: Household,
        _ unit: UnitOfWork
    ) throws -> (RefusalCode, field: String)? {
        if let known {
            if known.household == household.id { return (.memberListedTwice, "person") }
            if known.household != nil { return (.personInHousehold, "person") }
            if try !Territories.covers(known.territory, unit) { return (.outOfScope, "person") }
            if known.state.isErased { return (.personErased, "person") }
            if known.state.survivor != nil { return (.personMerged, "person") }
            if !known.state.isPresent { return (.personGone, "person") }
        }
        if let owner, owner.person != member.person { return (.residentExists, "residentId") }
        if known != nil, owner == nil { return (.otherResident, "residentId") }
        return nil
    }

    // MARK: Categories

    private static func propose(
        _ categories: [NewCategory], of members: [NewMember], in household: inout Household,
        _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> Refusal? {
        for (index, new) in categories.enumerated() {
            guard
                new.subject == household.id.uuid
                    || members.contains(where: { $0.person.uuid == new.subject })
            else { return Refusal(.unknownSubject, at: "/categories/\(index)/subject") }
            let assertion = CategoryAssertion(
                id: new.assertion, household: household.id, subject: new.subject,
                category: new.category, validFrom: new.validFrom, validTo: new.validTo,
                state: new.verified ? .verified(on: household.registeredOn) : .proposed,
                evidence: try keyring.seal(
                    new.evidence, about: new.subject, for: new.assertion.uuid, unit))
            let person =
                new.subject == household.key ? nil : try unit.find(Person.self, new.subject)
            if let (code, field) = try Categories.refusal(
                of: assertion, about: person, in: household, unit)
            {
                return Refusal(code, at: "/categories/\(index)/\(field)")
            }
            try unit.store(assertion)
            household.assertions.append(assertion.id)
        }
        return nil
    }

    private static func facts(
        _ members: [NewMember], _ unit: UnitOfWork
    ) throws -> [MemberFact] {
        try members.map {
            MemberFact(
                person: $0.person, role: $0.role, birthDate: $0.residentId.birthDate,
                sex: $0.residentId.sex,
                sequence: try unit.find(Person.self, $0.person.uuid)?.sequence ?? 0)
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

    static let migration = Migration(
        "0002_households",
        """
        CREATE TABLE household (
            id            uuid   PRIMARY KEY,
            territory     text   NOT NULL REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
            registered_on date   NOT NULL,
            assertions    text   NOT NULL,
            sequence      bigint NOT NULL CHECK (sequence > 0)
        );
        COMMENT ON COLUMN household.assertions
            IS 'ids of the categories asserted of it and its members';
        """)
}

extension RefusalCode {
    static let personMerged = RefusalCode(
        "person_merged", "the id of the person into whom this one was merged")
    static let householdExists = RefusalCode(
        "household_exists", "the id of a household that is not registered yet")
    static let unknownHousehold = RefusalCode(
        "unknown_household", "the id of a registered household")
    static let personInHousehold = RefusalCode(
        "person_in_household", "a person who is in no other household")
    static let memberListedTwice = RefusalCode("member_listed_twice", "each member once")
    static let otherResident = RefusalCode(
        "other_resident", "the resident id with which this person was registered")
    static let unknownSubject = RefusalCode(
        "unknown_subject", "the id of the household or of one of its members")
}
