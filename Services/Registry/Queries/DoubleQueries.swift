import Foundation
import Messages
import Postgres
import ServiceKit

/// Answers which registrations of a territory are probably of one person. A pair is told only to whoever has both persons in
/// scope, and not once somebody has dismissed its task.
enum DoubleQueries {
    static func doubles(_ query: ListDoubles, _ unit: UnitOfWork) throws -> DoublesAnswer {
        let limit = query.limit ?? RegistryPage.usual
        let pairs = try unit.query(statement(query, limit)).map { row in
            var cursor = row.cursor()
            return Pair(
                id: try cursor.next(UUID.self), task: try cursor.next(UUID.self),
                persons: [try cursor.next(PersonID.self), try cursor.next(PersonID.self)],
                hasName: try cursor.next(Bool.self), hasPhone: try cursor.next(Bool.self),
                hasBirthDate: try cursor.next(Bool.self))
        }
        let page = pairs.prefix(limit)
        let ids = page.flatMap { $0.persons.map(\.uuid) }
        let people = Dictionary(
            try unit.find(Person.self, all: ids).map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        let shown = try page.compactMap { pair -> DoubleAnswer? in
            let both = pair.persons.compactMap { people[$0] }
            guard both.count == 2, try both.allSatisfy({ try unit.covers($0.territory) }) else {
                return nil
            }
            let isOfficeTask = Doubles.common(both[0].territory, both[1].territory) != nil
            return DoubleAnswer(
                pair: pair.id, persons: pair.persons, agreeing: pair.agreeing,
                task: isOfficeTask ? pair.task : nil)
        }
        unit.logReading(of: shown.flatMap { $0.persons.map(\.uuid) })
        return DoublesAnswer(doubles: shown, next: pairs.count > limit ? page.last?.id : nil)
    }

    private struct Pair {
        let id: UUID
        let task: UUID
        let persons: [PersonID]
        let hasName: Bool
        let hasPhone: Bool
        let hasBirthDate: Bool

        var agreeing: [PersonField] {
            [(hasName, PersonField.name), (hasPhone, .phone), (hasBirthDate, .birthDate)]
                .filter(\.0).map(\.1)
        }
    }

    /// Whether the two still agree is asked of their rows as they are.
    private static func statement(_ query: ListDoubles, _ limit: Int) -> Statement {
        """
        SELECT d.id, d.task, d.first, d.second, coalesce(p.name_code = q.name_code, false),
               coalesce(p.phone_code = q.phone_code, false), p.birth_date = q.birth_date
        FROM probable_double AS d JOIN person AS p ON p.id = d.first JOIN person AS q ON q.id = d.second
            LEFT JOIN task AS t ON t.id = d.task
        WHERE p.territory COLLATE "C" >= \(query.territory)
          AND p.territory COLLATE "C" < \(query.territory) || ':'
          AND q.territory COLLATE "C" >= \(query.territory)
          AND q.territory COLLATE "C" < \(query.territory) || ':'
          AND NOT coalesce(t.is_dismissed, false)
          AND \(part: Statement(trusted: Doubles.agree))
          AND (\(query.after == nil) OR d.id > \(query.after))
        ORDER BY d.id LIMIT \(limit + 1)
        """
    }
}
