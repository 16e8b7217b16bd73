import Foundation
import Messages
import Postgres
import ServiceKit

/// Opens, cancels and closes sessions. When a session is cancelled, its totals become zero,
/// whatever was recorded before, its registrations are cancelled, and nobody can be recorded any
/// more, unless it is opened again (`SessionCorrections`).
enum Sessions {
    static func register(in router: inout Router) {
        router.on(
            OpenSession.self,
            keys: {
                $1.need(Activity.self, $0.activity.uuid)
                $1.need(Session.self, $0.session.uuid)
            }, open)
        // Alone, because it changes all registrations of the session at once.
        router.on(
            CancelSession.self, keys: { $1.need(Session.self, $0.session.uuid) }, alone: true,
            cancel)
        router.on(CloseSession.self, keys: { $1.need(Session.self, $0.session.uuid) }, close)
    }

    static func open(_ command: OpenSession, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Session.self, command.session.uuid, else: .sessionExists, at: "/session")
        let activity = try unit.require(
            Activity.self, command.activity.uuid, else: .unknownActivity, at: "/activity")
        try unit.requireScope(
            of: activity.territory, serving: command.territory, at: "/activity")
        var session = Session(
            id: command.session, activity: activity.id, kind: activity.kind,
            programme: activity.programme, audience: activity.audience,
            territory: command.territory, startsOn: command.startsOn, capacity: command.capacity)
        let fact = SessionOpened(session.subject, capacity: session.capacity)
        return try unit.save(&session, fact)
    }

    static func cancel(_ command: CancelSession, _ unit: UnitOfWork) throws -> Emission {
        var session = try requireOpen(command.session, unit)
        let registrations = try cancelRegistrations(of: session, command, unit)
        session.state = .cancelled(on: command.cancelledOn)
        session.endedAt = unit.message.time
        (session.roster, session.identified) = (0, 0)
        (session.headcount, session.beyond) = (0, 0)
        (session.registered, session.waiting) = (0, 0)
        // It may be cancelled again after it was opened again, for another reason.
        unit.keep(command.reason, "reason", of: unit.message.id)
        try SessionTasks.settle(at: session, on: command.cancelledOn, unit)
        let fact = SessionCancelled(
            session.subject, cancelledOn: command.cancelledOn, registrations: registrations)
        return try unit.save(&session, fact)
    }

    /// - Returns: how many registrations were cancelled, confirmed and waiting ones.
    private static func cancelRegistrations(
        of session: Session, _ command: CancelSession, _ unit: UnitOfWork
    ) throws -> Int {
        guard session.registered + session.waiting > 0 else { return 0 }
        let cancelled = try unit.execute(
            """
            UPDATE session_registration
            SET state = 'cancelled', before_cancellation = state,
                since = greatest(since, \(command.cancelledOn))
            WHERE session = \(session.id) AND state <> 'cancelled'
            RETURNING id
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        try unit.notify(
            Registration.self, cancelled, "cancelled", because: .sessionCancelled)
        return cancelled.count
    }

    static func close(_ command: CloseSession, _ unit: UnitOfWork) throws -> Emission {
        var session = try requireOpen(command.session, unit)
        try command.closedOn.require(
            from: session.startsOn, else: .closedBeforeStart, at: "/closedOn")
        session.state = .closed(on: command.closedOn)
        session.endedAt = unit.message.time
        try SessionTasks.settle(at: session, on: command.closedOn, unit)
        let fact = SessionClosed(
            session.subject, closedOn: command.closedOn, roster: session.roster,
            headcount: session.headcount, identified: session.identified)
        return try unit.save(&session, fact)
    }

    /// The session, if it is open and in the publisher's scope. A message waits for a session that
    /// is not known.
    static func requireOpen(
        _ id: SessionID, at pointer: String = "/session", _ unit: UnitOfWork
    ) throws -> Session {
        let session = try requireHeld(id, at: pointer, unit)
        guard !session.isClosed else { throw Refusal(.sessionClosed, at: pointer) }
        return session
    }

    /// The same for what was sent while the session was open: it is taken in, though it arrives after the
    /// session was closed.
    static func requireOpenWhenSent(
        _ id: SessionID, at pointer: String = "/session", _ unit: UnitOfWork
    ) throws -> Session {
        let session = try requireHeld(id, at: pointer, unit)
        guard !session.isClosed || session.wasOpen(at: unit.message.time) else {
            throw Refusal(.sessionClosed, at: pointer)
        }
        return session
    }

    /// The same for those who were there: the session has begun.
    static func requireBegun(_ id: SessionID, _ unit: UnitOfWork) throws -> Session {
        let session = try requireOpenWhenSent(id, unit)
        guard session.startsOn <= unit.days.latest else {
            throw Refusal(
                .sessionToCome, at: "/session",
                expected: "a session that starts on \(unit.days.latest) at the latest")
        }
        return session
    }

    /// The same for a session that is open or closed, but not cancelled.
    @discardableResult
    static func requireHeld(
        _ id: SessionID, at pointer: String = "/session", _ unit: UnitOfWork
    ) throws -> Session {
        let session = try require(id, at: pointer, unit)
        if case .cancelled = session.state { throw Refusal(.sessionCancelled, at: pointer) }
        return session
    }

    /// The same for a session in any state.
    static func require(
        _ id: SessionID, at pointer: String = "/session", _ unit: UnitOfWork
    ) throws -> Session {
        let session = try unit.require(
            Session.self, id.uuid, else: .unknownSession, at: pointer)
        try unit.requireScope(session.territory, at: pointer)
        return session
    }
}

extension Session {
    var subject: SessionSubject {
        SessionSubject(
            session: id, activity: activity, kind: kind, programme: programme,
            territory: territory, startsOn: startsOn)
    }
}

extension RefusalCode {
    static let sessionExists = RefusalCode(
        "session_exists", "the id of a session that was not opened yet")
    static let unknownActivity = RefusalCode(
        "unknown_activity", "the id of a planned activity")
    static let sessionClosed = RefusalCode("session_closed", "a session that is not closed")
    static let sessionCancelled = RefusalCode(
        "session_cancelled", "a session that is not cancelled")
    static let sessionToCome = RefusalCode("session_to_come", "a session whose day has come")
    static let sessionFull = RefusalCode("session_full", "a session with a free place")
    static let closedBeforeStart = RefusalCode(
        "closed_before_start", "a date that is not before the session's")
}
