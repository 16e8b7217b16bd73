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

    private var enrolledOn: BusinessDate? {
        switch state {
        case .applied: nil
        case .active(let since), .ended(_, _, let since): since
        }
    }

    private var ending: (kind: MemberEnding, date: BusinessDate)? {
        if case .ended(let kind, let date, _) = state { (kind, date) } else { nil }
    }

    private static func state(
        _ enrolledOn: BusinessDate?, _ ending: MemberEnding?, _ leftOn: BusinessDate?
    ) throws -> State {
        switch (enrolledOn, ending, leftOn) {
        case (nil, nil, nil): .applied
        case (let since?, nil, nil): .active(since: since)
        case (let since?, let ending?, let date?): .ended(ending, on: date, since: since)
        default: throw StoredValueError(type: "state of a membership")
        }
    }

    static let table = Table<Membership>(
        "membership", key: "id",
        columns: [
            Column("id", { $0.id }), Column("person", { $0.person }),
            Column("role", { $0.role.rawValue }), Column("territory", { $0.territory }),
            Column("level", optional: { $0.level?.rawValue }),
            Column("applied_on", optional: { $0.appliedOn }),
            Column("enrolled_on", optional: { $0.enrolledOn }),
            Column("ending", optional: { $0.ending?.kind.rawValue }),
            Column("left_on", optional: { $0.ending?.date }), Column("sequence", { $0.sequence }),
        ]
    ) { row in
        Membership(
            id: try row.next(MemberID.self), person: try row.next(PersonID.self),
            role: try row.next(enum: MemberRole.self), territory: try row.next(TerritoryCode.self),
            level: try row.next(optional: String.self).flatMap(AuthorityLevel.init(rawValue:)),
            appliedOn: try row.next(optional: BusinessDate.self),
            state: try state(
                row.next(optional: BusinessDate.self),
                row.next(optional: String.self).flatMap(MemberEnding.init(rawValue:)),
                row.next(optional: BusinessDate.self)),
            sequence: try row.next(Int64.self))
    }
}
