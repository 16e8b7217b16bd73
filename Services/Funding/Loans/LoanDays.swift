import Foundation
import Messages
import Postgres

/// The state of a loan at the end of a business date, by what is known now of that day and those before.
struct LoanStanding: Equatable {
    let state: LoanState
    let owed: Fen
    /// Due and not paid.
    let overdue: Fen
}

/// The days of loans: what one was on a day, what date takes it further, and what no day may show.
enum LoanDays {
    /// A query of state, amount owed and amount overdue of a loan at the end of a day, whether its ageing was recorded or not.
    /// The state is null before the application.
    static func standing(of loan: UUID, on day: BusinessDate) -> Statement {
        "SELECT state, owed_fen, overdue_fen FROM loan_on(\(loan), \(day))"
    }

    /// - Returns: nil if there was no such loan on that day.
    static func standing(_ rows: Rows) throws -> LoanStanding? {
        guard var row = rows.first?.cursor(), let state = try row.next(optional: LoanState.self)
        else { return nil }
        return LoanStanding(state: state, owed: try row.next(), overdue: try row.next())
    }

    static let schema = """
        -- Whether a date alone takes the loan further: an approval that was not used lapses, a loan falls
        -- overdue or catches up.
        CREATE FUNCTION loan_is_due(of_loan loan, on_day date) RETURNS boolean
        LANGUAGE sql STABLE
        RETURN of_loan.last_on <= on_day AND CASE of_loan.state
            WHEN 'approved' THEN of_loan.usable_until < on_day
            WHEN 'active' THEN loan_overdue(of_loan, on_day) > 0
            WHEN 'overdue' THEN loan_overdue(of_loan, on_day) = 0
            ELSE false END;

        CREATE INDEX loan_ageing ON loan (fund) WHERE state IN ('approved', 'active', 'overdue');

        CREATE FUNCTION stamp_loan() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            NEW.changed_at := now();
            RETURN NEW;
        END $$;

        CREATE TRIGGER loan_changed BEFORE UPDATE ON loan FOR EACH ROW
        WHEN (NEW.changed_at = OLD.changed_at) EXECUTE FUNCTION stamp_loan();

        -- A repayment that is dated before another one was taken back must leave what is owed at zero or
        -- above on every day in between. Its loan is locked by whoever adds it. Other repayments need no look
        -- at days: what is owed in the end is the least.
        CREATE FUNCTION check_repayments() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM (
                    SELECT a.loan, min(a.business_date) AS day FROM added AS a
                    WHERE EXISTS (
                        SELECT FROM repayment AS r
                        WHERE r.loan = a.loan AND r.reversed_on > a.business_date)
                    GROUP BY a.loan) AS c
                JOIN loan AS l ON l.id = c.loan
                JOIN repayment AS d ON d.loan = c.loan AND d.business_date >= c.day
                WHERE loan_paid(l.id, d.business_date) > l.principal_fen)
            THEN
                RAISE EXCEPTION 'a loan would owe less than nothing on a business date'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'loan_never_overpaid',
                          TABLE = 'repayment';
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER check_repayments AFTER INSERT ON repayment
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION check_repayments();

        -- What a loan was at the end of a day. Amounts follow from its postings, and go before the steps in
        -- its history, which may have been recorded in another order.
        CREATE FUNCTION loan_on(
            of_loan uuid, on_day date, OUT state text, OUT owed_fen bigint, OUT overdue_fen bigint)
        LANGUAGE sql STABLE
        BEGIN ATOMIC
            SELECT CASE
                   WHEN o.fen > 0 AND v.fen > 0 THEN 'overdue'
                   WHEN o.fen > 0 THEN 'active'
                   WHEN h.state IN ('active', 'overdue') THEN 'repaid'
                   WHEN h.state = 'approved' AND l.usable_until < on_day THEN 'expired'
                   ELSE h.state END,
                   o.fen, v.fen
            FROM loan AS l
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(CASE t.debit WHEN 'receivable' THEN t.amount_fen
                                    ELSE -t.amount_fen END), 0)::bigint AS fen
                FROM transfer AS t
                WHERE t.id IN (SELECT r.cause FROM loan_record AS r WHERE r.loan = l.id
                               UNION ALL SELECT p.id FROM repayment AS p WHERE p.loan = l.id)
                  AND 'receivable' IN (t.debit, t.credit) AND t.business_date <= on_day) AS o
            CROSS JOIN LATERAL (SELECT least(o.fen, loan_overdue(l, on_day)) AS fen) AS v
            LEFT JOIN LATERAL (
                SELECT r.state FROM loan_record AS r WHERE r.loan = l.id AND r.day <= on_day
                ORDER BY r.day DESC, r.number DESC LIMIT 1) AS h ON true
            WHERE l.id = of_loan;
        END;
        """
}
