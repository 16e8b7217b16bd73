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
    var birthDate: BusinessDate
    var sex: Sex
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

    static let table = Table(
        "person", key: "id", Person.init,
        Field("id", \.id), Field("household", \.household), Field("role", \.role),
        Field("territory", \.territory), Field("birth_date", \.birthDate), Field("sex", \.sex),
        Field("registered_on", \.registeredOn), Field("counted_from", \.countedFrom),
        Field(
            [
                Column("state", \.state.name), Column("state_on", \.state.date),
                Column("merged_into", \.state.survivor),
            ], State.init),
        Field("sealed", \.sealed),
        Field([Column("name_code", \.codes.name), Column("phone_code", \.codes.phone)]) { row in
            LookupCodes(
                name: try row.next(optional: Int64.self), phone: try row.next(optional: Int64.self))
        },
        Field("merged", list: \.merged), Field("assertions", list: \.assertions),
        Field("memberships", list: \.memberships), Field("sequence", \.sequence))
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
