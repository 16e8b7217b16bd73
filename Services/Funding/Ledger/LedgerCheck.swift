import Postgres
import ServiceKit

/// The whole of the books against each other. The view reads every transfer: for operators and
/// tests.
enum LedgerCheck {
    /// Watches what can be seen at a glance: that the balances of each fund sum to zero. Accounts are few.
    static let job = Job("ledger-check", every: .seconds(5)) { context in
        let rows = try context.connection.run(
            """
            SELECT coalesce(max(abs(fen)), 0)::bigint
            FROM (SELECT sum(balance_fen) AS fen FROM account GROUP BY fund) f
            """)
        context.measure(
            "nuanxin_ledger_imbalance_fen", try rows.first?.decode(Int64.self, at: 0) ?? 0)
    }

    static let migration = Migration(
        "0008_ledger_check",
        """
        -- One row for each thing that is wrong; none while the books are sound.
        CREATE VIEW ledger_check AS
        WITH posted AS (
            SELECT fund, account, sum(amount_fen) AS fen FROM entry GROUP BY fund, account),
        balance AS (
            SELECT fund,
                   coalesce(sum(balance_fen) FILTER (WHERE name = 'cash'), 0) AS cash,
                   coalesce(sum(balance_fen) FILTER (WHERE name = 'reserved'), 0) AS reserved,
                   coalesce(sum(balance_fen) FILTER (WHERE name = 'receivable'), 0) AS receivable,
                   coalesce(sum(balance_fen) FILTER (WHERE name = 'losses'), 0) AS losses,
                   -coalesce(sum(balance_fen) FILTER (WHERE name = 'capital'), 0) AS capital,
                   -coalesce(sum(balance_fen) FILTER (WHERE name = 'donation_income'), 0)
                       AS donation_income,
                   coalesce(sum(balance_fen) FILTER (WHERE name = 'premium_expense'), 0)
                       AS premium_expense,
                   sum(balance_fen) AS everything
            FROM account GROUP BY fund)
        SELECT NULL::uuid AS fund, 'the balances do not sum to zero' AS problem
        FROM account HAVING sum(balance_fen) <> 0
        UNION ALL
        SELECT fund, 'the balances of a fund do not sum to zero' FROM balance WHERE everything <> 0
        UNION ALL
        SELECT coalesce(a.fund, p.fund), 'a balance is not the sum of its entries'
        FROM account AS a FULL JOIN posted AS p ON p.fund = a.fund AND p.account = a.name
        WHERE a.balance_fen IS DISTINCT FROM p.fen
        UNION ALL
        SELECT fund, 'reserved money or what is owed is below zero'
        FROM balance WHERE reserved < 0 OR receivable < 0
        UNION ALL
        SELECT coalesce(d.fund, e.fund), 'the days of free cash are not the sums of its entries'
        FROM fund_day AS d FULL JOIN (
            SELECT fund, business_date, sum(amount_fen) AS fen FROM entry
            WHERE account = 'cash' GROUP BY fund, business_date) AS e
            ON e.fund = d.fund AND e.business_date = d.day
        WHERE d.cash_fen IS DISTINCT FROM e.fen
        UNION ALL
        SELECT fund, 'free cash is below zero on a business date'
        FROM (SELECT DISTINCT fund FROM fund_day) AS f WHERE lowest_cash(f.fund, '-infinity') < 0
        UNION ALL
        SELECT b.fund, 'cash, what is owed and losses are not the net capital'
        FROM balance AS b JOIN fund AS f ON f.id = b.fund AND f.kind = 'revolving'
        WHERE b.cash + b.reserved + b.receivable + b.losses <> b.capital
        UNION ALL
        SELECT b.fund, 'what is owed is not what the loans say'
        FROM balance AS b
        WHERE b.receivable <> (
            SELECT coalesce(sum(l.outstanding_fen), 0) FROM loan AS l WHERE l.fund = b.fund)
        UNION ALL
        SELECT b.fund, 'what is reserved is not what the approved loans say'
        FROM balance AS b
        WHERE b.reserved <> (
            SELECT coalesce(sum(l.principal_fen), 0) FROM loan AS l
            WHERE l.fund = b.fund AND l.state = 'approved')
        UNION ALL
        SELECT b.fund, 'donation income is not what the donations say'
        FROM balance AS b FULL JOIN (
            SELECT fund, sum(amount_fen) AS fen FROM donation GROUP BY fund) AS d ON d.fund = b.fund
        WHERE coalesce(b.donation_income, 0) <> coalesce(d.fen, 0)
        UNION ALL
        SELECT b.fund, 'premium expense is not what the policies say'
        FROM balance AS b FULL JOIN (
            SELECT r.fund, sum(p.premium_fen) AS fen
            FROM policy AS p JOIN enrolment_run AS r ON r.id = p.run GROUP BY r.fund) AS p
            ON p.fund = b.fund
        WHERE coalesce(b.premium_expense, 0) <> coalesce(p.fen, 0);
        """)
}
