import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Finds the facts that make up the history of a person, an attendance or a return of material.
enum EventsHistory {
    /// Of a person: the attendances, registrations, shifts and individual services under any id. Of an attendance: the reviews that
    /// were opened for the other of two. Of a return: the fact of its distribution that names it.
    static func related(_ record: UUID, _ unit: UnitOfWork) throws -> RelatedFacts {
        if let person = try Persons.find(PersonID(record), unit) {
            return try related(person.id, unit)
        }
        if try unit.find(Attendance.self, record) != nil {
            return RelatedFacts(
                naming: try reviewed(with: [record], unit), kinds: ["attendance"])
        }
        guard let given = try unit.find(MaterialReturn.self, record) else { return RelatedFacts() }
        return RelatedFacts(naming: [given.distribution.description], kinds: [])
    }

    private static func related(_ person: PersonID, _ unit: UnitOfWork) throws -> RelatedFacts {
        let persons = try Persons.ids(of: person, unit).map(\.uuid)
        let attendances = try ids(
            unit,
            """
            SELECT id FROM attendance
            WHERE person = ANY(\(persons)) OR child = ANY(\(persons))
            """)
        let others = try ids(
            unit,
            """
            SELECT id FROM session_registration
            WHERE person = ANY(\(persons)) OR child = ANY(\(persons))
            UNION ALL
            SELECT id FROM shift WHERE person = ANY(\(persons))
            UNION ALL
            SELECT id FROM casework WHERE person = ANY(\(persons))
            """)
        return RelatedFacts(
            ids: persons + attendances, subjects: others.map(\.wireText),
            naming: try reviewed(with: attendances, unit), kinds: [], bare: persons)
    }

    /// The other attendance of each review: the fact that opened it may be that one's.
    private static func reviewed(
        with attendances: [UUID], _ unit: UnitOfWork
    ) throws -> [String] {
        try ids(
            unit,
            """
            SELECT DISTINCT other FROM attendance_review
            WHERE attendance = ANY(\(attendances))
            """
        ).map(\.wireText)
    }

    private static func ids(_ unit: UnitOfWork, _ statement: Statement) throws -> [UUID] {
        try unit.query(statement).map { try $0.decode(UUID.self, at: 0) }
    }
}
