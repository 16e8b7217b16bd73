import ServiceKit

/// The check of the books, taken apart: each feature replaces its own part.
enum LedgerCheckParts {
    static let migration = Migration(
        "0011_ledger_check_parts",
        """
        -- Each fund with each account there is; 0 where nothing was posted.
        CREATE VIEW account_balance AS
            SELECT f.id AS fund, f.kind AS fund_kind, n.name AS account,
                   coalesce(a.balance_fen, 0) AS fen
            FROM fund AS f
            CROSS JOIN (SELECT debit AS name FROM transfer_kind
                        UNION SELECT credit FROM transfer_kind) AS n
            LEFT JOIN account AS a ON a.fund = f.id AND a.name = n.name;

        -- What holds of every ledger, whatever it is used for.
        CREATE VIEW ledger_check_balances AS
        WITH posted AS (
            SELECT fund, account, sum(amount_fen) AS fen FROM entry GROUP BY fund, account)
        SELECT NULL::uuid AS fund, 'the balances do not sum to zero' AS problem
        FROM account HAVING sum(balance_fen) <> 0
        UNION ALL
        SELECT fund, 'the balances of a fund do not sum to zero'
        FROM account GROUP BY fund HAVING sum(balance_fen) <> 0
        UNION ALL
        SELECT coalesce(a.fund, p.fund), 'a balance is not the sum of its entries'
        FROM account AS a FULL JOIN posted AS p ON p.fund = a.fund AND p.account = a.name
        WHERE a.balance_fen IS DISTINCT FROM p.fen
        UNION ALL
        SELECT coalesce(d.fund, e.fund), 'the days of free cash are not the sums of its entries'
        FROM fund_day AS d FULL JOIN (
            SELECT fund, business_date, sum(amount_fen) AS fen FROM entry
            WHERE account = 'cash' GROUP BY fund, business_date) AS e
            ON e.fund = d.fund AND e.business_date = d.day
        WHERE d.cash_fen IS DISTINCT FROM e.fen
        UNION ALL
        SELECT fund, 'free cash is below zero on a business date'
        FROM (SELECT DISTINCT fund FROM fund_day) AS f WHERE lowest_cash(f.fund, '-infinity') < 0;

        CREATE VIEW ledger_check_lending AS
        SELECT fund, 'reserved money or what is owed is below zero' AS problem
        FROM account_balance WHERE account IN ('reserved', 'receivable') AND fen < 0
        UNION ALL
        SELECT fund, 'cash, what is owed and losses are not the net capital'
        FROM account_balance
        WHERE fund_kind = 'revolving'
          AND account IN ('cash', 'reserved', 'receivable', 'losses', 'capital')
        GROUP BY fund HAVING sum(fen) <> 0
        UNION ALL
        SELECT b.fund, 'what is owed is not what the loans say'
        FROM account_balance AS b
        WHERE b.account = 'receivable' AND b.fen <> (
            SELECT coalesce(sum(l.outstanding_fen), 0) FROM loan AS l WHERE l.fund = b.fund)
        UNION ALL
        SELECT b.fund, 'what is reserved is not what the approved loans say'
        FROM account_balance AS b
        WHERE b.account = 'reserved' AND b.fen <> (
            SELECT coalesce(sum(l.principal_fen), 0) FROM loan AS l
            WHERE l.fund = b.fund AND l.state = 'approved');

        CREATE VIEW ledger_check_giving AS
        SELECT b.fund, 'donation income is not what the donations say' AS problem
        FROM account_balance AS b
        WHERE b.account = 'donation_income' AND -b.fen <> (
            SELECT coalesce(sum(d.amount_fen), 0) FROM donation AS d WHERE d.fund = b.fund);

        CREATE VIEW ledger_check_insurance AS
        SELECT b.fund, 'premium expense is not what the policies say' AS problem
        FROM account_balance AS b
        WHERE b.account = 'premium_expense' AND b.fen <> (
            SELECT coalesce(sum(p.premium_fen), 0)
            FROM policy AS p JOIN enrolment_run AS r ON r.id = p.run WHERE r.fund = b.fund);

        -- Grants, once there are any.
        CREATE VIEW ledger_check_spending AS
        SELECT NULL::uuid AS fund, NULL::text AS problem WHERE false;

        -- One row for each thing that is wrong; none while the books are sound.
        CREATE OR REPLACE VIEW ledger_check AS
        SELECT fund, problem FROM ledger_check_balances
        UNION ALL SELECT fund, problem FROM ledger_check_lending
        UNION ALL SELECT fund, problem FROM ledger_check_giving
        UNION ALL SELECT fund, problem FROM ledger_check_insurance
        UNION ALL SELECT fund, problem FROM ledger_check_spending;
        """)
}
