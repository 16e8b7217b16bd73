import Foundation
import Messages
import Postgres
import ServiceKit

/// A loan of a revolving fund. The money that it moves is in the ledger, its history in `LoanRecord`.
struct Loan: Aggregate {
    let id: LoanID
    let fund: FundID
    let programme: Programme
    let borrower: PersonID
    /// The community that proposed it.
    let territory: TerritoryCode
    let principal: Fen
    /// The version of the programme's rule under which it was applied for.
    let ruleVersion: Int32
    var state = LoanState.applied
    /// The business date from which it is in that state.
    var since: BusinessDate
    /// The latest business date of anything that happened to it.
    var lastOn: BusinessDate
    /// The amount owed; above 0 exactly while the loan is active or overdue.
    var outstanding = Fen.zero
    /// The number of equal monthly instalments.
    var termMonths: Int32 = 12
    /// The business date on which it was paid out. Its schedule begins then.
    var disbursedOn: BusinessDate?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    /// Its instalments; nil before it is paid out.
    var schedule: LoanSchedule? {
        disbursedOn.map {
            LoanSchedule(principal: principal, months: Int(termMonths), disbursedOn: $0)
        }
    }

    /// Changes to the state after a step. Refuses a step that the state does not allow, or that is dated
    /// before the previous one. Repayments may come in any order among themselves.
    /// - Parameter pointer: where the command has the day.
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
    /// - Parameter borrower: the current id of the borrower.
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

/// A repayment. The row makes sure that its id counts once; its money is in the ledger.
struct Repayment: Row {
    let id: RepaymentID
    let loan: LoanID
    let amount: Fen
    let businessDate: BusinessDate
    /// The business date of its reversal.
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

/// A step of a loan: on whose authority, when and why. Rows are only added.
struct LoanRecord: Record {
    let loan: LoanID
    /// The state after the step.
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
