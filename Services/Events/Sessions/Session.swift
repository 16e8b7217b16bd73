import Foundation
import Messages
import Postgres
import ServiceKit

/// One time that an activity takes place, with its totals. Kind, programme and audience are copies
/// of the activity's: every fact of a session has the first two, and registrations depend on the
/// audience.
///
/// A message that registers or records attendance holds this row, which keeps capacity and totals exact.
struct Session: Aggregate {
    enum State: Hashable, Sendable {
        case open
        case closed(on: BusinessDate)
        case cancelled(on: BusinessDate)
    }

    let id: SessionID
    var activity: ActivityID
    var kind: ActivityKind
    var programme: Programme
    var audience: Audience
    var territory: TerritoryCode
    var startsOn: BusinessDate
    /// How many persons there are places for: those of confirmed registrations, and those who are recorded as present, by name or
    /// by a headcount. Nil for no limit.
    var capacity: Int?
    var state: State = .open
    /// When the message that closed or cancelled it was written.
    var endedAt: Timestamp?
    /// Persons recorded by attendances. This and the other counts are 0 once the session is
    /// cancelled.
    var roster = 0
    /// Persons on the roster whose ids are known.
    var identified = 0
    /// Unnamed persons, counted or estimated.
    var headcount = 0
    /// Those of them who were there beyond the places.
    var beyond = 0
    /// Persons of confirmed registrations.
    var registered = 0
    /// Registrations in the waiting line.
    var waiting = 0
    /// The last number given out in the waiting line.
    var lastNumber = 0
    /// Whether a task was ever raised about somebody who is registered or recorded.
    var hasTasks = false
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    var isClosed: Bool { if case .closed = state { true } else { false } }

    /// Whether a message was written before the one that closed the session. One that was sent in time is taken
    /// in, whenever it arrives.
    func wasOpen(at time: Timestamp) -> Bool { endedAt.map { time < $0 } ?? false }

    func hasPlaces(for persons: Int) -> Bool {
        capacity.map { registered + persons <= $0 } ?? true
    }

    /// Persons recorded as present whom the capacity bounds.
    var bounded: Int { roster + headcount - beyond }

    /// Refuses to record more persons than the session has places.
    func requireRoom(
        for persons: Int, else code: RefusalCode = .sessionFull, at pointer: String
    ) throws(Refusal) {
        if let capacity, bounded + persons > capacity { throw Refusal(code, at: pointer) }
    }

    var stateName: String {
        switch state {
        case .open: "open"
        case .closed: "closed"
        case .cancelled: "cancelled"
        }
    }

    var endedOn: BusinessDate? {
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

    static let table = Table(
        "session", key: "id", Session.init,
        Field("id", \.id), Field("activity", \.activity), Field("kind", \.kind),
        Field("programme", \.programme), Field("audience", \.audience),
        Field("territory", \.territory), Field("starts_on", \.startsOn),
        Field("capacity", \.capacity),
        Field([Column("state", \.stateName), Column("ended_on", \.endedOn)]) { row in
            try state(row.next(), row.next(optional: BusinessDate.self))
        },
        Field("ended_at", \.endedAt),
        Field("roster", \.roster), Field("identified", \.identified),
        Field("headcount", \.headcount), Field("beyond", \.beyond),
        Field("registered", \.registered),
        Field("waiting", \.waiting), Field("last_number", \.lastNumber),
        Field("has_tasks", \.hasTasks),
        Field("sequence", \.sequence))
}
