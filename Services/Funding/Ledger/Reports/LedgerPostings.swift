import ArgumentParser
import Foundation
import Messages
import Postgres

struct LedgerPostings: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "postings",
        abstract:
            "Print postings with their ids, which funding.transfer.reverse takes.",
        discussion: "At most 10,000, newest first.")

    @OptionGroup var options: LedgerOptions

    func run() throws {
        try options.print { try Self.report($0, fund: options.fundID, asOf: options.day) }
    }

    /// Postings that one report holds in memory.
    private static let limit = 10_000

    static func report(
        _ connection: Connection, fund: UUID? = nil, asOf day: BusinessDate? = nil
    ) throws -> LedgerReport {
        var report = LedgerReport(columns: [
            .init(name: "day"), .init(name: "transfer"), .init(name: "fund"), .init(name: "kind"),
            .init(name: "debit"), .init(name: "credit"), .init(name: "amount", isText: false),
            .init(name: "state"),
        ])
        let rows = try connection.run(
            """
            SELECT t.business_date, t.id::text, t.fund::text, t.kind, t.debit, t.credit,
                   t.amount_fen,
                   CASE WHEN EXISTS (SELECT 1 FROM reversal AS r WHERE r.id = t.id)
                        THEN 'reversal'
                        WHEN EXISTS (SELECT 1 FROM reversal AS r WHERE r.transfer = t.id)
                        THEN 'reversed' ELSE '' END
            FROM transfer AS t
            WHERE (\(fund) IS NULL OR t.fund = \(fund))
              AND (\(day) IS NULL OR t.business_date <= \(day))
            ORDER BY t.business_date DESC, t.id LIMIT \(limit)
            """)
        report.rows = try rows.map { row in
            var row = row.cursor()
            let day = try row.next(BusinessDate.self)
            let names = try (0..<5).map { _ in try row.next(String.self) }
            let amount = try row.next(Int64.self)
            return [.text("\(day)")] + names.map(LedgerReport.Cell.text)
                + [.money(amount), .text(try row.next(String.self))]
        }
        return report
    }
}
