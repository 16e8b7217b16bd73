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
    /// The last business date on which it may be paid out; set when it is approved.
    var usableUntil: BusinessDate?
    /// The latest business date on which a repayment was taken back.
    var correctedOn: BusinessDate?
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

    static let table = Table(
        "loan", key: "id", Loan.init,
        Field("id", \.id), Field("fund", \.fund), Field("programme", \.programme),
        Field("borrower", \.borrower), Field("territory", \.territory),
        Field("principal_fen", \.principal), Field("rule_version", \.ruleVersion),
        Field("state", \.state), Field("since", \.since), Field("last_on", \.lastOn),
        Field("outstanding_fen", \.outstanding), Field("term_months", \.termMonths),
        Field("disbursed_on", \.disbursedOn), Field("usable_until", \.usableUntil),
        Field("corrected_on", \.correctedOn), Field("sequence", \.sequence))
}

extension Loan {
    /// The loan keeps the id under which the borrower applied.
    init(_ command: ApplyForLoan, _ programme: Programme, _ rule: LoanRule) {
        self.init(
            id: command.loan, fund: command.fund, programme: programme,
            borrower: command.borrower,
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

    static let table = Table(
        "repayment", key: "id", Repayment.init,
        Field("id", \.id), Field("loan", \.loan), Field("amount_fen", \.amount),
        Field("business_date", \.businessDate), Field("reversed_on", \.reversedOn))
}

extension Repayment {
    init(_ command: RepayLoan) {
        self.init(
            id: command.repayment, loan: command.loan, amount: command.amountFen,
            businessDate: command.businessDate)
    }
}

/// A step of a loan: on whose authority and when. Rows are only added. The reason is kept apart.
struct LoanRecord: Record {
    let loan: LoanID
    /// The state after the step.
    let state: LoanState
    let day: BusinessDate
    let amount: Fen?
    let staff: StaffID?
    let cause: UUID

    static let table = RecordTable<LoanRecord>(
        "loan_record",
        columns: [
            Column("loan", \.loan), Column("state", \.state), Column("day", \.day),
            Column("amount_fen", \.amount), Column("staff", \.staff),
            Column("cause", \.cause),
        ])
}
