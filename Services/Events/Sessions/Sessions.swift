import Foundation
import Messages
import Postgres
import ServiceKit

/// One time that an activity takes place, with its totals. Kind and programme are the activity's, kept
/// here because every fact of a session carries them; so is the audience, for those who register.
///
/// Whoever registers or records attendance holds this row: that is what keeps capacity and totals exact.
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
    /// Persons recorded by attendances; 0 once the session is cancelled, as in all that follow.
    var roster = 0
    /// Those of the roster whose ids are known.
    var identified = 0
    /// Persons counted or estimated, with no names.
    var headcount = 0
    /// Persons of confirmed registrations.
    var registered = 0
    /// Registrations that wait in line.
    var waiting = 0
    /// The last number given out in the line.
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

/// Opens, cancels and closes sessions. A cancelled session counts nothing, whoever was recorded before:
/// its totals become zero, its registrations are cancelled, and nobody can be recorded any more.
enum Sessions {
    static func register(in router: inout Router) {
        router.on(OpenSession.self, keys: keys, open)
        // Alone, because it changes all registrations of the session at once.
        router.on(
            CancelSession.self, keys: { $1.need(Session.self, $0.session.uuid) }, alone: true,
            cancel)
        router.on(CloseSession.self, keys: { $1.need(Session.self, $0.session.uuid) }, close)
    }

    static func keys(_ command: OpenSession, _ keys: inout Keys) {
        keys.need(Activity.self, command.activity.uuid)
        keys.need(Session.self, command.session.uuid)
    }

    static func open(_ command: OpenSession, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Session.self, command.session.uuid, else: .sessionExists, at: "/session")
        let activity = try unit.require(
            Activity.self, command.activity.uuid, else: .unknownActivity, at: "/activity")
        var session = Session(
            id: command.session, activity: activity.id, kind: activity.kind,
            programme: activity.programme, audience: activity.audience,
            territory: command.territory, startsOn: command.startsOn, capacity: command.capacity)
        let fact = SessionOpened(
            session: session.id, activity: session.activity, kind: session.kind,
            programme: session.programme, territory: session.territory,
            startsOn: session.startsOn, capacity: session.capacity)
        return try unit.save(&session, fact)
    }

    static func cancel(_ command: CancelSession, _ unit: UnitOfWork) throws -> Emission {
        var session = try requireOpen(command.session, unit)
        let registrations = try cancelRegistrations(of: session, command, unit)
        session.state = .cancelled(on: command.cancelledOn)
        (session.roster, session.identified, session.headcount) = (0, 0, 0)
        (session.registered, session.waiting) = (0, 0)
        session.cancelReason = command.reason
        let fact = SessionCancelled(
            session: session.id, activity: session.activity, kind: session.kind,
            programme: session.programme, territory: session.territory,
            startsOn: session.startsOn, cancelledOn: command.cancelledOn,
            registrations: registrations)
        return try unit.save(&session, fact)
    }

    /// - Returns: how many there were, confirmed or in line.
    private static func cancelRegistrations(
        of session: Session, _ command: CancelSession, _ unit: UnitOfWork
    ) throws -> Int {
        guard session.registered + session.waiting > 0 else { return 0 }
        return try unit.execute(
            """
            UPDATE session_registration
            SET state = 'cancelled', since = greatest(since, \(command.cancelledOn)),
                cancel_reason = \(command.reason)
            WHERE session = \(session.id) AND state <> 'cancelled'
            """
        ).affected
    }

    static func close(_ command: CloseSession, _ unit: UnitOfWork) throws -> Emission {
        var session = try requireOpen(command.session, unit)
        try command.closedOn.require(
            from: session.startsOn, else: .closedBeforeStart, at: "/closedOn")
        session.state = .closed(on: command.closedOn)
        let fact = SessionClosed(
            session: session.id, activity: session.activity, kind: session.kind,
            programme: session.programme, territory: session.territory,
            startsOn: session.startsOn, closedOn: command.closedOn, roster: session.roster,
            headcount: session.headcount, identified: session.identified)
        return try unit.save(&session, fact)
    }

    /// The session that a command is about, if it is in the publisher's scope and open.
    static func requireOpen(
        _ id: SessionID, at pointer: String = "/session", _ unit: UnitOfWork
    ) throws -> Session {
        let session = try requireHeld(id, at: pointer, unit)
        guard !session.isClosed else { throw Refusal(.sessionClosed, at: pointer) }
        return session
    }

    /// The same of one that takes place, open or closed.
    @discardableResult
    static func requireHeld(
        _ id: SessionID, at pointer: String = "/session", _ unit: UnitOfWork
    ) throws -> Session {
        let session = try unit.require(
            Session.self, id.uuid, else: .unknownSession, at: pointer)
        try unit.requireScope(session.territory, at: pointer)
        if case .cancelled = session.state { throw Refusal(.sessionCancelled, at: pointer) }
        return session
    }

    static let migration = Migration(
        "0002_sessions",
        """
        CREATE TABLE session (
            id            uuid   PRIMARY KEY,
            activity      uuid   NOT NULL REFERENCES activity DEFERRABLE INITIALLY DEFERRED,
            kind          text   NOT NULL,
            programme     text   NOT NULL,
            territory     text   NOT NULL,
            starts_on     date   NOT NULL,
            capacity      bigint CHECK (capacity > 0),
            state         text   NOT NULL CHECK (state IN ('open', 'closed', 'cancelled')),
            ended_on      date   CHECK ((ended_on IS NULL) = (state = 'open')),
            roster        bigint NOT NULL CHECK (roster >= 0),
            headcount     bigint NOT NULL CHECK (headcount >= 0),
            cancel_reason text   CHECK ((cancel_reason IS NULL) = (state <> 'cancelled')),
            sequence      bigint NOT NULL CHECK (sequence > 0),
            CONSTRAINT session_capacity CHECK (capacity IS NULL OR roster <= capacity),
            CONSTRAINT session_cancelled_counts_nothing
                CHECK (state <> 'cancelled' OR roster + headcount = 0),
            CONSTRAINT session_closed_after_start
                CHECK (state <> 'closed' OR ended_on >= starts_on)
        );
        """)
}

extension RefusalCode {
    static let sessionExists = RefusalCode(
        "session_exists", "the id of a session that was not opened yet")
    static let unknownSession = RefusalCode("unknown_session", "the id of a session")
    static let sessionClosed = RefusalCode("session_closed", "a session that is not closed")
    static let sessionCancelled = RefusalCode(
        "session_cancelled", "a session that is not cancelled")
    static let sessionFull = RefusalCode("session_full", "a session with a free place")
    static let closedBeforeStart = RefusalCode(
        "closed_before_start", "a date that is not before the session's")
}
