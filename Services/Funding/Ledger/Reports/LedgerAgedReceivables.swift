import ArgumentParser
import Foundation
import Messages
import Postgres

struct LedgerAgedReceivables: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aged-receivables",
        abstract: "Print the debt of borrowers, by days overdue.",
        discussion: """
            Repayments count for the instalments in their order. An instalment is overdue from the day after \
            its due day. --as-of defaults to today in Asia/Shanghai.
            """)

    @OptionGroup var options: LedgerOptions

    func run() throws {
        try options.print { connection in
            let day = try options.day ?? Self.today(connection)
            return try Self.report(connection, fund: options.fundID, asOf: day)
        }
    }

    private static func today(_ connection: Connection) throws -> BusinessDate {
        let rows = try connection.run("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")
        return try rows.first?.decode(BusinessDate.self, at: 0) ?? BusinessDate.range.lowerBound
    }

    /// Days after the due day at which a column of the report ends.
    private static let ages: [Int64] = [30, 90]

    static func report(
        _ connection: Connection, fund: UUID? = nil, asOf day: BusinessDate
    ) throws -> LedgerReport {
        let names = ["owed", "not_due", "days_1_to_30", "days_31_to_90", "days_over_90"]
        var report = LedgerReport(
            columns: [
                .init(name: "fund"), .init(name: "loan"), .init(name: "territory"),
                .init(name: "state"), .init(name: "paid_out"),
                .init(name: "principal", isText: false),
            ] + names.map { .init(name: $0, isText: false) })
        var totals = Array(repeating: Int64(0), count: names.count + 1)
        var owed: [String: Int64] = [:]
        for row in try connection.run(loans(fund, day)) {
            var row = row.cursor()
            let (fund, loan) = (try row.next(String.self), try row.next(String.self))
            let (territory, paidOut) = (try row.next(String.self), try row.next(BusinessDate.self))
            let (principal, debt) = (try row.next(Int64.self), try row.next(Int64.self))
            let due = try (0..<3).map { _ in try row.next(Int64.self) }
            let columns = spread(debt, of: principal, due: due)
            let money = [principal, debt] + columns
            if columns.reduce(0, +) != debt || columns.contains(where: { $0 < 0 }) {
                report.problems.append("\(loan): its ages do not add up to what is owed")
            }
            totals = zip(totals, money).map { $0 + $1 }
            owed[fund, default: 0] += debt
            report.rows.append(
                [
                    .text(fund), .text(loan), .text(territory),
                    .text(columns[0] == debt ? "active" : "overdue"), .text("\(paidOut)"),
                ] + money.map(LedgerReport.Cell.money))
        }
        report.rows.append(
            [.text("total")] + Array(repeating: .text(""), count: 4)
                + totals.map(LedgerReport.Cell.money))
        report.problems += try differences(connection, fund, owed, asOf: day)
        return report
    }

    /// The debt that is not yet due, and the debt by age. Repayments count for the instalments in
    /// their order.
    /// - Parameter due: the instalments due before the day, and before the days of each age.
    static func spread(_ debt: Int64, of principal: Int64, due: [Int64]) -> [Int64] {
        let paid = principal - debt
        let overdue = due.map { min(debt, max(0, $0 - paid)) }
        return [
            debt - overdue[0], overdue[0] - overdue[1], overdue[1] - overdue[2], overdue[2],
        ]
    }

    private static func loans(_ fund: UUID?, _ day: BusinessDate) -> Statement {
        """
        SELECT l.fund::text, l.id::text, l.territory, o.paid_out, l.principal_fen, o.fen,
               instalments_due(l.principal_fen, l.term_months, o.paid_out, \(day)),
               instalments_due(l.principal_fen, l.term_months, o.paid_out,
                   \(day.adding(days: -Int(ages[0])))),
               instalments_due(l.principal_fen, l.term_months, o.paid_out,
                   \(day.adding(days: -Int(ages[1]))))
        FROM (
            SELECT p.loan, sum(p.fen)::bigint AS fen,
                   coalesce(min(l.disbursed_on), min(p.business_date)) AS paid_out
            FROM loan_posting AS p JOIN loan AS l ON l.id = p.loan
            WHERE p.business_date <= \(day) AND (\(fund) IS NULL OR p.fund = \(fund))
            GROUP BY p.loan HAVING sum(p.fen) <> 0) AS o
        JOIN loan AS l ON l.id = o.loan
        ORDER BY l.fund, l.territory, l.id
        """
    }

    /// Compares the debt of the loans with the receivables of the ledger.
    private static func differences(
        _ connection: Connection, _ fund: UUID?, _ owed: [String: Int64], asOf day: BusinessDate
    ) throws -> [String] {
        let rows = try connection.run(
            """
            SELECT fund::text, sum(amount_fen)::bigint FROM entry
            WHERE account = 'receivable' AND business_date <= \(day)
              AND (\(fund) IS NULL OR fund = \(fund))
            GROUP BY fund ORDER BY fund
            """)
        return try rows.compactMap { row in
            let id = try row.decode(String.self, at: 0)
            let difference = try row.decode(Int64.self, at: 1) - (owed[id] ?? 0)
            return difference == 0
                ? nil
                : "\(id): the loans and the ledger differ by \(LedgerReport.yuan(difference))"
        }
    }
}
