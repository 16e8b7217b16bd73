import Foundation
import Messages
import Postgres
import ServiceKit

/// One ageing of a fund's loans, so that its id counts once and its fact has a subject.
struct Ageing: Aggregate {
    let id: AgeingID
    let fund: FundID
    let asOf: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table<Ageing>(
        "ageing", key: "id",
        columns: [
            Column("id", { $0.id.uuid }), Column("fund", { $0.fund.uuid }),
            Column("as_of", { $0.asOf }),
        ]
    ) { row in
        Ageing(
            id: AgeingID(try row.next()), fund: FundID(try row.next()), asOf: try row.next(),
            sequence: 1)
    }
}

/// Lets time pass for loans: approvals that nobody used expire, and loans fall overdue or are so no
/// longer.
///
/// Time comes with a message, as all business dates do: `funding.loan.age` is sent once a day for
/// each fund, or whenever somebody wants to know. Running it twice, or twice at once, changes
/// nothing more: each loan is locked and looked at again before it takes its step.
enum LoanAgeing {
    /// Loans that one message ages: its transaction, and the batch of its facts, stay small.
    static let limit = 1_000

    static func register(in router: inout Router) {
        router.on(
            AgeLoans.self, keys: { $1.need(Ageing.self, $0.ageing.uuid) }, alone: true, age)
    }

    static func age(_ command: AgeLoans, _ unit: UnitOfWork) throws -> [Emission] {
        let fund = try unit.require(
            Fund.self, command.fund.uuid, else: .unknownFund, at: "/fund")
        try unit.requireScope(fund.territory, at: "/fund")
        guard fund.kind == .revolving else {
            throw Refusal(.wrongFundKind, at: "/fund", expected: "the id of a revolving fund")
        }
        try unit.requireNew(Ageing.self, command.ageing.uuid, else: .ageingExists, at: "/ageing")
        let due = try candidates(of: fund.id, on: command.asOf, unit)
        var emissions: [Emission] = []
        var states: [LoanState: Int] = [:]
        for var loan in try unit.find(Loan.self, all: Array(due.prefix(limit))) {
            guard let emission = try step(&loan, on: command.asOf, unit) else { continue }
            states[loan.state, default: 0] += 1
            emissions.append(emission)
        }
        var ageing = Ageing(id: command.ageing, fund: fund.id, asOf: command.asOf)
        let aged = LoansAged(
            ageing: ageing.id, fund: fund.id, programme: fund.programme, territory: fund.territory,
            asOf: command.asOf, expired: states[.expired] ?? 0,
            fellOverdue: states[.overdue] ?? 0, caughtUp: states[.active] ?? 0,
            isComplete: due.count <= limit)
        return emissions + [try unit.save(&ageing, aged)]
    }

