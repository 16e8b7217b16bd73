import Foundation
import Messages
import Postgres
import ServiceKit

/// Puts sessions right, open, closed and cancelled ones.
///
/// A session that is open again is not held until it is closed again. So a session counts as held if its row says so, and nothing
/// else has to be remembered. Its persons go on counting, as they do before it is closed.
///
/// Nobody loses a confirmed place by a correction, because it was promised: only a person decides who stays away.
enum SessionCorrections {
    static func register(in router: inout Router) {
        // Alone, because each asks the database for what is recorded of the session.
        router.on(ReopenSession.self, keys: { keys($0.session, $0, &$1) }, alone: true, reopen)
        router.on(
            MoveSession.self, keys: { keys($0.session, $0, &$1) }, alone: true, move)
        router.on(ResizeSession.self, keys: { keys($0.session, $0, &$1) }, alone: true, resize)
        router.on(
            CorrectSession.self,
            keys: {
                keys($0.session, $0, &$1)
                $1.need(Activity.self, $0.activity.uuid)
            }, alone: true, correct)
    }

    private static func keys(
        _ session: SessionID, _ command: some Correcting, _ keys: inout Keys
    ) {
        keys.need(Session.self, session.uuid)
        Corrections.keys(command, &keys)
    }

    // MARK: Reopening

    static func reopen(_ command: ReopenSession, _ unit: UnitOfWork) throws -> [Emission] {
        var session = try Sessions.require(command.session, unit)
        let mark = try Corrections.mark(command, over: [session.territory], unit)
        var registrations: Int?
        switch session.state {
        case .open: throw Refusal(.sessionOpen, at: "/session")
        case .closed: break
        case .cancelled: registrations = try restore(&session, on: mark.correctedOn, unit)
        }
        session.state = .open
        session.endedAt = nil
        try SessionTasks.raise(at: &session, on: mark.correctedOn, unit)
        let fact = SessionReopened(
            session.subject, wasCancelled: registrations != nil, registrations: registrations,
            mark)
        let reopened = try unit.save(&session, fact)
        guard registrations != nil else { return [reopened] }
        // Two of its persons may have turned out to be one, and whoever does not come any more has left a place.
        let ended = try DoubleRegistrations.end(at: &session, on: mark.correctedOn, unit)
        let moved = try Registrations.moveUp(
            &session, without: ended.registrations, on: mark.correctedOn, unit)
        try unit.store(session)
        return [reopened] + ended.emissions + moved
    }

