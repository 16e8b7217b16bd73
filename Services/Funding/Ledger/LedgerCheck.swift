import Postgres
import ServiceKit

/// Checks the books against each other.
///
/// The view `ledger_check` has a row for each thing that is wrong, and reads every transfer: it is
/// for operators and tests. Each feature's schema creates its own part of it.
enum LedgerCheck {
    /// Measures every 5 seconds how far the balances of a fund are from summing to zero. There are
    /// few accounts, so this is cheap.
    static let job = Job("ledger-check", every: .seconds(5)) { context in
        let rows = try context.connection.run(
            """
            SELECT least(coalesce(max(abs(fen)), 0), 1e18)::bigint
            FROM (SELECT sum(balance_fen) AS fen FROM account GROUP BY fund) f
            """)
        context.measure(
            "nuanxin_ledger_imbalance_fen", try rows.first?.decode(Int64.self, at: 0) ?? 0)
    }

    static let migration = Migration(
        "0012_ledger_check",
        """
        -- One row for each thing that is wrong; none while the books are sound.
        CREATE VIEW ledger_check AS
        SELECT fund, problem FROM ledger_check_balances
        UNION ALL SELECT fund, problem FROM ledger_check_lending
        UNION ALL SELECT fund, problem FROM ledger_check_giving
        UNION ALL SELECT fund, problem FROM ledger_check_insurance
        UNION ALL SELECT fund, problem FROM ledger_check_spending;
        """)
}
