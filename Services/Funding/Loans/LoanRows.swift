import Foundation
import Messages
import Postgres
import ServiceKit

/// A loan of a revolving fund. The money it moves stands in the ledger, its history in
/// `LoanRecord`.
struct Loan: Aggregate {
    let id: LoanID
    let fund: FundID
    let programme: Programme
    let borrower: PersonID
    /// The community that proposed it.
    let territory: TerritoryCode
    let principal: Fen
    /// The version of the programme's rule by which it was taken in.
    let ruleVersion: Int32
    var state = LoanState.applied
    /// The business date from which it is in that state.
    var since: BusinessDate
    /// The latest business date of anything that happened to it.
    var lastOn: BusinessDate
    /// What is owed; above 0 exactly while it is active or overdue.
    var outstanding = Fen.zero
    /// Equal monthly instalments.
    var termMonths: Int32 = 12
    /// The business date on which it was paid out; its schedule begins then.
    var disbursedOn: BusinessDate?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    /// When which part of it is due; nil before it is paid out.
    var schedule: LoanSchedule? {
        disbursedOn.map {
            LoanSchedule(principal: principal, months: Int(termMonths), disbursedOn: $0)
        }
    }

    /// Goes over to the state after a step, if the state and the day allow it. No step
    /// may be dated before the one before it; repayments may come in any order among themselves.
    /// - Parameter pointer: where the command says the day.
    mutating func step(
        _ step: LoanStep, on day: BusinessDate, at pointer: String
    ) throws(Refusal) {
        let next = try state.after(step)
        let isRepayment = if case .repay = step { true } else { false }
        try day.require(
            from: isRepayment ? disbursedOn ?? since : lastOn, else: .dateTooEarly, at: pointer)
        lastOn = max(lastOn, day)
        if next != state { (state, since) = (next, lastOn) }
    }

