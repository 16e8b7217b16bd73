import Foundation
import Messages
import Postgres
import ServiceKit

/// A registered person. What is personal stands in `sealed`; birth date and sex are what rules need.
struct Person: Aggregate {
    enum State: Hashable, Sendable {
        case provisional
        case verified(on: BusinessDate)
        case movedOut(on: BusinessDate)
        case deceased(on: BusinessDate)
        /// Always the last survivor, so that one step finds it.
        case merged(into: PersonID, on: BusinessDate)
        case erased(on: BusinessDate)
    }

    let id: PersonID
    var household: HouseholdID?
    var role: Role?
    var territory: TerritoryCode
    let birthDate: BusinessDate
    let sex: Sex
    let registeredOn: BusinessDate
    /// Since when the person counts where the person is; nil: since the registration.
    var countedFrom: BusinessDate?
    var state: State = .provisional
    var sealed: [UInt8]
    var codes = LookupCodes.none
    /// Registrations that were merged into this one.
    var merged: [PersonID] = []
    /// What was asserted of this person in households left since.
    var assertions: [AssertionID] = []
    /// What this person is in branches now.
    var memberships: [MemberID] = []
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    /// All ids that mean this person.
    var subjects: Set<UUID> { Set([id.uuid] + merged.map(\.uuid)) }

    static let table = Table<Person>(
        "person", key: "id",
        columns: [
            Column("id", { $0.id }), Column("household", optional: { $0.household }),
            Column("role", optional: { $0.role?.rawValue }),
            Column("territory", { $0.territory }), Column("birth_date", { $0.birthDate }),
            Column("sex", { $0.sex.rawValue }), Column("registered_on", { $0.registeredOn }),
            Column("counted_from", optional: { $0.countedFrom }),
            Column("state", { $0.state.name }), Column("state_on", optional: { $0.state.date }),
            Column("merged_into", optional: { $0.state.survivor }),
            Column("sealed", { $0.sealed }), Column("name_code", optional: { $0.codes.name }),
            Column("phone_code", optional: { $0.codes.phone }),
            Column("merged", { $0.merged.listed() }),
            Column("assertions", { $0.assertions.listed() }),
            Column("memberships", { $0.memberships.listed() }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        Person(
            id: try row.next(PersonID.self), household: try row.next(optional: HouseholdID.self),
            role: try row.next(optional: String.self).flatMap(Role.init(rawValue:)),
            territory: try row.next(TerritoryCode.self),
            birthDate: try row.next(BusinessDate.self), sex: try row.next(enum: Sex.self),
            registeredOn: try row.next(BusinessDate.self),
            countedFrom: try row.next(optional: BusinessDate.self), state: try State(&row),
            sealed: try row.next([UInt8].self),
            codes: LookupCodes(
                name: try row.next(optional: Int64.self), phone: try row.next(optional: Int64.self)),
            merged: try row.next(list: PersonID.self),
            assertions: try row.next(list: AssertionID.self),
            memberships: try row.next(list: MemberID.self), sequence: try row.next(Int64.self))
    }
}

extension Person.State {
    fileprivate var name: String {
        switch self {
        case .provisional: "provisional"
        case .verified: "verified"
        case .movedOut: "moved_out"
        case .deceased: "deceased"
        case .merged: "merged"
        case .erased: "erased"
        }
    }

    fileprivate var date: BusinessDate? {
        switch self {
        case .provisional: nil
        case .verified(let date), .movedOut(let date), .deceased(let date), .merged(_, let date),
            .erased(let date):
            date
        }
    }

    var survivor: PersonID? {
        if case .merged(let survivor, _) = self { survivor } else { nil }
    }

    var isErased: Bool {
        if case .erased = self { true } else { false }
    }

    /// Whether the person lives in the area that the association looks after.
    var isPresent: Bool {
        switch self {
        case .provisional, .verified: true
        case .movedOut, .deceased, .merged, .erased: false
        }
    }

    fileprivate init(_ row: inout RowCursor) throws {
        let name = try row.next(String.self)
        let date = try row.next(optional: BusinessDate.self)
        let survivor = try row.next(optional: PersonID.self)
        switch (name, date, survivor) {
        case ("provisional", _, _): self = .provisional
        case ("verified", let date?, _): self = .verified(on: date)
        case ("moved_out", let date?, _): self = .movedOut(on: date)
        case ("deceased", let date?, _): self = .deceased(on: date)
        case ("merged", let date?, let survivor?): self = .merged(into: survivor, on: date)
        case ("erased", let date?, _): self = .erased(on: date)
        default: throw StoredValueError(type: "state of a person")
        }
    }
}

/// Whose a resident id is, by its keyed hash: one live person for each.
struct Resident: Row {
    let hash: [UInt8]
    let person: PersonID

    var key: [UInt8] { hash }

    static let table = Table<Resident>(
        "resident", key: "hash",
        columns: [Column("hash", { $0.hash }), Column("person", { $0.person })]
    ) { row in
        Resident(hash: try row.next([UInt8].self), person: try row.next(PersonID.self))
    }
}

/// Registers and verifies persons; members that come with their household are in `Households`.
enum Persons {
    static func keys(_ command: RegisterPerson, _ keys: inout Keys, _ keyring: Keyring) {
        keys.need(Person.self, command.person.uuid)
        keys.need(DataKey.self, command.person.uuid)
        for hash in keyring.hashes(command.residentId) { keys.need(Resident.self, hash) }
        keys.need(Territory.self, command.territory)
        if let household = command.household { keys.need(Household.self, household.uuid) }
    }

    static func register(
        _ command: RegisterPerson, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> Emission {
        try Territories.requireInForce(command.territory, on: command.registeredOn, unit)
        try Households.require(command.role, in: command.household)
        let household = try command.household.map { try Households.require($0, unit) }
        try unit.requireNew(
            Person.self, command.person.uuid, else: .personExists, at: "/person")
        guard try keyring.resident(command.residentId, unit) == nil else {
            throw Refusal(.residentExists, at: "/residentId")
        }
        let personal = PersonalData(
            name: command.name, residentId: command.residentId, phone: command.phone)
        var person = Person(
            id: command.person, household: command.household, role: command.role,
            territory: command.territory, birthDate: command.residentId.birthDate,
            sex: command.residentId.sex, registeredOn: command.registeredOn,
            sealed: try keyring.seal(personal, of: command.person, unit),
            codes: keyring.codes(personal))
        try unit.store(
            Resident(hash: keyring.current.hash(command.residentId), person: command.person))
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

    /// The person whom any of the ids means: of merged registrations, the survivor.
    static func find(_ id: PersonID, _ unit: UnitOfWork) throws -> Person? {
        let person = try unit.find(Person.self, id.uuid)
        guard let survivor = person?.state.survivor else { return person }
        return try unit.find(Person.self, named: survivor.uuid)
    }

    /// The person whom an id means; a message waits for somebody who is not known.
    static func require(
        _ id: PersonID, at pointer: @autoclosure () -> String = "/person", _ unit: UnitOfWork
    ) throws -> Person {
        guard let person = try find(id, unit) else {
            throw Wait(for: id.uuid, else: .unknownPerson, at: pointer())
        }
        return person
    }

    /// The same, if the publisher may speak for the person and the person's data was not erased.
    static func requireInScope(
        _ id: PersonID, at pointer: String = "/person", _ unit: UnitOfWork
    ) throws -> Person {
        let person = try require(id, at: pointer, unit)
        try Territories.requireScope(person.territory, at: pointer, unit)
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