    /// Counts what is recorded of a cancelled session again. Registrations of persons who have died before its day or were erased
    /// stay cancelled.
    /// - Returns: how many registrations hold again.
    private static func restore(
        _ session: inout Session, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Int {
        let restored = try unit.execute(
            """
            UPDATE session_registration AS r
            SET state = before_cancellation, before_cancellation = NULL,
                since = greatest(requested_on, \(day))
            WHERE session = \(session.id) AND before_cancellation IS NOT NULL
              AND NOT EXISTS (
                SELECT 1 FROM person AS named
                JOIN person AS meant ON meant.id = coalesce(named.merged_into, named.id)
                WHERE named.id IN (r.person, r.child)
                  AND (meant.erased_on IS NOT NULL OR meant.died_on < \(session.startsOn)))
            """)
        try withdraw(at: session, unit)
        let totals = try unit.query(
            """
            SELECT a.roster, a.identified, h.headcount, h.beyond, r.registered, r.waiting
            FROM (SELECT coalesce(sum(size), 0)::bigint AS roster,
                         count(*) + count(child) AS identified
                  FROM attendance WHERE session = \(session.id) AND NOT is_void) AS a,
                 (SELECT coalesce(sum(count), 0)::bigint AS headcount,
                         coalesce(sum(count) FILTER (WHERE beyond_capacity), 0)::bigint AS beyond
                  FROM headcount WHERE session = \(session.id)) AS h,
                 (SELECT coalesce(sum(size) FILTER (WHERE state = 'confirmed'), 0)::bigint
                             AS registered,
                         count(*) FILTER (WHERE state = 'waitlisted') AS waiting
                  FROM session_registration WHERE session = \(session.id)) AS r
            """)
        for row in totals {
            var row = row.cursor()
            (session.roster, session.identified) = (try row.next(), try row.next())
            (session.headcount, session.beyond) = (try row.next(), try row.next())
            (session.registered, session.waiting) = (try row.next(), try row.next())
        }
        return restored.affected
    }

    /// Those that stay cancelled have no place any more.
    private static func withdraw(at session: Session, _ unit: UnitOfWork) throws {
        let left = try unit.execute(
            """
            UPDATE session_registration SET before_cancellation = NULL
            WHERE session = \(session.id) AND before_cancellation IS NOT NULL
            RETURNING id
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        for registration in try unit.find(Registration.self, all: left) {
            for place in registration.party.places(at: session.id) {
                try unit.store(
                    RegistrationPlace(
                        key: place, registration: nil, withdrawn: registration.id))
            }
        }
    }

    // MARK: Day, place and activity

    static func move(_ command: MoveSession, _ unit: UnitOfWork) throws -> [Emission] {
        var session = try Sessions.requireHeld(command.session, unit)
        let before = session
        guard command.startsOn != before.startsOn || command.territory != before.territory else {
            throw Refusal(.nothingChanges, at: "/startsOn")
        }
        let activity = try unit.require(
            Activity.self, session.activity.uuid, else: .unknownActivity, at: "/session")
        try unit.requireScope(
            of: activity.territory, serving: command.territory, at: "/territory")
        if case .closed(let day) = session.state, day < command.startsOn {
            throw Refusal(
                .closedBeforeStart, at: "/startsOn",
                expected: "a date up to \(day), when it was closed")
        }
        let mark = try Corrections.mark(
            command, over: [before.territory, command.territory], unit)
        (session.startsOn, session.territory) = (command.startsOn, command.territory)
        try requireReadings(before, fit: session, at: "/territory", unit)
        try SessionTasks.raise(at: &session, on: mark.correctedOn, unit)
        let fact = SessionMoved(
            session.subject, startedOn: before.startsOn, from: before.territory,
            held: session.isClosed, mark)
        return [try unit.save(&session, fact)] + (try restate(session, mark, unit))
    }

    static func correct(_ command: CorrectSession, _ unit: UnitOfWork) throws -> [Emission] {
        var session = try Sessions.requireHeld(command.session, unit)
        let before = session
        guard command.activity != before.activity else {
            throw Refusal(.nothingChanges, at: "/activity")
        }
        let activity = try unit.require(
            Activity.self, command.activity.uuid, else: .unknownActivity, at: "/activity")
        try unit.requireScope(
            of: activity.territory, serving: session.territory, at: "/activity")
        let mark = try Corrections.mark(command, over: [session.territory], unit)
        (session.activity, session.kind) = (activity.id, activity.kind)
        (session.programme, session.audience) = (activity.programme, activity.audience)
        try requireReadings(before, fit: session, at: "/activity", unit)
        let fact = SessionCorrected(
            session.subject, activityBefore: before.activity, held: session.isClosed, mark)
        return [try unit.save(&session, fact)] + (try restate(session, mark, unit))
    }

    /// Refuses a change that the session's readings would contradict.
    private static func requireReadings(
        _ before: Session, fit after: Session, at pointer: String, _ unit: UnitOfWork
    ) throws {
        let fits =
            before.territory == after.territory && before.programme == after.programme
            && before.kind == after.kind
        guard !fits, before.kind.isOnline else { return }
        let readings = try unit.query(
            "SELECT 1 FROM reading WHERE session = \(before.id) AND NOT is_void LIMIT 1")
        guard readings.isEmpty else { throw Refusal(.sessionHasReadings, at: pointer) }
    }

    /// A new version of each attendance and headcount, because their facts say the session's day, place and kind.
    private static func restate(
        _ session: Session, _ mark: CorrectionMark, _ unit: UnitOfWork
    ) throws -> [Emission] {
        let attendances = try unit.query(
            """
            SELECT id FROM attendance WHERE session = \(session.id) AND NOT is_void ORDER BY id
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        let headcounts = try unit.query(
            "SELECT id FROM headcount WHERE session = \(session.id) ORDER BY id"
        ).map { try $0.decode(UUID.self, at: 0) }
        let restated = try unit.find(Attendance.self, all: attendances).map {
            try AttendanceCorrections.save(
                $0, session, on: mark.correctedOn, by: mark.actor, restated: session.isClosed,
                unit)
        }
        return try restated
            + unit.find(Headcount.self, all: headcounts).map {
                try HeadcountCorrections.save(
                    $0, before: $0, session, on: mark.correctedOn, by: mark.actor,
                    restated: session.isClosed, unit)
            }
    }

    // MARK: Places

    static func resize(_ command: ResizeSession, _ unit: UnitOfWork) throws -> [Emission] {
        var session = try Sessions.requireHeld(command.session, unit)
        let before = session.capacity
        guard command.capacity != before else { throw Refusal(.nothingChanges, at: "/capacity") }
        let mark = try Corrections.mark(command, over: [session.territory], unit)
        if let capacity = command.capacity { try require(capacity, of: session, unit) }
        session.capacity = command.capacity
        let fact = SessionResized(
            session.subject, capacity: session.capacity, capacityBefore: before, mark)
        let resized = try unit.save(&session, fact)
        guard case .open = session.state else { return [resized] }
        let moved = try Registrations.moveUp(&session, on: mark.correctedOn, unit)
        try unit.store(session)
        return [resized] + moved
    }

    /// Refuses fewer places than are taken, and fewer than a party needs that waits.
    private static func require(
        _ capacity: Int, of session: Session, _ unit: UnitOfWork
    ) throws {
        let taken = max(session.registered, session.bounded)
        guard capacity >= taken else {
            throw Refusal(
                .placesTaken, at: "/capacity", expected: "at least \(taken), which are taken")
        }
        guard session.waiting > 0 else { return }
        let largest = try unit.query(
            """
            SELECT size FROM session_registration
            WHERE session = \(session.id) AND state = 'waitlisted'
            ORDER BY size DESC LIMIT 1
            """
        ).first?.decode(Int.self, at: 0)
        if let largest, largest > capacity {
            throw Refusal(
                .placesTaken, at: "/capacity",
                expected: "at least \(largest), for which a party waits")
        }
    }
}

extension RefusalCode {
    static let sessionOpen = RefusalCode("session_open", "a session that is closed or cancelled")
    static let sessionHasReadings = RefusalCode(
        "session_has_readings",
        "a session of which no audience was read, or whose readings are void")
    static let placesTaken = RefusalCode("places_taken", "at least as many places as are taken")
}
