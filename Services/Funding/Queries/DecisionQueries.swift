import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Answers what waits for whose decision, by the steps of co-management: the subdistrict endorses what a community has proposed,
/// the district decides. `Loans`, `Grants`, `Claims` and `Enrolments` require the same of the actor.
enum DecisionQueries {
    static func decisions(_ query: ListDecisions, _ unit: UnitOfWork) throws -> DecisionsAnswer {
        let limit = query.limit ?? FundingPage.usual
        let rows = try unit.query(statement(query, limit + 1))
        let page = try rows.prefix(limit).map { try decision($0, unit) }
        let shown = try page.filter { try unit.covers($0.territory) }
        unit.logReading(of: shown.compactMap(\.subject))
        let next = rows.count > limit ? page.last : nil
        return DecisionsAnswer(
            decisions: shown,
            next: next.map { DecisionPlace(since: $0.since, record: $0.record) })
    }

    private static func decision(
        _ row: ResultRow, _ unit: UnitOfWork
    ) throws -> DecisionAnswer {
        var row = row.cursor()
        var decision = DecisionAnswer(
            kind: try row.next(), record: try row.next(), state: try row.next(),
            programme: try row.next(), territory: try row.next(),
            subject: try row.next(optional: UUID.self), amountFen: try row.next(optional: Fen.self),
            level: try row.next(), since: try row.next(), daysWaiting: 0)
        decision.daysWaiting = max(0, Int(unit.days.today.day - decision.since.day))
        // Units that have taken the record's own over may have different branches around them.
        let branches = Set(
            try unit.standing(decision.territory).map {
                $0.ancestor(at: decision.level.territory)
            })
        decision.decidedBy = branches.count == 1 ? branches.first.flatMap { $0 } : nil
        return decision
    }

    /// Each of the four parts is read by an index of what is undecided, which is little.
    private static func statement(_ query: ListDecisions, _ count: Int) -> Statement {
        let parts = [loans, grants, claims, runs].map { part(of: query, $0, count) }
        return """
            SELECT kind, id, state, programme, territory, subject, amount_fen, level, since
            FROM ((\(part: parts[0])) UNION ALL (\(part: parts[1])) UNION ALL (\(part: parts[2]))
                  UNION ALL (\(part: parts[3]))) AS undecided
            ORDER BY since, id LIMIT \(count)
            """
    }

    private static func part(
        of query: ListDecisions, _ source: Statement, _ count: Int
    ) -> Statement {
        let (kind, level) = (query.kind?.rawValue, query.level?.rawValue)
        return """
            SELECT kind, id, state, programme, territory, subject, amount_fen, level, since
            FROM (\(part: source)) AS source
            WHERE territory >= \(query.territory) AND territory < \(query.territory) || ':'
              AND (\(kind == nil) OR kind = \(kind)) AND (\(level == nil) OR level = \(level))
              AND (\(query.after == nil)
                   OR (since, id) > (\(query.after?.since), \(query.after?.record)))
            ORDER BY since, id LIMIT \(count)
            """
    }

    private static let loans: Statement = """
        SELECT 'loan' AS kind, id, state, programme, territory, borrower AS subject,
               principal_fen AS amount_fen,
               CASE state WHEN 'applied' THEN 'subdistrict' ELSE 'district' END AS level, since
        FROM loan WHERE state IN ('applied', 'endorsed')
        """

    /// No subdistrict is above a district, which endorses what it has proposed itself.
    private static let grants: Statement = """
        SELECT 'grant' AS kind, id, state, programme, territory, household AS subject, amount_fen,
               CASE WHEN state = 'requested' AND char_length(territory) >= 9 THEN 'subdistrict'
                    ELSE 'district' END AS level, since
        FROM grant_award WHERE state IN ('requested', 'endorsed')
        """

    private static let claims: Statement = """
        SELECT 'claim' AS kind, c.id, c.state, c.programme, c.territory, p.insured AS subject,
               c.amount_fen, 'district' AS level, c.last_on AS since
        FROM claim AS c JOIN policy AS p ON p.id = c.policy WHERE c.state = 'filed'
        """

    /// The freeze and the evaluation of a run have no business dates.
    private static let runs: Statement = """
        SELECT 'run' AS kind, id, state, programme, territory, NULL::uuid AS subject,
               NULL::bigint AS amount_fen, 'district' AS level, last_on AS since
        FROM enrolment_run WHERE state = 'evaluated'
        """
}
