import Foundation
import Messages
import Postgres
import ServiceKit

/// Finds the facts that make up the history of a person, a household or an assertion.
enum RecordHistory {
    @Sendable static func related(_ record: UUID, _ unit: UnitOfWork) throws -> RelatedFacts {
        if let household = try unit.find(Household.self, record) {
            return try related(household, unit)
        }
        if let assertion = try unit.find(CategoryAssertion.self, record) {
            return try related(assertion, unit)
        }
        guard let person = try Persons.find(PersonID(record), unit) else { return RelatedFacts() }
        return try related(person, unit)
    }

    /// The categories asserted in it; facts of others that say something of it, such as births, moves, roles and deaths of
    /// those who live or have lived in it; and the merges of other households into it, with what took them back.
    private static func related(
        _ household: Household, _ unit: UnitOfWork
    ) throws -> RelatedFacts {
        RelatedFacts(
            subjects: try ids(
                unit, "SELECT id FROM category_assertion WHERE household = \(household.id)"
            ).map(\.wireText),
            living: (household.members + household.former).map(\.description)
                + household.absorbed.map(\.description),
            kinds: ["household"])
    }

    /// The facts of its household and of its person that name it. A household that is registered with its categories has one fact
    /// for all of them, and so has a merge of two registrations, or what undoes it.
    private static func related(
        _ assertion: CategoryAssertion, _ unit: UnitOfWork
    ) throws -> RelatedFacts {
        let registrations =
            try Persons.find(PersonID(assertion.subject), unit).map {
                try all($0, unit)
            } ?? []
        return RelatedFacts(
            naming: [assertion.household.description]
                + registrations.flatMap { [$0.id] + $0.separated }.map(\.description),
            kinds: ["category"])
    }

    /// The person's registrations, consents, memberships, categories and handovers, what its households' facts say of it, and
    /// the merges of its registrations into others that were undone. A handover that was not agreed to concerns the asker alone.
    private static func related(_ person: Person, _ unit: UnitOfWork) throws -> RelatedFacts {
        let registrations = try all(person, unit)
        let ids = registrations.map(\.key)
        let records = try unit.query(
            """
            SELECT id, NULL::uuid FROM membership WHERE person = ANY(\(ids))
            UNION ALL
            SELECT id, NULL::uuid FROM handover WHERE person = ANY(\(ids)) AND is_accepted
            UNION ALL
            SELECT id, household FROM category_assertion WHERE subject = ANY(\(ids))
            """
        ).map { row in
            var cursor = row.cursor()
            return (
                id: try cursor.next(UUID.self).wireText,
                household: try cursor.next(optional: UUID.self)
            )
        }
        let consents = ids.flatMap { id in
            ConsentPurpose.allCases.map { Consent.key(PersonID(id), $0) }
        }
        let lived = registrations.flatMap(\.stays.households).map(\.description)
        return RelatedFacts(
            ids: ids, subjects: records.map(\.id) + consents,
            naming: try records.compactMap(\.household?.wireText) + lived + left(ids, unit),
            living: registrations.flatMap(\.separated).map(\.description),
            tasks: try Doubles.pairs(of: person, unit) + Handovers.ids(of: person, unit),
            kinds: ["person"])
    }

    /// The person's registrations, the one that stands first.
    private static func all(_ person: Person, _ unit: UnitOfWork) throws -> [Person] {
        [person] + (try unit.find(Person.self, all: person.merged.map(\.uuid)))
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

    private static func ids(_ unit: UnitOfWork, _ statement: Statement) throws -> [UUID] {
        try unit.query(statement).map { try $0.decode(UUID.self, at: 0) }
    }
}
