import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Raises and settles the tasks to end the cover of households and persons who are not there any more.
enum CoverTasks {
    /// Looks at all policies of these households and persons that are in force, or will be.
    static func review(_ insured: [UUID], on day: BusinessDate, _ unit: UnitOfWork) throws {
        guard !insured.isEmpty else { return }
        let rows = try unit.query(
            """
            SELECT p.id FROM unnest(\(insured)) AS i (id)
            JOIN policy AS p ON p.insured = i.id AND p.state <> 'refused'
            WHERE p.cover_to >= \(unit.days.today) ORDER BY p.id
            """)
        // A policy may have been terminated by this message, or its termination reversed.
        let policies = try unit.find(Policy.self, all: rows.map { try $0.decode(UUID.self, at: 0) })
        for id in insured {
            let held = policies.filter { $0.insured == id && $0.state == .active }
            guard let last = held.max(by: { $0.coverTo < $1.coverTo }) else {
                try unit.settle(.endCover, id, on: day)
                continue
            }
            try unit.demand(
                .endCover, id, in: last.territory, since: goneOn(last, unit), due: last.coverTo,
                settledOn: day)
        }
    }

    /// The same for the new policies of an answer of the insurer: who is on the list may be gone since it was frozen.
    ///
    /// A worker may be taking in a death at the same time. It does not see these policies before they are committed, and this
    /// message does not see the death. So both lock the households or persons first: the later one waits, and then sees.
    static func review(
        answer: UUID, of run: EnrolmentRun, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        let isOfHouseholds = run.insured == .household
        _ = try unit.query(
            isOfHouseholds ? holdHouseholds(answer: answer) : holdPersons(answer: answer))
        let rows = try unit.query(
            isOfHouseholds ? emptied(answer: answer) : lost(answer: answer))
        try review(rows.map { try $0.decode(UUID.self, at: 0) }, on: day, unit)
    }

    // MARK: Who is gone

    /// The day from which on whom the policy insures is not there, or not in the district; nil if that is not so.
    private static func goneOn(_ policy: Policy, _ unit: UnitOfWork) throws -> BusinessDate? {
        switch policy.basis.insured {
        case .household:
            let id = HouseholdID(policy.insured)
            if let day = try Households.emptiedOn(id, unit) { return day }
            let places = try unit.find(Household.self, id.uuid)?.places ?? []
            return try leftOn(places.map { ($0.from, $0.territory) }, policy, unit)
        case .person:
            guard let person = try Persons.find(PersonID(policy.insured), unit) else { return nil }
            if let day = person.lostOn { return day }
            return try leftOn(person.stays.map { ($0.from, $0.territory) }, policy, unit)
        }
    }

    /// The day from which on all places are outside the district of the policy.
    private static func leftOn(
        _ places: [(from: BusinessDate, territory: TerritoryCode?)], _ policy: Policy,
        _ unit: UnitOfWork
    ) throws -> BusinessDate? {
        let home = try districts(of: policy.territory, unit)
        var day: BusinessDate?
        for place in places.reversed() {
            if let territory = place.territory,
                try !districts(of: territory, unit).isDisjoint(with: home)
            {
                break
            }
            day = place.from
        }
        return day
    }

    private static func districts(
        of territory: TerritoryCode, _ unit: UnitOfWork
    ) throws -> Set<TerritoryCode> {
        Set(try unit.standing(territory).map { $0.ancestor(at: .district) ?? $0 })
    }

    // MARK: Statements

    /// Locks the rows that `PeopleProjection` locks when somebody of a household dies or moves.
    private static func holdHouseholds(answer: UUID) -> Statement {
        """
        WITH held AS MATERIALIZED (
            SELECT h.id FROM household AS h
            WHERE h.id IN (
                SELECT p.insured FROM policy AS p
                WHERE p.answer = \(answer) AND p.state = 'active')
            ORDER BY h.id FOR SHARE OF h)
        SELECT count(*) FROM held
        """
    }

    /// The same for persons, under the ids that they were insured by and those that count now.
    private static func holdPersons(answer: UUID) -> Statement {
        """
        WITH held AS MATERIALIZED (
            SELECT o.id FROM person AS o
            WHERE o.id IN (
                SELECT unnest(ARRAY[i.id, i.merged_into])
                FROM policy AS p JOIN person AS i ON i.id = p.insured
                WHERE p.answer = \(answer) AND p.state = 'active')
            ORDER BY o.id FOR SHARE OF o)
        SELECT count(*) FROM held
        """
    }

    /// New policies of households that may have nobody left, or have moved to another district.
    private static func emptied(answer: UUID) -> Statement {
        """
        SELECT p.insured FROM policy AS p JOIN household AS h ON h.id = p.insured
        WHERE p.answer = \(answer) AND p.state = 'active'
          AND (h.dissolved_on IS NOT NULL OR left(h.territory, 6) <> left(p.territory, 6)
               OR NOT EXISTS (
                   SELECT FROM person AS m
                   WHERE m.household = h.id AND m.died_on IS NULL AND m.erased_on IS NULL
                     AND m.merged_into IS NULL))
        ORDER BY p.insured
        """
    }

    /// New policies of persons who have died, were erased, or live outside the district.
    private static func lost(answer: UUID) -> Statement {
        """
        SELECT p.insured FROM policy AS p JOIN person AS o ON o.id = p.insured
        JOIN person AS s ON s.id = coalesce(o.merged_into, o.id)
        WHERE p.answer = \(answer) AND p.state = 'active'
          AND (s.died_on IS NOT NULL OR s.erased_on IS NOT NULL OR s.territory IS NULL
               OR left(s.territory, 6) <> left(p.territory, 6))
        ORDER BY p.insured
        """
    }

    /// Settles the tasks of those who have no policy in force any more: it has lapsed, or its premium was reversed. No message
    /// settles them, so the one that raised them is named.
    static func lapse(on today: BusinessDate) -> Statement {
        """
        UPDATE task AS t
        SET settled_on = greatest(t.raised_on, least(t.due_on + 1, \(today))),
            settled_by = t.raised_by
        WHERE t.kind = \(TaskKind.endCover.name) AND t.settled_on IS NULL
          AND NOT EXISTS (
              SELECT FROM policy AS p
              WHERE p.insured = t.subject AND p.state = 'active' AND p.cover_to >= \(today))
        """
    }

    /// Cover lapses on a day on which nothing else need happen.
    static let job = Job("lapsed-cover", every: .seconds(60)) { context in
        _ = try context.connection.run(lapse(on: context.now.businessDay))
    }
}
