import Foundation
import Messages
import People
import Postgres
import ServiceKit

// Somebody must look at a record that contradicts what registry says now. It counts until
// somebody corrects it: whether the record or the day of death is wrong, nobody can tell but those who know.

/// Attendances of people who were dead or are recorded twice, and of pairs who are one.
enum AttendanceTasks {
    static func follow(
        _ ids: [UUID], after death: BusinessDate, _ unit: UnitOfWork
    ) throws {
        try check(
            unit.query(
                """
                SELECT a.id FROM attendance AS a
                JOIN session AS s ON s.id = a.session AND s.starts_on > \(death)
                WHERE (a.person = ANY(\(ids)) OR a.child = ANY(\(ids))) AND NOT a.is_void
                ORDER BY a.id
                """), unit)
    }

    /// After a merge or an undone one: of pairs, and of sessions at which several of these ids were recorded.
    static func followMerge(_ ids: [UUID], _ unit: UnitOfWork) throws {
        try check(
            unit.query(
                """
                SELECT a.id FROM attendance AS a
                WHERE (a.person = ANY(\(ids)) OR a.child = ANY(\(ids))) AND NOT a.is_void
                  AND (a.child IS NOT NULL OR EXISTS (
                    SELECT FROM attendance AS o
                    WHERE o.session = a.session AND o.id <> a.id AND NOT o.is_void
                      AND (o.person = ANY(\(ids)) OR o.child = ANY(\(ids)))))
                ORDER BY a.id
                """), unit)
    }

    /// The tasks of an attendance that was corrected, and of those that shared a person with it.
    static func recheck(
        _ attendance: Attendance, insteadOf held: Attendance, at session: inout Session,
        _ unit: UnitOfWork
    ) throws {
        try check(attendance, at: &session, unit)
        guard var before = try unit.find(Session.self, held.session.uuid), before.hasTasks else {
            return
        }
        for other in try others(held, unit) where other.id != attendance.id {
            try check(other, at: &before, unit)
        }
    }

    private static func check(_ rows: Rows, _ unit: UnitOfWork) throws {
        let ids = try rows.map { try $0.decode(UUID.self, at: 0) }
        for attendance in try unit.find(Attendance.self, all: ids) {
            if var session = try unit.find(Session.self, named: attendance.session.uuid) {
                try check(attendance, at: &session, unit)
            }
        }
    }

    /// Raises or settles the task of an attendance.
    static func check(
        _ attendance: Attendance, at session: inout Session, _ unit: UnitOfWork
    ) throws {
        if case .cancelled = session.state { return }
        guard !attendance.isVoid, let doubt = try doubt(attendance, at: session, unit) else {
            guard session.hasTasks else { return }
            try unit.settle(.reviewAttendance, attendance.key, on: unit.days.today)
            return
        }
        if !session.hasTasks {
            session.hasTasks = true
            try unit.store(session)
        }
        let isNew = try unit.demand(
            .reviewAttendance, attendance.key, in: session.territory, since: doubt.since,
            settledOn: unit.days.today)
        if isNew, let code = doubt.code {
            try unit.notify(
                Attendance.self, [attendance.key], "under_review", because: code)
        }
    }

    /// - Returns: since when it is in doubt, and why; without a code if an `AttendanceReview` has told it.
    private static func doubt(
        _ attendance: Attendance, at session: Session, _ unit: UnitOfWork
    ) throws -> (code: RefusalCode?, since: BusinessDate)? {
        let persons = try [attendance.party.person, attendance.party.child].compactMap { id in
            try id.flatMap { try Persons.find($0, unit) }
        }
        if let died = persons.compactMap(\.diedOn).filter({ $0 < session.startsOn }).min() {
            return (.personDied, died)
        }
        if persons.count == 2, persons[0].id == persons[1].id {
            return (.samePerson, try mergedOn(attendance, unit))
        }
        return try others(attendance, unit).isEmpty ? nil : (nil, mergedOn(attendance, unit))
    }

    /// The day of the last merge of its persons.
    private static func mergedOn(
        _ attendance: Attendance, _ unit: UnitOfWork
    ) throws -> BusinessDate {
        let ids = try attendance.party.people.flatMap { try Persons.ids(of: $0, unit) }
        let days = try unit.find(Person.self, all: ids.map(\.uuid)).compactMap(\.mergedOn)
        return days.max() ?? unit.days.today
    }

    /// The other live attendances that have a place of one of its persons, under any id.
    private static func others(
        _ attendance: Attendance, _ unit: UnitOfWork
    ) throws -> [Attendance] {
        let places = try attendance.party.allPlaces(at: attendance.session, unit)
        let holders = try unit.find(RosterPlace.self, all: places).compactMap(\.attendance)
        return try unit.find(
            Attendance.self, all: Set(holders).subtracting([attendance.id]).map(\.uuid))
    }
}

/// Shifts that a death has cancelled, and those that were served after it.
enum ShiftTasks {
    /// - Parameter day: the business date of the news.
    static func followRestored(
        _ ids: [UUID], on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        try check(
            unit.query(
                """
                SELECT id FROM shift WHERE person = ANY(\(ids)) AND is_withdrawn ORDER BY id
                """), on: day, unit)
    }

    static func follow(
        _ ids: [UUID], after death: BusinessDate, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        try check(
            unit.query(
                """
                SELECT id FROM shift
                WHERE person = ANY(\(ids)) AND state IN ('checked_in', 'completed')
                  AND duty_on > \(death)
                ORDER BY id
                """), on: day, unit)
    }

    private static func check(
        _ rows: Rows, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        let ids = try rows.map { try $0.decode(UUID.self, at: 0) }
        for shift in try unit.find(Shift.self, all: ids) { try check(shift, on: day, unit) }
    }

    /// Raises or settles the tasks of a shift. One that is over has no day until which it is to be restored.
    /// - Parameter day: the business date of what has happened.
    static func check(_ shift: Shift, on day: BusinessDate, _ unit: UnitOfWork) throws {
        let person = try Persons.find(shift.person, unit)
        let isServed = shift.state == .checkedIn || shift.state == .completed
        let died = person?.diedOn.flatMap { isServed && $0 < shift.dutyOn ? $0 : nil }
        try unit.demand(
            .reviewShift, shift.key, in: shift.territory, since: died,
            settledOn: unit.days.today)
        if shift.isWithdrawn, let person, !person.isErased, person.lives(on: shift.dutyOn) {
            try unit.raise(
                .restoreShift, shift.key, in: shift.territory, on: day,
                due: shift.dutyOn < day ? nil : shift.dutyOn)
        } else {
            try unit.settle(.restoreShift, shift.key, on: unit.days.today)
        }
    }
}

/// Individual services for people who were dead.
enum CaseworkTasks {
    static func follow(
        _ ids: [UUID], after death: BusinessDate, _ unit: UnitOfWork
    ) throws {
        let found = try unit.query(
            """
            SELECT id FROM casework
            WHERE person = ANY(\(ids)) AND NOT is_void AND served_on > \(death)
            ORDER BY id
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        for record in try unit.find(CaseworkRecord.self, all: found) { try check(record, unit) }
    }

    /// Raises or settles the task of an individual service.
    static func check(_ record: CaseworkRecord, _ unit: UnitOfWork) throws {
        let died = try record.person.flatMap { try Persons.find($0, unit)?.diedOn }
        try unit.demand(
            .reviewCasework, record.key, in: record.territory,
            since: died.flatMap { !record.isVoid && $0 < record.servedOn ? $0 : nil },
            settledOn: unit.days.today)
    }
}