    /// Loans that may have to take a step, one more than the limit if there are more.
    private static func candidates(
        of fund: FundID, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> [UUID] {
        let rows = try unit.query(
            """
            SELECT l.id
            FROM loan AS l
            JOIN loan_rule_version AS r ON r.programme = l.programme AND r.version = l.rule_version
            WHERE l.fund = \(fund.uuid) AND l.last_on <= \(day)
              AND l.state IN ('approved', 'active', 'overdue')
              AND CASE l.state
                  WHEN 'approved' THEN l.since + r.approval_days < \(day)
                  WHEN 'active' THEN loan_overdue(l, \(day)) > 0
                  WHEN 'overdue' THEN loan_overdue(l, \(day)) = 0
                  ELSE false
                  END
            ORDER BY l.id LIMIT \(limit + 1)
            """)
        return try rows.map { try $0.decode(UUID.self, at: 0) }
    }

    /// The step that a loan has to take on that day, judged by what it is now that it is locked.
    private static func step(
        _ loan: inout Loan, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Emission? {
        guard loan.lastOn <= day else { return nil }
        let overdue = loan.overdue(on: day)
        switch loan.state {
        case .approved:
            guard let rule = try LoanRules.version(of: loan, unit),
                loan.since.adding(days: Int(rule.approvalDays)) < day
            else { return nil }
            return try expire(&loan, on: day, unit)
        case .active where overdue > .zero:
            return try fallOverdue(&loan, overdue, on: day, unit)
        case .overdue where overdue == .zero:
            return try catchUp(
                &loan, on: day, from: try disbursement(of: loan.id, unit), unit)
        default:
            return nil
        }
    }

    private static func expire(
        _ loan: inout Loan, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Emission {
        try loan.step(.expire, on: day, at: "/asOf")
        let id = unit.id(of: "\(loan.id)")
        Ledger.post(.release, loan.principal, of: loan.fund, on: day, as: id, unit)
        let fact = LoanExpired(
            loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
            territory: loan.territory, principalFen: loan.principal, businessDate: day)
        return try Loans.record(fact, of: &loan, on: day, as: id, unit)
    }

    private static func fallOverdue(
        _ loan: inout Loan, _ overdue: Fen, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Emission {
        try loan.step(.fallOverdue, on: day, at: "/asOf")
        let fact = LoanFellOverdue(
            loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
            territory: loan.territory, principalFen: loan.principal, overdueFen: overdue,
            outstandingFen: loan.outstanding, businessDate: day,
            posting: try disbursement(of: loan.id, unit))
        return try Loans.record(
            fact, of: &loan, on: day, amount: overdue, as: unit.id(of: "\(loan.id)"), unit)
    }

    /// The posting that paid a loan out, and still stands.
    private static func disbursement(
        of loan: LoanID, _ unit: UnitOfWork
    ) throws -> TransferID? {
        let rows = try unit.query(
            """
            SELECT t.id FROM loan_record AS l
            JOIN transfer AS t ON t.id = l.cause AND t.kind = 'disbursement'
            WHERE l.loan = \(loan.uuid)
              AND NOT EXISTS (SELECT FROM reversal AS r WHERE t.id IN (r.id, r.transfer))
            """)
        return try rows.first.map { TransferID(try $0.decode(UUID.self, at: 0)) }
    }

    /// An overdue loan of which nothing is overdue any more.
    /// - Parameter posting: what it follows from: a repayment, or the disbursement if time alone has shown it.
    static func catchUp(
        _ loan: inout Loan, on day: BusinessDate, from posting: TransferID?, _ unit: UnitOfWork
    ) throws -> Emission {
        try loan.step(.catchUp, on: day, at: "/asOf")
        let fact = LoanCaughtUp(
            loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
            territory: loan.territory, principalFen: loan.principal,
            outstandingFen: loan.outstanding, businessDate: day, posting: posting)
        return try Loans.record(
            fact, of: &loan, on: day, as: unit.id(of: "\(loan.id)"), unit)
    }

    /// What a loan fell overdue after is looked for by the loan.
    static let recordMigration = Migration(
        "0045_loan_records", "CREATE INDEX loan_record_loan ON loan_record (loan)")

    static let migration = Migration(
        "0032_loan_ageing",
        """
        ALTER TABLE loan_rule
            ADD COLUMN term_months         integer NOT NULL DEFAULT 12 CHECK (term_months > 0),
            ADD COLUMN maximum_term_months integer NOT NULL DEFAULT 36
                CHECK (maximum_term_months >= 1),
            ADD COLUMN approval_days       integer NOT NULL DEFAULT 90 CHECK (approval_days > 0),
            ADD CHECK (term_months <= maximum_term_months);

        ALTER TABLE loan
            ADD COLUMN term_months  integer NOT NULL DEFAULT 12 CHECK (term_months > 0),
            ADD COLUMN disbursed_on date;
        UPDATE loan AS l SET disbursed_on = (
            SELECT min(r.day) FROM loan_record AS r WHERE r.loan = l.id AND r.state = 'active');

        ALTER TABLE loan
            DROP CONSTRAINT loan_state_check,
            DROP CONSTRAINT loan_check2,
            ADD CONSTRAINT loan_state_check CHECK (
                state IN ('applied', 'endorsed', 'approved', 'active', 'overdue', 'repaid',
                          'rejected', 'withdrawn', 'expired', 'written_off')),
            ADD CONSTRAINT loan_owed CHECK ((state IN ('active', 'overdue')) = (outstanding_fen > 0)),
            ADD CONSTRAINT loan_disbursed CHECK (
                (state IN ('active', 'overdue', 'repaid', 'written_off')) = (disbursed_on IS NOT NULL));

        DROP INDEX loan_one_open_per_borrower;
        CREATE UNIQUE INDEX loan_one_open_per_borrower ON loan (fund, borrower)
        WHERE state IN ('applied', 'endorsed', 'approved', 'active', 'overdue');

        ALTER TABLE repayment ADD COLUMN reversed_on date;
        CREATE INDEX repayment_loan ON repayment (loan);

        -- What had to be paid before a day: equal monthly instalments in whole fen, the last one
        -- takes what the division left over.
        CREATE FUNCTION instalments_due(
            principal_fen bigint, term_months integer, disbursed_on date, day date) RETURNS bigint
        LANGUAGE sql IMMUTABLE
        RETURN (
            SELECT CASE count(*) WHEN term_months THEN principal_fen
                   ELSE count(*) * (principal_fen / term_months) END
            FROM generate_series(1, term_months) AS number
            WHERE (disbursed_on + make_interval(months => number))::date < day);

        -- What of a loan is due and not paid at the end of a day.
        CREATE FUNCTION loan_overdue(of_loan loan, day date) RETURNS bigint
        LANGUAGE sql STABLE
        RETURN (
            SELECT greatest(0, instalments_due(
                of_loan.principal_fen, of_loan.term_months, of_loan.disbursed_on, day)
                - coalesce(sum(p.amount_fen), 0)::bigint)
            FROM repayment AS p
            WHERE p.loan = of_loan.id AND p.business_date <= day
              AND (p.reversed_on IS NULL OR p.reversed_on > day));

        CREATE TABLE ageing (
            id    uuid PRIMARY KEY,
            fund  uuid NOT NULL REFERENCES fund DEFERRABLE INITIALLY DEFERRED,
            as_of date NOT NULL
        );
        """)
}

extension RefusalCode {
    static let ageingExists = RefusalCode(
        "ageing_exists", "the id of an ageing that did not happen yet")
}
