import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Answers who is insured, and how.
enum PolicyQueries {
    /// The household, person or run whose policies are asked for.
    private enum Subject {
        case run(EnrolmentRun)
        /// The household, and all who are or were its members.
        case household(Household, members: [UUID])
        case person(Person, ids: [UUID])

        /// The query is noted of these too, besides those whom the policies insure.
        var key: UUID {
            switch self {
            case .run(let run): run.key
            case .household(let household, _): household.key
            case .person(let person, _): person.key
            }
        }
    }

    static func policies(_ query: ListPolicies, _ unit: UnitOfWork) throws -> PoliciesAnswer {
        if let within = query.within { try unit.requireScope(within, at: "/within") }
        let subject = try subject(of: query, unit)
        let last = try query.after.map { id in
            guard let policy = try unit.find(Policy.self, id.uuid) else {
                throw FundingQueries.unknown(.unknownPolicy, at: "/after", unit)
            }
            try unit.requireScope(policy.territory, at: "/after")
            return policy
        }
        let limit = query.limit ?? FundingPage.usual
        let ids = try unit.query(statement(subject, query.within, after: last, limit)).map {
            try $0.decode(UUID.self, at: 0)
        }
        let page = try AnswerPage(unit.find(Policy.self, all: ids), limit) {
            try unit.covers($0.territory)
        }
        unit.logReading(of: [subject.key] + page.records.map(\.insured))
        return PoliciesAnswer(
            policies: page.records.map(\.answer), next: page.next.map { PolicyID($0.uuid) })
    }

    private static func subject(
        of query: ListPolicies, _ unit: UnitOfWork
    ) throws -> Subject {
        let id = query.subject
        if try unit.find(EnrolmentRun.self, id) != nil {
            return .run(
                try EnrolmentQueries.run(RunID(id), query.within, at: "/subject", unit))
        }
        if try unit.find(Household.self, id) != nil {
            let household = try household(HouseholdID(id), at: "/subject", unit)
            return .household(
                household,
                members: try Households.everMembers(of: household.id, unit).map(\.uuid))
        }
        let person = try FundingQueries.person(
            PersonID(id), else: .unknownInsured, at: "/subject", unit)
        return .person(person, ids: try Persons.ids(of: person.id, unit).map(\.uuid))
    }

    /// The household, if it is in the publisher's scope.
    static func household(
        _ id: HouseholdID, at pointer: String, _ unit: UnitOfWork
    ) throws -> Household {
        guard let household = try unit.find(Household.self, id.uuid) else {
            throw FundingQueries.unknown(.unknownHousehold, at: pointer, unit)
        }
        try unit.requireScope(household.territory, at: pointer)
        return household
    }

    /// Policies are found by their run and by whom they insure. There are few runs, so those of a family are looked for in each.
    private static func statement(
        _ subject: Subject, _ within: TerritoryCode?, after last: Policy?, _ limit: Int
    ) -> Statement {
        let whose: Statement =
            switch subject {
            case .run(let run): "policy AS p WHERE p.run = \(run.key)"
            case .household(let household, let members):
                """
                enrolment_run AS r JOIN policy AS p ON p.run = r.id
                WHERE p.insured = ANY(\(members + [household.key]))
                  AND (p.insured = \(household.key) OR p.household = \(household.key))
                """
            case .person(_, let ids):
                """
                enrolment_run AS r JOIN policy AS p ON p.run = r.id
                WHERE p.insured = ANY(\(ids))
                """
            }
        let place: Statement =
            if let last { "AND (p.run, p.insured) > (\(last.run), \(last.insured))" } else { "" }
        return """
            SELECT p.id FROM \(part: whose) \(part: place)
              AND (\(within == nil)
                   OR p.territory >= \(within) AND p.territory < \(within) || ':')
            ORDER BY p.run, p.insured LIMIT \(limit + 1)
            """
    }
}

extension Policy {
    fileprivate var answer: PolicyAnswer {
        PolicyAnswer(
            policy: id, run: run, product: product, insured: insured, territory: territory,
            basis: basis, policyYear: Int(policyYear), coverFrom: coverFrom, coverTo: coverTo,
            endedOn: endedOn, state: state.rawValue, premiumFen: premium,
            returnedFen: returned, sumInsuredFen: sumInsured, claimedFen: claimed)
    }
}

extension RefusalCode {
    static let unknownInsured = RefusalCode(
        "unknown_insured", "the id of a household, a person or an enrolment run")
}
