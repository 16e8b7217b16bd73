import Foundation
import Messages
import Postgres
import ServiceKit

/// The role of a person in a branch: member, group leader, volunteer, staff member or officer.
struct Membership: Aggregate {
    enum State: Hashable, Sendable {
        /// The person asks to be enrolled.
        case applied
        case active(since: BusinessDate)
        case ended(MemberEnding, on: BusinessDate, since: BusinessDate)
        /// It never was.
        case void
    }

    let id: MemberID
    var person: PersonID
    let role: MemberRole
    let territory: TerritoryCode
    let level: AuthorityLevel?
    /// Nil if the person was enrolled without an application.
    var appliedOn: BusinessDate?
    var state: State
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    var enrolledOn: BusinessDate? {
        switch state {
        case .applied, .void: nil
        case .active(let since), .ended(_, _, let since): since
        }
    }

    var ending: (kind: MemberEnding, date: BusinessDate)? {
        if case .ended(let kind, let date, _) = state { (kind, date) } else { nil }
    }

    /// Whether it is an office that is held on that day.
    func isHeld(on day: BusinessDate) -> Bool {
        guard let enrolledOn else { return false }
        return enrolledOn <= day && ending.map { day < $0.date } ?? true
    }

    /// What other services will hold of it after its next fact.
    var nextRecords: PeopleRecords {
        PeopleRecords(memberships: [
            MembershipRecord(
                member: id, version: sequence + 1, person: person, role: role,
                territory: territory, level: level, enrolledOn: enrolledOn,
                leftOn: ending?.date, isVoid: state == .void ? true : nil)
        ])
    }

    private static func state(
        _ enrolledOn: BusinessDate?, _ ending: MemberEnding?, _ leftOn: BusinessDate?,
        isVoid: Bool
    ) throws -> State {
        if isVoid { return .void }
        return switch (enrolledOn, ending, leftOn) {
        case (nil, nil, nil): .applied
        case (let since?, nil, nil): .active(since: since)
        case (let since?, let ending?, let date?): .ended(ending, on: date, since: since)
        default: throw StoredValueError(type: "state of a membership")
        }
    }

    static let table = Table(
        "membership", key: "id", Membership.init,
        Field("id", \.id), Field("person", \.person), Field("role", \.role),
        Field("territory", \.territory), Field("level", \.level), Field("applied_on", \.appliedOn),
        Field([
            Column("enrolled_on", \.enrolledOn), Column("ending", \.ending?.kind),
            Column("left_on", \.ending?.date), Column("is_void", { $0.state == .void }),
        ]) { row in
            try state(
                row.next(optional: BusinessDate.self), row.next(optional: MemberEnding.self),
                row.next(optional: BusinessDate.self), isVoid: row.next())
        },
        Field("sequence", \.sequence))
}
