import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Draws the consequences in events when registry says that somebody has died, was erased, or is the same person as another.
///
/// Registrations, attendances and shifts keep the id under which they were recorded. So a merge rewrites no row: whoever asks
/// for a place asks for it under all ids. When the merge is undone, each id has what is its own. Of two registrations for one
/// session to come one is cancelled (`DoubleRegistrations`). A matter that no rule can decide becomes a task (`LifeTasks`).
enum LifeConsequences {
    static func follow(_ changes: [LifeChange], _ unit: UnitOfWork) throws -> [Emission] {
        let closed = try changes.filter(\.isMerge).flatMap { try closeReviews(of: $0, unit) }
        let merged = changes.filter { $0.isMerge && $0.after.mergedInto != nil }.map(\.after)
        let reviews = try merged.flatMap { try review($0.id, unit) }
        var gone: [PersonID: BusinessDate] = [:]
        for change in changes {
            guard let person = try Persons.find(change.after.id, unit),
                let day = [person.diedOn, person.erasedOn].compactMap({ $0 }).min()
            else { continue }
            gone[person.id] = day
        }
        let ends = try gone.sorted { $0.key.description < $1.key.description }.flatMap {
            let ids = try Persons.ids(of: $0.key, unit).map(\.uuid)
            return try Registrations.withdraw(of: ids, after: $0.value, unit)
                + Shifts.end(of: ids, after: $0.value, unit)
        }
        let doubles = try merged.flatMap { try DoubleRegistrations.end(of: $0.id, unit) }
        try LifeTasks.follow(changes, unit)
        return closed + reviews + ends + doubles
    }

    // MARK: Merges

    /// Opens a review for each session at which the merged id and another id of the person were recorded.
    private static func review(_ merged: PersonID, _ unit: UnitOfWork) throws -> [Emission] {
        let ids = try Persons.ids(of: merged, unit)
        guard let survivor = ids.first else { return [] }
        let others = ids.filter { $0 != merged }.map(\.uuid)
        let both = try unit.query(
            """
            SELECT DISTINCT ON (m.id) m.id, s.id, m.session
            FROM attendance AS m
            JOIN attendance AS s ON s.session = m.session AND s.id <> m.id AND NOT s.is_void
                AND (s.person = ANY(\(others)) OR s.child = ANY(\(others)))
            JOIN session ON session.id = m.session AND session.state <> 'cancelled'
            WHERE (m.person = \(merged) OR m.child = \(merged)) AND NOT m.is_void
            ORDER BY m.id, \(survivor) IN (s.person, s.child) DESC, s.id
            """)
        return try both.compactMap { row in
            let attendance = AttendanceID(try row.decode(UUID.self, at: 0))
            let other = AttendanceID(try row.decode(UUID.self, at: 1))
            guard var review = try AttendanceReviews.open(attendance, other, unit) else {
                return nil
            }
            let session = try unit.require(
                Session.self, row.decode(UUID.self, at: 2), else: .unknownSession, at: "/merged")
            let fact = AttendanceReviewOpened(
                session.subject, attendance: attendance, other: other, merged: merged,
                survivor: survivor)
            let opened = try unit.save(&review, fact)
            try unit.notify(
                Attendance.self, [attendance.uuid, other.uuid], "under_review", because: .samePerson
            )
            if let back = try AttendanceReviews.open(other, attendance, unit) {
                try unit.store(back)
            }
            return opened
        }
    }

    /// Closes the reviews that a merge has opened which is undone: the two are two.
    private static func closeReviews(
        of change: LifeChange, _ unit: UnitOfWork
    ) throws -> [Emission] {
        guard let former = change.before?.mergedInto else { return [] }
        let ids = try Persons.ids(of: change.after.id, unit).map(\.uuid)
        guard !ids.contains(former.uuid) else { return [] }
        let id = change.after.id
        let open = try unit.query(
            """
            SELECT r.attendance
            FROM attendance_review AS r
            JOIN attendance AS a ON a.id = r.attendance
            JOIN attendance AS o ON o.id = r.other
            WHERE r.is_open
              AND ((\(id) IN (a.person, a.child)
                      AND NOT (o.person = ANY(\(ids)) OR coalesce(o.child = ANY(\(ids)), false)))
                OR (\(id) IN (o.person, o.child)
                      AND NOT (a.person = ANY(\(ids)) OR coalesce(a.child = ANY(\(ids)), false))))
            ORDER BY r.attendance
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        return try AttendanceReviews.close(
            unit.find(AttendanceReview.self, all: open), on: unit.days.today, unit)
    }
}

extension RefusalCode {
    static let samePerson = RefusalCode(
        "same_person", "one attendance of one person: correct or void one of the two")
}
