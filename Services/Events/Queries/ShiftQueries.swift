import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Answers about duty: who has which shift.
enum ShiftQueries {
    static func shifts(_ query: ListShifts, _ unit: UnitOfWork) throws -> ShiftsAnswer {
        let last = try query.after.map { id in
            guard let shift = try unit.find(Shift.self, id.uuid) else {
                throw EventsQueries.unknown(.unknownShift, at: "/after", unit)
            }
            try unit.requireScope(shift.territory, at: "/after")
            return shift
        }
        let persons = try query.person.map {
            try Persons.ids(of: EventsQueries.person($0, at: "/person", unit).id, unit).map(\.uuid)
        }
        let limit = query.limit ?? EventsPage.usual
        let ids = try unit.query(
            """
            SELECT id FROM shift
            WHERE territory COLLATE "C" >= \(query.territory)
              AND territory COLLATE "C" < \(query.territory) || ':'
              AND (\(query.post == nil) OR post = \(query.post))
              AND (\(persons == nil) OR person = ANY(\(persons ?? [])))
              AND (\(query.from == nil) OR duty_on >= \(query.from))
              AND (\(query.until == nil) OR duty_on <= \(query.until))
              AND (\(last == nil) OR (starts_at, id) > (\(last?.startsAt), \(last?.key)))
            ORDER BY starts_at, id LIMIT \(limit + 1)
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        let page = try AnswerPage(unit.find(Shift.self, all: ids), limit) {
            try unit.covers($0.territory)
        }
        unit.logReading(of: page.records.map(\.person.uuid))
        return ShiftsAnswer(
            shifts: page.records.map(\.answer), next: page.next.map { ShiftID($0.uuid) })
    }
}
