import Foundation
import Messages
import Postgres
import ServiceKit

/// Answers with the statement of a fund.
enum FundQueries {
    /// The largest UUID. No posting of a day stands behind it.
    private static let lastID = UUID(
        uuid: (255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255))

    static func fund(_ query: GetFund, _ unit: UnitOfWork) throws -> FundAnswer {
        guard let fund = try unit.find(Fund.self, query.fund.uuid) else {
            throw FundingQueries.unknown(.unknownFund, at: "/fund", unit)
        }
        try unit.requireScope(fund.territory, at: "/fund")
        let (postings, next) = try page(query, unit)
        unit.logReading(of: [fund.key])
        return FundAnswer(
            fund: FundSummary(
                fund: fund.id, kind: fund.kind, programme: fund.programme,
                territory: fund.territory, nameZh: fund.nameZh, nameEn: fund.nameEn,
                openedOn: fund.openedOn, state: fund.state.rawValue),
            accounts: query.after == nil ? try accounts(query, unit) : [], postings: postings,
            next: next)
    }

    /// The balances before and after the period: those of now without what was posted since. So the statement of a recent period
    /// reads recent postings only.
    private static func accounts(
        _ query: GetFund, _ unit: UnitOfWork
    ) throws -> [AccountAnswer] {
        let first = query.from ?? query.until.map { $0.adding(days: 1) }
        let rows = try unit.query(
            """
            SELECT a.name,
                   CASE WHEN \(query.from == nil) THEN 0 ELSE a.balance_fen
                        - coalesce(sum(e.amount_fen), 0) END::bigint,
                   (a.balance_fen - coalesce(
                        sum(e.amount_fen) FILTER (WHERE e.business_date > \(query.until)), 0)
                   )::bigint
            FROM account AS a
            LEFT JOIN entry AS e
                ON e.fund = \(query.fund) AND e.account = a.name AND e.business_date >= \(first)
            WHERE a.fund = \(query.fund)
            GROUP BY a.name, a.balance_fen ORDER BY a.name
            """)
        return try rows.map { row in
            AccountAnswer(
                account: try row.decode(String.self, at: 0),
                openingFen: Int(try row.decode(Int64.self, at: 1)),
                closingFen: Int(try row.decode(Int64.self, at: 2)))
        }
    }

    private static func page(
        _ query: GetFund, _ unit: UnitOfWork
    ) throws -> (postings: [PostingAnswer], next: TransferID?) {
        let from = query.from ?? BusinessDate.range.lowerBound
        var place = (day: from.adding(days: -1), id: lastID)
        if let after = query.after {
            let rows = try unit.query(
                """
                SELECT business_date FROM transfer
                WHERE id = \(after) AND fund = \(query.fund)
                """)
            guard let row = rows.first else {
                throw FundingQueries.unknown(.unknownTransfer, at: "/after", unit)
            }
            let day = try row.decode(BusinessDate.self, at: 0)
            if day >= from { place = (day, after.uuid) }
        }
        let until = query.until ?? BusinessDate.range.upperBound
        let limit = query.limit ?? FundingPage.usual
        let rows = try unit.query(
            """
            SELECT t.id, t.kind, t.debit, t.credit, t.amount_fen, t.business_date, t.cause,
                   r.transfer, v.id
            FROM transfer AS t
            LEFT JOIN reversal AS r ON r.id = t.id
            LEFT JOIN reversal AS v ON v.transfer = t.id
            WHERE t.fund = \(query.fund) AND t.business_date <= \(until)
              AND (t.business_date, t.id) > (\(place.day), \(place.id))
            ORDER BY t.business_date, t.id LIMIT \(limit + 1)
            """)
        return try PostingAnswer.page(rows, limit)
    }
}
