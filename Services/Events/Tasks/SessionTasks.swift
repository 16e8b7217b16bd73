import Foundation
import Messages
import Postgres
import ServiceKit

/// Settles and raises the tasks about people of a session when the session ends, is opened again or is moved.
enum SessionTasks {
    /// Settles the tasks about registrations for a session that is over, and all if it was cancelled.
    static func settle(
        at session: Session, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        guard session.hasTasks else { return }
        let tasks = try unit.query(
            """
            SELECT t.kind, t.subject FROM task AS t
            LEFT JOIN session_registration AS r ON r.id = t.subject
            LEFT JOIN attendance AS a ON a.id = t.subject
            WHERE t.settled_on IS NULL AND t.territory = \(session.territory)
              AND coalesce(r.session, a.session) = \(session.id)
            ORDER BY t.id
            """)
        for row in tasks {
            let kind = TaskKind(try row.decode(String.self, at: 0))
            // Attendances of a session that is over still count.
            guard kind != .reviewAttendance || !session.isClosed else { continue }
            try unit.settle(kind, try row.decode(UUID.self, at: 1), on: day)
        }
    }

    /// Raises and settles the tasks at a session that is open again, or is on another day or elsewhere. Only for handlers
    /// registered `alone`.
    /// - Parameter day: the business date of that step.
    static func raise(
        at session: inout Session, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        let cancelled = try unit.query(
            """
            SELECT id FROM session_registration
            WHERE session = \(session.id) AND state = 'cancelled' ORDER BY id
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        let registrations = try unit.find(Registration.self, all: cancelled)
        _ = try unit.find(
            RegistrationPlace.self, all: registrations.flatMap { $0.party.places(at: $0.session) })
        for registration in registrations {
            try RegistrationTasks.restoring(registration, at: &session, on: day, unit)
        }
        let doubtful = try unit.query(
            """
            WITH named AS (
                SELECT a.id, coalesce(p.merged_into, p.id) AS person
                FROM attendance AS a JOIN person AS p ON p.id IN (a.person, a.child)
                WHERE a.session = \(session.id) AND NOT a.is_void)
            SELECT n.id FROM named AS n
            JOIN person AS meant ON meant.id = n.person AND meant.died_on IS NOT NULL
            UNION
            SELECT id FROM named
            WHERE person IN (SELECT person FROM named GROUP BY person HAVING count(*) > 1)
            ORDER BY 1
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        for attendance in try unit.find(Attendance.self, all: doubtful) {
            try AttendanceTasks.check(attendance, at: &session, unit)
        }
    }
}
