import Foundation
import Messages
import Postgres
import ServiceKit

/// Merges two persons as registry has. Records under the merged id become the survivor's. If both
/// were at one session, both attendances still count, and a review is opened for people to decide.
enum Merges {
    private struct MergedIDs {
        let survivor: PersonID
        let merged: PersonID
    }

    static func merged(_ fact: PersonsMerged, _ unit: UnitOfWork) throws -> [Emission] {
        // The survivor may have been merged again meanwhile.
        var survivor = try Persons.requireKnown(fact.survivor, at: "/survivor", unit)
        var merged = try unit.require(
            Person.self, fact.merged.uuid, else: .unknownPerson, at: "/merged")
        guard merged.standing == .current, survivor.id != merged.id else { return [] }
        // Waits for workers that are recording something about the two, so that the statements
        // below find it.
        try unit.execute(
            """
            SELECT FROM person WHERE id IN (\(survivor.id), \(merged.id)) ORDER BY id FOR UPDATE
            """)
        merged.standing = .merged(into: survivor.id)
        for membership in merged.memberships.ids { survivor.memberships.insert(membership) }
        let sequence = unit.message.sequence ?? 0
        let isNewer =
            unit.message.subject == survivor.id.description && sequence > survivor.sequence
        // A move of the survivor that has arrived already may be newer.
        if isNewer {
            survivor.sequence = sequence
            (survivor.household, survivor.role) = (fact.household, fact.role)
            try RegistryProjection.settle(
                &survivor, at: fact.territory, on: fact.mergedOn, unit)
            survivor.movedOn = fact.mergedOn
        }
        try unit.store(merged)
        try unit.store(survivor)
        if let id = survivor.household, var household = try unit.find(Household.self, id.uuid) {
            household.members.insert(survivor.id)
            try unit.store(household)
        }
        let ids = MergedIDs(survivor: survivor.id, merged: merged.id)
        let reviews = try review(ids, unit)
        try moveAttendances(ids, unit)
        try moveRegistrations(ids, unit)
        try moveShifts(ids, unit)
        return reviews
    }

    /// Opens a review for each session at which both were recorded.
    private static func review(_ ids: MergedIDs, _ unit: UnitOfWork) throws -> [Emission] {
        let both = try unit.query(
            """
            SELECT m.id, s.id, m.session
            FROM attendance AS m
            JOIN attendance AS s ON s.session = m.session AND s.id <> m.id AND NOT s.is_void
                AND \(ids.survivor) IN (s.person, s.child)
            JOIN session ON session.id = m.session AND session.state <> 'cancelled'
            WHERE \(ids.merged) IN (m.person, m.child) AND NOT m.is_void
            ORDER BY m.id
            """)
        var reviews: [Emission] = []
        for row in both {
            let attendance = AttendanceID(try row.decode(UUID.self, at: 0))
            let other = AttendanceID(try row.decode(UUID.self, at: 1))
            let session = try unit.require(
                Session.self, row.decode(UUID.self, at: 2), else: .unknownSession, at: "/merged")
            let fact = AttendanceReviewOpened(
                session.subject, attendance: attendance, other: other, merged: ids.merged,
                survivor: ids.survivor)
            var review = try open(attendance, other, unit)
            reviews.append(try unit.save(&review, fact))
            try unit.store(open(other, attendance, unit))
            try unit.notify([attendance.uuid, other.uuid], "under_review", because: .samePerson)
        }
        return reviews
    }

    private static func open(
        _ attendance: AttendanceID, _ other: AttendanceID, _ unit: UnitOfWork
    ) throws -> AttendanceReview {
        let held = try unit.find(AttendanceReview.self, attendance.uuid)
        return AttendanceReview(
            attendance: attendance, other: other, sequence: held?.sequence ?? 0)
    }

    /// Attendances under review keep the id under which they were recorded, and so do pairs of the two: nobody is one's own child.
    /// Such a pair may have been taken back, and then nobody reviews it.
    private static func moveAttendances(_ ids: MergedIDs, _ unit: UnitOfWork) throws {
        try unit.execute(
            """
            WITH moved AS (
                UPDATE attendance AS m
                SET person = CASE m.person WHEN \(ids.merged) THEN \(ids.survivor) ELSE m.person END,
                    child = CASE m.child WHEN \(ids.merged) THEN \(ids.survivor) ELSE m.child END
                WHERE \(ids.merged) IN (m.person, m.child)
                  AND \(ids.survivor) NOT IN (m.person, coalesce(m.child, m.person))
                  AND NOT EXISTS (
                    SELECT 1 FROM attendance AS s
                    WHERE s.session = m.session AND NOT s.is_void
                      AND \(ids.survivor) IN (s.person, s.child))
                RETURNING m.id, m.session, m.is_void)
            INSERT INTO roster_place (place, attendance)
            SELECT uuid_send(session) || uuid_send(\(ids.survivor)), id
            FROM moved WHERE NOT is_void
            ON CONFLICT (place) DO UPDATE SET attendance = EXCLUDED.attendance
            """)
    }

    /// If both have a live registration for a session, both registrations stay, and each can be
    /// cancelled.
    private static func moveRegistrations(_ ids: MergedIDs, _ unit: UnitOfWork) throws {
        try unit.execute(
            """
            WITH moved AS (
                UPDATE session_registration AS m
                SET person = CASE m.person WHEN \(ids.merged) THEN \(ids.survivor) ELSE m.person END,
                    child = CASE m.child WHEN \(ids.merged) THEN \(ids.survivor) ELSE m.child END
                WHERE \(ids.merged) IN (m.person, m.child) AND m.state <> 'cancelled'
                  AND \(ids.survivor) NOT IN (m.person, coalesce(m.child, m.person))
                  AND NOT EXISTS (
                    SELECT 1 FROM session_registration AS s
                    WHERE s.session = m.session AND s.state <> 'cancelled'
                      AND \(ids.survivor) IN (s.person, s.child))
                RETURNING m.id, m.session)
            INSERT INTO registration_place (place, registration)
            SELECT uuid_send(session) || uuid_send(\(ids.survivor)), id FROM moved
            ON CONFLICT (place) DO UPDATE SET registration = EXCLUDED.registration
            """)
    }

    /// A shift that overlaps one of the survivor's keeps the merged id.
    private static func moveShifts(_ ids: MergedIDs, _ unit: UnitOfWork) throws {
        try unit.execute(
            """
            UPDATE shift AS m SET person = \(ids.survivor)
            WHERE m.person = \(ids.merged) AND NOT EXISTS (
                SELECT 1 FROM shift AS s
                WHERE s.person = \(ids.survivor)
                  AND tstzrange(s.starts_at, s.ends_at) && tstzrange(m.starts_at, m.ends_at))
            """)
    }
}

extension RefusalCode {
    static let samePerson = RefusalCode(
        "same_person", "one attendance of one person: correct or void one of the two")
}
