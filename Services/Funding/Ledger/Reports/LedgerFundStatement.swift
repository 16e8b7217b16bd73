import ArgumentParser
import Foundation
import Messages
import Postgres

struct LedgerFundStatement: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fund-statement",
        abstract: "Print the assets of each fund and their sources, or the movements of one fund.",
        discussion: """
            Cash, reserved, receivable, losses, spent and handed on together equal capital and donations, so \
            the difference is 0.00. --fund prints the movements of that fund, by day and kind.
            """)

    @OptionGroup var options: LedgerOptions

    func run() throws {
        try options.print { connection in
            if let fund = options.fundID {
                return try Self.movements(connection, of: fund, asOf: options.day)
            }
            return try Self.report(connection, asOf: options.day)
        }
    }

    // MARK: All funds

    private static let sums = [
        "cash", "reserved", "receivable", "losses", "spent", "handed_on", "capital", "donated",
        "difference",
    ]

    static func report(
        _ connection: Connection, asOf day: BusinessDate? = nil
    ) throws -> LedgerReport {
        var report = LedgerReport(
            columns: [.init(name: "fund"), .init(name: "name"), .init(name: "kind")]
                + sums.map { .init(name: $0, isText: false) })
        let rows = try connection.run(
            """
            SELECT f.id::text, f.name_zh, f.kind,
                   coalesce(sum(e.amount_fen) FILTER (WHERE e.account = 'cash'), 0)::bigint,
                   coalesce(sum(e.amount_fen) FILTER (WHERE e.account = 'reserved'), 0)::bigint,
                   coalesce(sum(e.amount_fen) FILTER (WHERE e.account = 'receivable'), 0)::bigint,
                   coalesce(sum(e.amount_fen) FILTER (WHERE e.account = 'losses'), 0)::bigint,
                   coalesce(sum(e.amount_fen) FILTER (WHERE e.account LIKE '%\\_expense'), 0)::bigint,
                   coalesce(sum(e.amount_fen) FILTER (WHERE e.account = 'allocated'), 0)::bigint,
                   -coalesce(sum(e.amount_fen) FILTER (WHERE e.account = 'capital'), 0)::bigint,
                   -coalesce(sum(e.amount_fen) FILTER (WHERE e.account = 'donation_income'), 0)::bigint
            FROM fund AS f LEFT JOIN entry AS e
                ON e.fund = f.id AND (\(day) IS NULL OR e.business_date <= \(day))
            GROUP BY f.id, f.name_zh, f.kind ORDER BY f.name_zh, f.id
            """)
        var totals = Array(repeating: Int64(0), count: sums.count)
        for row in rows {
            var row = row.cursor()
            let (id, name) = (try row.next(String.self), try row.next(String.self))
            let kind = try row.next(String.self)
            var values = try (0..<sums.count - 1).map { _ in try row.next(Int64.self) }
            values.append(values[..<6].reduce(0, +) - values[6...].reduce(0, +))
            totals = zip(totals, values).map { $0 + $1 }
            report.rows.append(
                [.text(id), .text(name), .text(kind)] + values.map(LedgerReport.Cell.money))
            if let difference = values.last, difference != 0 {
                report.problems.append(
                    "\(id): what it has and what was put in differ by "
                        + LedgerReport.yuan(difference))
            }
        }
        report.rows.append(
            [.text("total"), .text(""), .text("")] + totals.map(LedgerReport.Cell.money))
        return report
    }

    // MARK: One fund

    static func movements(
        _ connection: Connection, of fund: UUID, asOf day: BusinessDate? = nil
    ) throws -> LedgerReport {
        var report = LedgerReport(columns: [
            .init(name: "day"), .init(name: "movement"), .init(name: "postings", isText: false),
            .init(name: "amount", isText: false), .init(name: "cash_change", isText: false),
            .init(name: "cash", isText: false),
        ])
        let rows = try connection.run(
            """
            SELECT t.business_date, t.kind, r.id IS NOT NULL, count(*), sum(t.amount_fen)::bigint,
                   sum(CASE 'cash' WHEN t.debit THEN t.amount_fen
                       WHEN t.credit THEN -t.amount_fen ELSE 0 END)::bigint
            FROM transfer AS t LEFT JOIN reversal AS r ON r.id = t.id
            WHERE t.fund = \(fund) AND (\(day) IS NULL OR t.business_date <= \(day))
            GROUP BY 1, 2, 3 ORDER BY 1, 3, 2
            """)
        var cash = Int64(0)
        for row in rows {
            var row = row.cursor()
            let (date, kind) = (try row.next(BusinessDate.self), try row.next(String.self))
            let isReversal = try row.next(Bool.self)
            let (count, amount) = (try row.next(Int64.self), try row.next(Int64.self))
            let change = try row.next(Int64.self)
            cash += change
            report.rows.append([
                .text("\(date)"), .text(isReversal ? "reversal of \(kind)" : kind), .count(count),
                .money(amount), .money(change), .money(cash),
            ])
        }
        report.problems += try differences(connection, of: fund, cash: cash, asOf: day)
        return report
    }

    /// The movements lead to the cash that the entries of the fund add up to; a revolving fund has
    /// what was put into it.
    private static func differences(
        _ connection: Connection, of fund: UUID, cash: Int64, asOf day: BusinessDate?
    ) throws -> [String] {
        let rows = try connection.run(
            """
            SELECT i.cash_fen,
                   CASE f.kind WHEN 'revolving' THEN i.difference_fen ELSE 0 END::bigint
            FROM fund AS f, LATERAL fund_identity(f.id, coalesce(\(day), 'infinity')) AS i
            WHERE f.id = \(fund)
            """)
        guard let row = rows.first else { return ["\(fund) is no fund"] }
        let (held, difference) = (
            try row.decode(Int64.self, at: 0), try row.decode(Int64.self, at: 1)
        )
        var problems: [String] = []
        if held != cash { problems.append("\(fund): the movements do not lead to the cash") }
        if difference != 0 {
            problems.append(
                "\(fund): cash, what is owed and losses differ from the net capital by "
                    + LedgerReport.yuan(difference))
        }
        return problems
    }
}
