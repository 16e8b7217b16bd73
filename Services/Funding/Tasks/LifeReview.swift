import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Looks again at what funding has lent, promised and insured, because registry has said something new about people.
///
/// Each task is open exactly while it is demanded by what is known last of the people and of the loan, policy, grant, claim or
/// visit. So its rule is asked here, and again when a step opens or closes such a record.
enum LifeReview {
    private enum Promise: String, PostgresValue { case loan, cover, grant, claim, visit }

    /// - Parameter concerned: ids of persons and households.
    @Sendable static func review(_ concerned: Set<UUID>, _ unit: UnitOfWork) throws {
        var found: [Promise: [UUID]] = [:]
        for row in try unit.query(promises(to: Array(concerned), on: unit.days.today)) {
            var row = row.cursor()
            found[try row.next(), default: []].append(try row.next())
        }
        let today = unit.days.today
        for loan in try unit.find(Loan.self, all: found[.loan] ?? []) {
            try LoanTasks.review(loan, on: today, unit)
        }
        for grant in try unit.find(Grant.self, all: found[.grant] ?? []) {
            try ApplicationTasks.review(grant, on: today, unit)
        }
        for claim in try unit.find(Claim.self, all: found[.claim] ?? []) {
            try ApplicationTasks.review(claim, on: today, unit)
        }
        for visit in try unit.find(HomeService.self, all: found[.visit] ?? []) {
            try ApplicationTasks.review(visit, on: today, unit)
        }
        try CoverTasks.review(found[.cover] ?? [], on: today, unit)
    }

    /// What is open for these persons and households.
    static func promises(to ids: [UUID], on day: BusinessDate) -> Statement {
        """
        WITH concerned AS MATERIALIZED (SELECT DISTINCT id FROM unnest(\(ids)) AS c (id))
        SELECT 'loan', l.id FROM concerned AS c JOIN loan AS l ON l.borrower = c.id
        WHERE l.state IN ('applied', 'endorsed', 'approved', 'active', 'overdue')
        UNION ALL
        SELECT 'grant', g.id FROM concerned AS c JOIN grant_award AS g ON g.household = c.id
        WHERE g.state IN ('requested', 'endorsed', 'approved')
        UNION ALL
        SELECT 'visit', v.id FROM concerned AS c JOIN home_service AS v ON v.household = c.id
        WHERE v.state = 'ordered'
        UNION ALL
        SELECT 'claim', m.id FROM concerned AS c
        JOIN policy AS p ON p.insured = c.id AND p.state <> 'refused'
        JOIN claim AS m ON m.policy = p.id AND m.state IN ('filed', 'accepted')
        UNION ALL
        SELECT DISTINCT 'cover', p.insured FROM concerned AS c
        JOIN policy AS p ON p.insured = c.id AND p.state <> 'refused'
        WHERE p.state = 'active' AND p.cover_to >= \(day)
        ORDER BY 1, 2
        """
    }

    static let migration = Migration(
        "0019_life_review",
        """
        -- What is open for a person or household.
        CREATE INDEX loan_open ON loan (borrower)
        WHERE state IN ('applied', 'endorsed', 'approved', 'active', 'overdue');
        CREATE INDEX grant_unpaid ON grant_award (household)
        WHERE state IN ('requested', 'endorsed', 'approved');
        CREATE INDEX home_service_ordered ON home_service (household) WHERE state = 'ordered';
        """)
}
