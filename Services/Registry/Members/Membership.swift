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

    /// Why it ended, if nobody said that the member leaves. It is active again when that turns out to be wrong.
    enum Cause: Hashable, Sendable {
        case death, erasure
        /// A registration with the same role in the same branch was merged into another one, or is the survivor.
        case merge(PersonID)
    }

    let id: MemberID
    var person: PersonID
    let role: MemberRole
    let territory: TerritoryCode
    let level: AuthorityLevel?
    /// Nil if the person was enrolled without an application.
    var appliedOn: BusinessDate?
    var state: State
    var cause: Cause?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    var isActive: Bool {
        if case .active = state { true } else { false }
    }

    func isActive(on day: BusinessDate) -> Bool {
        guard let enrolledOn, enrolledOn <= day else { return false }
        return ending.map { day < $0.date } ?? true
    }

    /// What the next fact tells: its version is the number of that fact.
    var nextRecord: MembershipRecord {
        MembershipRecord(
            member: id, version: sequence + 1, person: person, role: role, territory: territory,
            level: level, enrolledOn: enrolledOn, leftOn: ending?.date,
            isVoid: state == .void ? true : nil)
    }

    var enrolledOn: BusinessDate? {
        switch state {
        case .applied, .void: nil
        case .active(let since), .ended(_, _, let since): since
        }
    }

    var ending: (kind: MemberEnding, date: BusinessDate)? {
        if case .ended(let kind, let date, _) = state { (kind, date) } else { nil }
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
        Field([Column("ended_by", \.cause?.text)]) { row in
            try row.next(optional: String.self).map(Cause.init)
        },
        Field("sequence", \.sequence))
}

extension Membership.Cause {
    fileprivate var text: String {
        switch self {
        case .death: "death"
        case .erasure: "erasure"
        case .merge(let person): person.description
        }
    }

    fileprivate init(_ text: String) throws {
        switch text {
        case "death": self = .death
        case "erasure": self = .erasure
        default:
            guard let id = UUID(wireText: text) else {
                throw StoredValueError(type: "cause of the end of a membership")
            }
            self = .merge(PersonID(id))
        }
    }
}
