import Foundation
import Messages
import Postgres
import ServiceKit

/// Answers which categories a person or a household has and had. Those of a person are found wherever they were asserted and
/// wherever the person has moved since.
enum CategoryQueries {
    static func categories(
        _ query: ListCategories, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> CategoriesAnswer {
        let household = try unit.find(Household.self, query.subject)
        let subjects = try RecordQueries.ids(of: query.subject, unit)
        let limit = query.limit ?? RegistryPage.usual
        let ids = try unit.query(
            """
            SELECT id FROM category_assertion
            WHERE (subject = ANY(\(subjects)) OR household = \(household?.key))
              AND (\(query.after == nil) OR id > \(query.after?.uuid))
            ORDER BY id LIMIT \(limit + 1)
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        let page = try unit.find(CategoryAssertion.self, all: Array(ids.prefix(limit)))
        let shown = try page.filter { try isShown($0, unit) }
        unit.logReading(of: [query.subject] + shown.map(\.subject))
        return CategoriesAnswer(
            categories: try shown.map { try $0.answer(unit, keyring) },
            next: ids.count > limit ? page.last?.id : nil)
    }

    /// Of a member who lives outside of the publisher's scope nothing is told.
    private static func isShown(
        _ assertion: CategoryAssertion, _ unit: UnitOfWork
    ) throws -> Bool {
        guard assertion.subject != assertion.household.uuid,
            let person = try Persons.find(PersonID(assertion.subject), unit)
        else { return true }
        return try unit.covers(person.territory)
    }
}

extension CategoryAssertion {
    func answer(_ unit: UnitOfWork, _ keyring: Keyring) throws -> CategoryAnswer {
        CategoryAnswer(
            assertion: id, subject: subject, category: category, verifiedOn: verifiedOn,
            validFrom: validFrom, validTo: validTo, endedOn: endedOn, revokedOn: revokedOn,
            evidence: try keyring.text(evidence, as: .evidence, about: subject, for: key, unit),
            household: household)
    }
}
