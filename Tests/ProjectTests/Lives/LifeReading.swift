import Foundation
import Messages
import Postgres
import ServiceKit
import Support

/// What a service answers to: who lives where, in which household, alive, in which category, and a member of what.
///
/// This is the one place that knows the tables of registry, funding and events.
struct LifeAnswers {
    struct Person: Equatable {
        /// The person whom the id means. Then nothing else is said.
        var mergedInto: PersonID?
        var diedOn: BusinessDate?
        var isErased: Bool
        /// Those of the last stay. Nothing of whom is erased.
        var territory: String?
        var household: HouseholdID?
        var role: String?
    }

    struct Category: Hashable {
        let category: String
        /// A household's or person's, who is not merged.
        let subject: UUID
    }

    struct Membership: Equatable {
        let person: PersonID
        let role: String
        let territory: String
        let enrolledOn: BusinessDate?
        let leftOn: BusinessDate?
        let isVoid: Bool
    }

    private(set) var persons: [PersonID: Person] = [:]
    /// Those that hold on the day.
    private(set) var categories: Set<Category> = []
    private(set) var households: [HouseholdID: String] = [:]
    private(set) var memberships: [MemberID: Membership] = [:]

    /// - Parameter service: `registry`, `funding` or `events`.
    init(of service: String, _ connection: Connection, on day: BusinessDate) throws {
        let isRegistry = service == "registry"
        for row in try connection.run(isRegistry ? Self.registered : Self.told) {
            var row = row.cursor()
            let id = try row.next(PersonID.self)
            let survivor = try row.next(optional: PersonID.self)
            let diedOn = try row.next(optional: BusinessDate.self)
            var person = Person(mergedInto: survivor, isErased: try row.next())
            let place = try row.next(optional: String.self)
            let household = try row.next(optional: HouseholdID.self)
            let role = try row.next(optional: String.self)
            if survivor == nil {
                person.diedOn = diedOn
            } else {
                person.isErased = false
            }
            if survivor == nil, !person.isErased {
                (person.territory, person.household, person.role) = (place, household, role)
            }
            persons[id] = person
        }
        for row in try connection.run("SELECT id, territory FROM household") {
            households[try row.decode(HouseholdID.self, at: 0)] = try row.decode(
                String.self, at: 1)
        }
        try readCategories(isRegistry, connection, on: day)
        for row in try connection.run(
            """
            SELECT id, person, role, territory, enrolled_on, left_on, is_void FROM membership
            """)
        {
            var row = row.cursor()
            let id = try row.next(MemberID.self)
            let person = try row.next(PersonID.self)
            memberships[id] = Membership(
                person: human(person), role: try row.next(), territory: try row.next(),
                enrolledOn: try row.next(optional: BusinessDate.self),
                leftOn: try row.next(optional: BusinessDate.self), isVoid: try row.next())
        }
    }

    /// Registry writes stays as `<day>/<territory>/<household>/<role>/<origin>`.
    private static let registered: Statement = """
        SELECT id, merged_into, least(died_on, inherited_died_on), erased_on IS NOT NULL,
               nullif(split_part(s.last, '/', 2), ''), nullif(split_part(s.last, '/', 3), '')::uuid,
               nullif(split_part(s.last, '/', 4), '')
        FROM person CROSS JOIN LATERAL (SELECT split_part(stays, ' ', -1) AS last) s
        """

    private static let told: Statement = """
        SELECT id, merged_into, died_on, erased_on IS NOT NULL, territory, household, role
        FROM person
        """

    private mutating func readCategories(
        _ isRegistry: Bool, _ connection: Connection, on day: BusinessDate
    ) throws {
        let holds: Statement = """
            verified_on IS NOT NULL AND revoked_on IS NULL AND valid_from <= \(day)
            AND coalesce(valid_to >= \(day), true) AND coalesce(ended_on > \(day), true)
            """
        let rows = try connection.run(
            isRegistry
                ? "SELECT subject, category FROM category_assertion WHERE \(part: holds)"
                : "SELECT subject, category FROM category WHERE \(part: holds)")
        for row in rows {
            let subject = try row.decode(UUID.self, at: 0)
            categories.insert(
                Category(
                    category: try row.decode(String.self, at: 1),
                    subject: human(PersonID(subject)).uuid))
        }
    }

    private func human(_ id: PersonID) -> PersonID { persons[id]?.mergedInto ?? id }
}

extension LifeFigures {
    /// Reporting's live figures on that day.
    init(_ connection: Connection, on day: BusinessDate) throws {
        let rows = try connection.run(
            """
            SELECT territory, source, sum(times)::bigint, sum(amount)::bigint FROM current_cell
            WHERE span = 'day' AND dimension = '' AND start <= \(day) AND length(territory) = 12
              AND (source = 'registration' OR starts_with(source, 'recognition_'))
            GROUP BY territory, source
            """)
        for row in rows {
            let territory = try row.decode(String.self, at: 0)
            let source = try row.decode(String.self, at: 1)
            for (place, isOfHouseholds) in [(2, true), (3, false)] {
                add(
                    Int(try row.decode(Int64.self, at: place)),
                    Name(territory: territory, source: source, isOfHouseholds: isOfHouseholds))
            }
        }
    }
}
