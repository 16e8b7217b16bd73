import Foundation
import Messages
import Postgres
import ServiceKit

/// Answers which grants there are.
enum GrantQueries {
    static func grants(_ query: ListGrants, _ unit: UnitOfWork) throws -> GrantsAnswer {
        try FundingQueries.requireState(query.state, GrantState.allCases)
        let last = try query.after.map { id in
            guard let grant = try unit.find(Grant.self, id.uuid) else {
                throw FundingQueries.unknown(.unknownGrant, at: "/after", unit)
            }
            try unit.requireScope(grant.territory, at: "/after")
            return grant
        }
        if let household = query.household {
            _ = try PolicyQueries.household(household, at: "/household", unit)
        }
        let limit = query.limit ?? FundingPage.usual
        let ids = try unit.query(
            """
            SELECT id FROM grant_award
            WHERE territory >= \(query.territory) AND territory < \(query.territory) || ':'
              AND (\(query.household == nil) OR household = \(query.household))
              AND (\(query.state == nil) OR state = \(query.state))
              AND (\(last == nil) OR (territory, id) > (\(last?.territory), \(last?.key)))
            ORDER BY territory, id LIMIT \(limit + 1)
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        let page = try AnswerPage(unit.find(Grant.self, all: ids), limit) {
            try unit.covers($0.territory)
        }
        unit.logReading(of: page.records.compactMap { $0.household?.uuid })
        return GrantsAnswer(
            grants: page.records.map(\.answer), next: page.next.map { GrantID($0.uuid) })
    }
}

extension Grant {
    fileprivate var answer: GrantAnswer {
        GrantAnswer(
            grant: id, kind: kind, budget: budget, fund: fund, programme: programme,
            household: household, territory: territory, amountFen: amount, keptFen: kept,
            state: state.rawValue, since: since)
    }
}
