import Foundation
import Messages
import Postgres
import ServiceKit

/// Answers queries for lists: memberships, categories and consents of a person, sites, grants, and who has read whom.
enum RecordQueries {
    static func register(in router: inout Router, _ keyring: Keyring) {
        router.on(ListMemberships.self, memberships)
        router.on(ListCategories.self, { try CategoryQueries.categories($0, $1, keyring) })
        router.on(ListConsents.self, consents)
        router.on(ListSites.self, SiteQueries.sites)
        router.on(ListPublishers.self, SiteQueries.publishers)
        router.on(ListReads.self, reads)
        router.on(ListHandovers.self, HandoverQueries.handovers)
        router.on(ListDoubles.self, DoubleQueries.doubles)
        Histories.register(
            in: &router, GetRegistryHistory.self, tasks: RegistryTasks.kinds,
            related: RecordHistory.related)
    }

    /// Whoever may not know all ids is not told whether there is one: the answer is that for an id outside the scope.
    static func unknown(_ code: RefusalCode, at pointer: String, _ unit: UnitOfWork) -> Refusal {
        Refusal(unit.isUnlimited ? code : .outOfScope, at: pointer)
    }

    /// The person whom the id means now, if it is in the publisher's scope.
    static func person(
        _ id: PersonID, at pointer: String, _ unit: UnitOfWork
    ) throws -> Person {
        guard let person = try Persons.find(id, unit) else {
            throw unknown(.unknownPerson, at: pointer, unit)
        }
        try unit.requireScope(person.territory, at: pointer)
        return person
    }

    /// The ids under which somebody or something was read or named: all of a person's, or a household's.
    static func ids(of subject: UUID, _ unit: UnitOfWork) throws -> [UUID] {
        if let household = try unit.find(Household.self, subject) {
            try unit.requireScope(household.territory, at: "/subject")
            return [household.key]
        }
        return Array(try person(PersonID(subject), at: "/subject", unit).subjects)
    }

    // MARK: Of a person

    static func memberships(
        _ query: ListMemberships, _ unit: UnitOfWork
    ) throws -> MembershipsAnswer {
        let person = try person(query.person, at: "/person", unit)
        let limit = query.limit ?? RegistryPage.usual
        let ids = try unit.query(
            """
            SELECT id FROM membership
            WHERE person = ANY(\(Array(person.subjects)))
              AND (\(query.after == nil) OR id > \(query.after?.uuid))
            ORDER BY id LIMIT \(limit + 1)
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        let page = try unit.find(Membership.self, all: Array(ids.prefix(limit)))
        unit.logReading(of: [person.key])
        return MembershipsAnswer(
            person: person.id, memberships: page.map(\.answer),
            next: ids.count > limit ? page.last?.id : nil)
    }

    static func consents(_ query: ListConsents, _ unit: UnitOfWork) throws -> ConsentsAnswer {
        let person = try person(query.person, at: "/person", unit)
        let limit = query.limit ?? RegistryPage.usual
        let ids = Array(person.subjects)
        let rows = try unit.query(
            """
            SELECT message, purpose, decision, decided_on, is_void FROM consent_record
            WHERE person = ANY(\(ids)) AND (\(query.after == nil) OR (decided_on, message) > (
                SELECT decided_on, message FROM consent_record
                WHERE message = \(query.after) AND person = ANY(\(ids))
                ORDER BY decided_on DESC LIMIT 1))
            ORDER BY decided_on, message LIMIT \(limit + 1)
            """)
        let decisions = try rows.prefix(limit).map { row in
            ConsentAnswer(
                message: try row.decode(UUID.self, at: 0),
                purpose: try row.decode(ConsentPurpose.self, at: 1),
                decision: try row.decode(ConsentDecision.self, at: 2),
                decidedOn: try row.decode(BusinessDate.self, at: 3),
                takesBack: try row.decode(Bool.self, at: 4) ? true : nil)
        }
        let standing = try unit.find(
            Consent.self, all: ConsentPurpose.allCases.map { Consent.key(person.id, $0) })
        unit.logReading(of: [person.key])
        return ConsentsAnswer(
            person: person.id,
            given: standing.filter { $0.inForce?.decision == .given }.map(\.purpose),
            decisions: decisions, next: rows.count > limit ? decisions.last?.message : nil)
    }

    /// Whoever asks is noted too.
    static func reads(_ query: ListReads, _ unit: UnitOfWork) throws -> ReadsAnswer {
        let ids = try ids(of: query.subject, unit)
        let limit = query.limit ?? RegistryPage.usual
        let rows = try unit.query(
            """
            SELECT publisher, type, message, read_at FROM read_access
            WHERE subject = ANY(\(ids)) AND (\(query.after == nil) OR (read_at, message) > (
                SELECT read_at, message FROM read_access
                WHERE message = \(query.after) AND subject = ANY(\(ids)) LIMIT 1))
            ORDER BY read_at, message LIMIT \(limit + 1)
            """)
        let reads = try rows.prefix(limit).map { row in
            ReadAnswer(
                publisher: try row.decode(String.self, at: 0),
                type: try row.decode(String.self, at: 1),
                message: try row.decode(UUID.self, at: 2),
                readAt: try row.decode(Timestamp.self, at: 3))
        }
        unit.logReading(of: [query.subject])
        return ReadsAnswer(reads: reads, next: rows.count > limit ? reads.last?.message : nil)
    }
}

extension Membership {
    fileprivate var answer: MembershipAnswer {
        var answer = MembershipAnswer(
            member: id, role: role, territory: territory, level: level, state: .applied,
            appliedOn: appliedOn)
        switch state {
        case .applied: break
        case .void: answer.state = .void
        case .active(let since):
            (answer.state, answer.enrolledOn) = (.active, since)
        case .ended(let ending, let day, let since):
            answer.state = ending == .lapsed ? .lapsed : .left
            (answer.enrolledOn, answer.leftOn) = (since, day)
        }
        return answer
    }
}
