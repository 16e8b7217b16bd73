import Foundation
import Messages
import Postgres
import ServiceKit

/// One time that an activity takes place, with its totals. Kind, programme and audience are copies
/// of the activity's: every fact of a session has the first two, and registrations depend on the
/// audience.
///
/// Whoever registers or records attendance holds this row, which keeps capacity and totals exact.
struct Session: Aggregate {
    enum State: Hashable, Sendable {
        case open
        case closed(on: BusinessDate)
        case cancelled(on: BusinessDate)
    }

    let id: SessionID
    let activity: ActivityID
    let kind: ActivityKind
    let programme: Programme
    let audience: Audience
    let territory: TerritoryCode
    let startsOn: BusinessDate
    let capacity: Int?
    var state: State = .open
    /// Persons recorded by attendances. This and the other counts are 0 once the session is
    /// cancelled.
    var roster = 0
    /// Persons on the roster whose ids are known.
    var identified = 0
    /// Unnamed persons, counted or estimated.
    var headcount = 0
    /// Persons of confirmed registrations.
    var registered = 0
    /// Registrations in the waiting line.
    var waiting = 0
    /// The last number given out in the waiting line.
    var lastNumber = 0
    var cancelReason: String?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    var isClosed: Bool { if case .closed = state { true } else { false } }

    func hasPlaces(for persons: Int) -> Bool {
        capacity.map { registered + persons <= $0 } ?? true
    }

    /// Refuses to record more persons than the session has places.
    func requireRoom(for persons: Int, at pointer: String) throws(Refusal) {
        if let capacity, roster + persons > capacity { throw Refusal(.sessionFull, at: pointer) }
    }

    private var stateName: String {
        switch state {
        case .open: "open"
        case .closed: "closed"
        case .cancelled: "cancelled"
        }
    }

    private var endedOn: BusinessDate? {
        switch state {
        case .open: nil
        case .closed(let date), .cancelled(let date): date
        }
    }

    private static func state(_ name: String, _ endedOn: BusinessDate?) throws -> State {
        switch (name, endedOn) {
        case ("open", nil): .open
        case ("closed", let date?): .closed(on: date)
        case ("cancelled", let date?): .cancelled(on: date)
        default: throw StoredValueError(type: "state of a session")
        }
    }

    static let table = Table<Session>(
        "session", key: "id",
        columns: [
            Column("id", { $0.id }), Column("activity", { $0.activity }),
            Column("kind", { $0.kind.rawValue }), Column("programme", { $0.programme }),
            Column("audience", { $0.audience.rawValue }), Column("territory", { $0.territory }),
            Column("starts_on", { $0.startsOn }), Column("capacity", optional: { $0.capacity }),
            Column("state", { $0.stateName }), Column("ended_on", optional: { $0.endedOn }),
            Column("roster", { $0.roster }), Column("identified", { $0.identified }),
            Column("headcount", { $0.headcount }), Column("registered", { $0.registered }),
            Column("waiting", { $0.waiting }), Column("last_number", { $0.lastNumber }),
            Column("cancel_reason", optional: { $0.cancelReason }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        Session(
            id: try row.next(SessionID.self), activity: try row.next(ActivityID.self),
            kind: try row.next(enum: ActivityKind.self), programme: try row.next(Programme.self),
            audience: try row.next(enum: Audience.self),
            territory: try row.next(TerritoryCode.self),
            startsOn: try row.next(BusinessDate.self), capacity: try row.next(optional: Int.self),
            state: try state(row.next(String.self), row.next(optional: BusinessDate.self)),
            roster: try row.next(Int.self), identified: try row.next(Int.self),
            headcount: try row.next(Int.self), registered: try row.next(Int.self),
            waiting: try row.next(Int.self), lastNumber: try row.next(Int.self),
            cancelReason: try row.next(optional: String.self), sequence: try row.next(Int64.self))
    }
}
