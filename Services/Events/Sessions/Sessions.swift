import Messages
import Postgres
import ServiceKit

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
