import Foundation
import Messages
import Postgres
import ServiceKit

/// The ledger's account of one loan at the end of a day.
struct LoanBooks {
    let reserved: Fen
    let owed: Fen
    let writtenOff: Fen
    let repaid: Fen
    /// The day on which it was paid out, unless that was taken back by then.
    let disbursedOn: BusinessDate?

    static func read(
        _ loan: Loan, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> LoanBooks {
        let rows = try unit.query(
            """
            \(part: postings(of: loan, until: day)),
            entries (account, fen) AS (
                SELECT debit, amount_fen FROM posting
                UNION ALL SELECT credit, -amount_fen FROM posting)
            SELECT coalesce(sum(e.fen) FILTER (WHERE e.account = 'reserved'), 0)::bigint,
                   coalesce(sum(e.fen) FILTER (WHERE e.account = 'receivable'), 0)::bigint,
                   coalesce(sum(e.fen) FILTER (WHERE e.account = 'losses'), 0)::bigint,
                   (SELECT coalesce(sum(CASE p.debit WHEN 'cash' THEN p.amount_fen
                                        ELSE -p.amount_fen END), 0)::bigint
                    FROM posting AS p WHERE p.kind = 'repayment'),
                   (SELECT max(p.business_date) FROM posting AS p
                    WHERE p.kind = 'disbursement' AND p.reverses IS NULL
                      AND p.reversed_by IS NULL)
            FROM entries AS e
            """)
        guard var row = rows.first?.cursor() else {
            return LoanBooks(
                reserved: .zero, owed: .zero, writtenOff: .zero, repaid: .zero, disbursedOn: nil)
        }
        return LoanBooks(
            reserved: try row.next(), owed: try row.next(), writtenOff: try row.next(),
            repaid: try row.next(), disbursedOn: try row.next(optional: BusinessDate.self))
    }

    /// A common table expression `posting`: the loan's transfers up to a day. Each has the transfer that it reverses, or the one
    /// that has reversed it by then.
    static func postings(of loan: Loan, until day: BusinessDate) -> Statement {
        """
        WITH own AS (
            SELECT id FROM repayment WHERE loan = \(loan.key)
            UNION SELECT cause FROM loan_record WHERE loan = \(loan.key)),
        posted AS (
            SELECT id FROM own
            UNION SELECT r.id FROM own AS o JOIN reversal AS r ON r.transfer = o.id),
        posting AS (
            SELECT t.id, t.kind, t.debit, t.credit, t.amount_fen, t.business_date, t.cause,
                   r.transfer AS reverses, v.id AS reversed_by
            FROM posted AS p
            JOIN transfer AS t ON t.id = p.id AND t.fund = \(loan.fund)
            LEFT JOIN reversal AS r ON r.id = t.id
            LEFT JOIN reversal AS v ON v.transfer = t.id AND v.business_date <= \(day)
            WHERE t.business_date <= \(day))
        """
    }

    /// Its instalments; nil if it was not paid out by that day.
    func schedule(of loan: Loan) -> LoanSchedule? {
        disbursedOn.map {
            LoanSchedule(
                principal: loan.principal, months: Int(loan.termMonths), disbursedOn: $0)
        }
    }

    /// The amount that was due before that day and is not paid. A written-off loan has none.
    func overdue(_ schedule: LoanSchedule?, on day: BusinessDate) -> Fen {
        guard owed > .zero, let schedule else { return .zero }
        return max(.zero, schedule.due(before: day) - repaid)
    }

    /// The state at the end of the day. Repayments may have come in any order, so the ledger says it from the approval on, and the
    /// loan's records before. Refuses a day before the application.
    func state(of loan: Loan, on day: BusinessDate, _ unit: UnitOfWork) throws -> LoanState {
        if owed > .zero {
            return overdue(schedule(of: loan), on: day) > .zero ? .overdue : .active
        }
        if reserved > .zero { return .approved }
        if writtenOff > .zero { return .writtenOff }
        if disbursedOn != nil { return .repaid }
        let rows = try unit.query(
            """
            SELECT state FROM loan_record
            WHERE loan = \(loan.key) AND day <= \(day)
              AND state IN ('applied', 'endorsed', 'rejected', 'withdrawn', 'expired')
            ORDER BY day DESC,
                     CASE state WHEN 'applied' THEN 1 WHEN 'endorsed' THEN 2 ELSE 3 END DESC
            LIMIT 1
            """)
        guard let row = rows.first else {
            let expected = "a date on or after the application"
            throw Refusal(.dateTooEarly, at: "/asOf", expected: expected)
        }
        return try row.decode(LoanState.self, at: 0)
    }
}

extension PostingAnswer {
    /// One page of postings.
    /// - Parameter rows: one more than the limit, if there are more.
    static func page(
        _ rows: Rows, _ limit: Int
    ) throws -> (postings: [PostingAnswer], next: TransferID?) {
        let postings = try rows.prefix(limit).map { row in
            var row = row.cursor()
            return PostingAnswer(
                transfer: TransferID(try row.next()), kind: try row.next(),
                debit: try row.next(), credit: try row.next(), amountFen: try row.next(),
                businessDate: try row.next(), cause: try row.next(),
                reverses: try row.next(optional: UUID.self).map { TransferID($0) },
                reversedBy: try row.next(optional: UUID.self).map { TransferID($0) })
        }
        return (postings, rows.count > limit ? postings.last?.transfer : nil)
    }
}
