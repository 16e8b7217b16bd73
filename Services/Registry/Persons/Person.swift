import Foundation
import Messages
import Postgres
import ServiceKit

/// A registered person. `sealed` contains the personal data. Birth date and sex stand beside it,
/// because rules need them.
struct Person: Aggregate {
    enum State: Hashable, Sendable {
        case provisional
        case verified(on: BusinessDate)
        case movedOut(on: BusinessDate)
        case deceased(on: BusinessDate)
        /// `into` is always the last survivor, so that one step finds it.
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
    /// The day since which the person is counted in the territory; nil: since the registration.
    var countedFrom: BusinessDate?
    var state: State = .provisional
    var sealed: [UInt8]
    var codes = LookupCodes.none
    /// Registrations that were merged into this one.
    var merged: [PersonID] = []
    /// Assertions about this person from households that the person has left.
    var assertions: [AssertionID] = []
    /// Active memberships.
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

/// The person who has a resident id, found by its keyed hash. No two live persons have the same
/// one.
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
