import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Answers what a person has attended, registered for and served. Records of other territories are left out.
enum PersonQueries {
    static func person(
        _ query: GetEventsPerson, _ unit: UnitOfWork
    ) throws -> EventsPersonAnswer {
        let person = try EventsQueries.person(query.person, at: "/person", unit)
        let persons = try Persons.ids(of: person.id, unit).map(\.uuid)
        let limit = query.limit ?? EventsPage.usual
        var answer = EventsPersonAnswer(person: person.id)
        func isAsked(_ part: PersonPart) -> Bool { query.part == nil || query.part == part }
        if isAsked(.attendances) {
            let page = try attendances(of: persons, after: query.after, limit, unit)
            answer.attendances = page.records.map(\.answer)
            answer.nextAttendance = page.next
        }
        if isAsked(.registrations) {
            let page = try registrations(of: persons, after: query.after, limit, unit)
            answer.registrations = page.records.map(\.answer)
            answer.nextRegistration = page.next
        }
        if isAsked(.shifts) {
            let page = try shifts(of: persons, after: query.after, limit, unit)
            answer.shifts = page.records.map(\.answer)
            answer.nextShift = page.next
        }
        unit.logReading(
            of: [person.key]
                + answer.attendances.flatMap { [$0.person, $0.child] }
                .compactMap { $0?.uuid }
                + answer.registrations.flatMap { [$0.person, $0.child] }.compactMap { $0?.uuid })
        return answer
    }

    private static func attendances(
        of persons: [UUID], after: RecordID?, _ limit: Int, _ unit: UnitOfWork
    ) throws -> AnswerPage<Attendance> {
        let ids = try unit.query(
            """
            SELECT id FROM attendance
            WHERE (person = ANY(\(persons)) OR child = ANY(\(persons)))
              AND (\(after == nil) OR id > \(after?.uuid))
            ORDER BY id LIMIT \(limit + 1)
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        let records = try unit.find(Attendance.self, all: ids)
        _ = try unit.find(Session.self, all: records.map(\.session.uuid))
        return try AnswerPage(records, limit) { try isShown($0.session, unit) }
    }

    private static func registrations(
        of persons: [UUID], after: RecordID?, _ limit: Int, _ unit: UnitOfWork
    ) throws -> AnswerPage<Registration> {
        let ids = try unit.query(
            """
            SELECT id FROM session_registration
            WHERE (person = ANY(\(persons)) OR child = ANY(\(persons)))
              AND (\(after == nil) OR id > \(after?.uuid))
            ORDER BY id LIMIT \(limit + 1)
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        let records = try unit.find(Registration.self, all: ids)
        _ = try unit.find(Session.self, all: records.map(\.session.uuid))
        return try AnswerPage(records, limit) { try isShown($0.session, unit) }
    }

    private static func shifts(
        of persons: [UUID], after: RecordID?, _ limit: Int, _ unit: UnitOfWork
    ) throws -> AnswerPage<Shift> {
        let ids = try unit.query(
            """
            SELECT id FROM shift
            WHERE person = ANY(\(persons)) AND (\(after == nil) OR id > \(after?.uuid))
            ORDER BY id LIMIT \(limit + 1)
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        return try AnswerPage(unit.find(Shift.self, all: ids), limit) {
            try unit.covers($0.territory)
        }
    }

    private static func isShown(_ session: SessionID, _ unit: UnitOfWork) throws -> Bool {
        try unit.find(Session.self, session.uuid).map { try unit.covers($0.territory) } ?? false
    }
}