    static let table = Table<Loan>(
        "loan", key: "id",
        columns: [
            Column("id", { $0.id.uuid }), Column("fund", { $0.fund.uuid }),
            Column("programme", { $0.programme }), Column("borrower", { $0.borrower.uuid }),
            Column("territory", { $0.territory }), Column("principal_fen", { $0.principal }),
            Column("rule_version", { $0.ruleVersion }), Column("state", { $0.state.rawValue }),
            Column("since", { $0.since }), Column("last_on", { $0.lastOn }),
            Column("outstanding_fen", { $0.outstanding }),
            Column("term_months", { $0.termMonths }),
            Column("disbursed_on", optional: { $0.disbursedOn }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        Loan(
            id: LoanID(try row.next()), fund: FundID(try row.next()), programme: try row.next(),
            borrower: PersonID(try row.next()), territory: try row.next(),
            principal: try row.next(), ruleVersion: try row.next(),
            state: try row.next(enum: LoanState.self), since: try row.next(),
            lastOn: try row.next(), outstanding: try row.next(), termMonths: try row.next(),
            disbursedOn: try row.next(optional: BusinessDate.self), sequence: try row.next())
    }
}

extension Loan {
    /// - Parameter borrower: whom the id in the command means.
    init(
        _ command: ApplyForLoan, by borrower: PersonID, _ programme: Programme, _ rule: LoanRule
    ) {
        self.init(
            id: command.loan, fund: command.fund, programme: programme, borrower: borrower,
            territory: command.actor.territory, principal: command.principalFen,
            ruleVersion: rule.version, since: command.appliedOn, lastOn: command.appliedOn,
            termMonths: command.termMonths.map(Int32.init) ?? rule.termMonths)
    }
}

/// A repayment, so that its id counts once. What it paid stands in the ledger too.
struct Repayment: Row {
    let id: RepaymentID
    let loan: LoanID
    let amount: Fen
    let businessDate: BusinessDate
    /// When it was found to be wrong and was taken back.
    var reversedOn: BusinessDate?

    var key: UUID { id.uuid }

    static let table = Table<Repayment>(
        "repayment", key: "id",
        columns: [
            Column("id", { $0.id.uuid }), Column("loan", { $0.loan.uuid }),
            Column("amount_fen", { $0.amount }), Column("business_date", { $0.businessDate }),
            Column("reversed_on", optional: { $0.reversedOn }),
        ]
    ) { row in
        Repayment(
            id: RepaymentID(try row.next()), loan: LoanID(try row.next()), amount: try row.next(),
            businessDate: try row.next(), reversedOn: try row.next(optional: BusinessDate.self))
    }
}

extension Repayment {
    init(_ command: RepayLoan) {
        self.init(
            id: command.repayment, loan: command.loan, amount: command.amountFen,
            businessDate: command.businessDate)
    }
}

/// What happened to a loan, on whose authority and why. Only ever added to.
struct LoanRecord: Record {
    let loan: LoanID
    /// The state that it led to.
    let state: LoanState
    let day: BusinessDate
    let amount: Fen?
    let staff: StaffID?
    let reason: String?
    let cause: UUID

    static let table = RecordTable<LoanRecord>(
        "loan_record",
        columns: [
            Column("loan", { $0.loan.uuid }), Column("state", { $0.state.rawValue }),
            Column("day", { $0.day }), Column("amount_fen", optional: { $0.amount }),
            Column("staff", optional: { $0.staff?.uuid }),
            Column("reason", optional: { $0.reason }),
            Column("cause", { $0.cause }),
        ])
}

extension Loans {
    /// The text once had the rule of one district's programme, which a database keeps that got it then.
    static let migration = Migration(
        "0005_loans",
        """
        CREATE TABLE loan_rule (
            programme    text    PRIMARY KEY,
            version      integer NOT NULL CHECK (version > 0),
            minimum_fen  bigint  NOT NULL CHECK (minimum_fen > 0),
            maximum_fen  bigint  NOT NULL CHECK (maximum_fen >= minimum_fen),
            borrower_sex text    NOT NULL CHECK (borrower_sex IN ('male', 'female'))
        );

        CREATE TABLE loan (
            id              uuid    PRIMARY KEY,
            fund            uuid    NOT NULL REFERENCES fund DEFERRABLE INITIALLY DEFERRED,
            programme       text    NOT NULL,
            borrower        uuid    NOT NULL REFERENCES person DEFERRABLE INITIALLY DEFERRED,
            territory       text    COLLATE "C" NOT NULL CHECK (char_length(territory) = 12),
            principal_fen   bigint  NOT NULL CHECK (principal_fen > 0),
            rule_version    integer NOT NULL,
            state           text    NOT NULL
                            CHECK (state IN ('applied', 'endorsed', 'approved', 'active', 'repaid',
                                             'rejected', 'withdrawn', 'written_off')),
            since           date    NOT NULL,
            last_on         date    NOT NULL CHECK (last_on >= since),
            outstanding_fen bigint  NOT NULL,
            sequence        bigint  NOT NULL CHECK (sequence > 0),
            CHECK (outstanding_fen BETWEEN 0 AND principal_fen),
            CHECK ((state = 'active') = (outstanding_fen > 0))
        );

        CREATE UNIQUE INDEX loan_one_open_per_borrower ON loan (fund, borrower)
        WHERE state IN ('applied', 'endorsed', 'approved', 'active');

        CREATE TABLE repayment (
            id            uuid   PRIMARY KEY,
            loan          uuid   NOT NULL REFERENCES loan DEFERRABLE INITIALLY DEFERRED,
            amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
            business_date date   NOT NULL
        );

        CREATE TABLE loan_record (
            cause      uuid   PRIMARY KEY,
            loan       uuid   NOT NULL REFERENCES loan DEFERRABLE INITIALLY DEFERRED,
            state      text   NOT NULL,
            day        date   NOT NULL,
            amount_fen bigint,
            staff      uuid,
            reason     text
        );

        CREATE TRIGGER loan_record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON loan_record
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """,
        once: ["14762e3b6f76fbc2264f6703aca6ecd52225498dd741faab00853a3852ae09a4"])
}
