import ArgumentParser
import Foundation
import Messages
import Postgres

struct LedgerTrialBalance: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trial-balance",
        abstract: "Print the balance of every account; debits equal credits.")

    @OptionGroup var options: LedgerOptions

    func run() throws {
        try options.print { try Self.report($0, fund: options.fundID, asOf: options.day) }
    }

    /// Adds the entries up anew; without a day it also compares them with the balances.
    static func report(
        _ connection: Connection, fund: UUID? = nil, asOf day: BusinessDate? = nil
    ) throws -> LedgerReport {
        var report = LedgerReport(columns: [
            .init(name: "fund"), .init(name: "name"), .init(name: "account"),
            .init(name: "debit", isText: false), .init(name: "credit", isText: false),
        ])
        let rows = try connection.run(
            """
            SELECT f.id::text, f.name_zh, e.account, sum(e.amount_fen)::bigint,
                   coalesce((SELECT a.balance_fen FROM account AS a
                             WHERE a.fund = f.id AND a.name = e.account), 0)
            FROM entry AS e JOIN fund AS f ON f.id = e.fund
            WHERE (\(fund) IS NULL OR e.fund = \(fund))
              AND (\(day) IS NULL OR e.business_date <= \(day))
            GROUP BY f.id, f.name_zh, e.account ORDER BY f.name_zh, f.id, e.account
            """)
        var (debits, credits) = (Int64(0), Int64(0))
        var sums: [String: Int64] = [:]
        for row in rows {
            var row = row.cursor()
            let (id, name) = (try row.next(String.self), try row.next(String.self))
            let (account, fen) = (try row.next(String.self), try row.next(Int64.self))
            let balance = try row.next(Int64.self)
            if day == nil && balance != fen {
                report.problems.append("\(id): the balance of \(account) is not its entries' sum")
            }
            sums[id, default: 0] += fen
            debits += max(fen, 0)
            credits += max(-fen, 0)
            report.rows.append([
                .text(id), .text(name), .text(account), .money(max(fen, 0)), .money(max(-fen, 0)),
            ])
        }
        for (id, sum) in sums.sorted(by: { $0.key < $1.key }) where sum != 0 {
            report.problems.append("\(id): debits and credits differ by \(LedgerReport.yuan(sum))")
        }
        report.rows.append([
            .text("total"), .text(""), .text(""), .money(debits), .money(credits),
        ])
        return report
    }
}
