import Foundation
import Messages
import Postgres
import ServiceKit

/// Finds the facts that make up the history of a person or a household.
enum RecordHistory {
    /// Of a person: its registrations, consents, memberships and categories, and what its household's facts say of it. Of a
    /// household: the categories asserted in it too, and what facts about those who live or have lived in it say of it, such as
    /// births, moves, roles and deaths.
    static func related(_ record: UUID, _ unit: UnitOfWork) throws -> RelatedFacts {
        if let household = try unit.find(Household.self, record) {
            return RelatedFacts(
                subjects: try unit.query(
                    "SELECT id::text FROM category_assertion WHERE household = \(record)"
                ).map { try $0.decode(String.self, at: 0) },
                living: (household.members + household.former).map(\.description))
        }
        guard let person = try Persons.find(PersonID(record), unit) else { return RelatedFacts() }
        let ids = Array(person.subjects)
        let records = try unit.query(
            """
            SELECT id::text, NULL FROM membership WHERE person = ANY(\(ids))
            UNION ALL
            SELECT id::text, household::text FROM category_assertion WHERE subject = ANY(\(ids))
            """
        ).map { row in
            var cursor = row.cursor()
            return (
                id: try cursor.next(String.self),
                household: try cursor.next(optional: String.self)
            )
        }
        let consents = ids.flatMap { id in
            ConsentPurpose.allCases.map { Consent.key(PersonID(id), $0) }
        }
        let households =
            try records.compactMap(\.household) + left(ids, unit)
            + [person.household?.description].compactMap(\.self)
        return RelatedFacts(
            ids: ids, subjects: records.map(\.id) + consents, naming: households)
    }

    /// Households that somebody has left, as the facts of the moves say.
    private static func left(_ ids: [UUID], _ unit: UnitOfWork) throws -> [String] {
        try unit.query(
            """
            SELECT DISTINCT convert_from(body, 'UTF8')::jsonb #>> '{data,leftHousehold}'
            FROM journal
            WHERE subject = ANY(\(ids.map(\.wireText))) AND type = \(PersonMoved.type)
              AND convert_from(body, 'UTF8')::jsonb -> 'data' ? 'leftHousehold'
            """
        ).map { try $0.decode(String.self, at: 0) }
    }
}
