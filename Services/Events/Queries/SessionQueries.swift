import Foundation
import Messages
import Postgres
import ServiceKit

/// Answers about sessions: their counts, who was there, who will come and who waits.
enum SessionQueries {
    static func session(_ query: GetSession, _ unit: UnitOfWork) throws -> SessionAnswer {
        let session = try EventsQueries.session(query.session.uuid, at: "/session", unit)
        let limit = query.limit ?? EventsPage.usual
        var answer = SessionAnswer(session: session.summary)
        func isAsked(_ part: SessionPart) -> Bool { query.part == nil || query.part == part }
        var persons: [UUID] = []
        if isAsked(.roster) {
            let page = try roster(of: session, after: query.after, limit, unit)
            answer.roster = page.records.map(\.answer)
            answer.nextAttendance = page.next
            persons += page.records.flatMap(\.party.persons)
        }
        if isAsked(.registrations) {
            let page = try registrations(of: session, after: query.after, limit, unit)
            answer.registrations = page.records.map(\.answer)
            answer.nextRegistration = page.next
            persons += page.records.flatMap(\.party.persons)
        }
        if isAsked(.waitlist) {
            let page = try waitlist(of: session, after: query.after, limit, unit)
            answer.waitlist = page.records.map(\.answer)
            answer.nextWaiting = page.next
            persons += page.records.flatMap(\.party.persons)
        }
        unit.logReading(of: [session.key] + persons)
        return answer
    }

    private static func roster(
        of session: Session, after: RecordID?, _ limit: Int, _ unit: UnitOfWork
    ) throws -> AnswerPage<Attendance> {
        let ids = try unit.query(
            """
            SELECT id FROM attendance
            WHERE session = \(session.id) AND NOT is_void
              AND (\(after == nil) OR id > \(after?.uuid))
            ORDER BY id LIMIT \(limit + 1)
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        return try AnswerPage(unit.find(Attendance.self, all: ids), limit)
    }

    private static func registrations(
        of session: Session, after: RecordID?, _ limit: Int, _ unit: UnitOfWork
    ) throws -> AnswerPage<Registration> {
        let ids = try unit.query(
            """
            SELECT id FROM session_registration
            WHERE session = \(session.id) AND state = 'confirmed'
              AND (\(after == nil) OR id > \(after?.uuid))
            ORDER BY id LIMIT \(limit + 1)
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        return try AnswerPage(unit.find(Registration.self, all: ids), limit)
    }

    /// In the order of the line. The last one of the page before may have left it since; its number still says where it was.
    private static func waitlist(
        of session: Session, after: RecordID?, _ limit: Int, _ unit: UnitOfWork
    ) throws -> AnswerPage<Registration> {
        var number = 0
        if let after {
            guard let last = try unit.find(Registration.self, after.uuid),
                last.session == session.id, let place = last.number
            else { throw EventsQueries.unknown(.unknownRegistration, at: "/after", unit) }
            number = place
        }
        let ids = try unit.query(
            """
            SELECT id FROM session_registration
            WHERE session = \(session.id) AND state = 'waitlisted' AND number > \(number)
            ORDER BY number LIMIT \(limit + 1)
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        return try AnswerPage(unit.find(Registration.self, all: ids), limit)
    }

    static func sessions(_ query: ListSessions, _ unit: UnitOfWork) throws -> SessionsAnswer {
        let last = try query.after.map {
            try EventsQueries.session($0.uuid, at: "/after", unit)
        }
        let limit = query.limit ?? EventsPage.usual
        let ids = try unit.query(
            """
            SELECT id FROM session
            WHERE territory COLLATE "C" >= \(query.territory)
              AND territory COLLATE "C" < \(query.territory) || ':'
              AND (\(query.from == nil) OR starts_on >= \(query.from))
              AND (\(query.until == nil) OR starts_on <= \(query.until))
              AND (\(last == nil) OR (starts_on, id) > (\(last?.startsOn), \(last?.key)))
            ORDER BY starts_on, id LIMIT \(limit + 1)
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        let page = try AnswerPage(unit.find(Session.self, all: ids), limit) {
            try unit.covers($0.territory)
        }
        unit.logReading(of: page.records.map(\.key))
        return SessionsAnswer(
            sessions: page.records.map(\.summary), next: page.next.map { SessionID($0.uuid) })
    }
}

extension Session {
    var summary: SessionSummary {
        SessionSummary(
            session: id, activity: activity, kind: kind, programme: programme,
            territory: territory, startsOn: startsOn, state: stateName, endedOn: endedOn,
            capacity: capacity, roster: roster, identified: identified, headcount: headcount,
            registered: registered, waiting: waiting)
    }
}
