import Foundation
import Messages
import Postgres
import ServiceKit

/// Lends from a revolving fund (幸福工程): the community proposes, the subdistrict endorses, the
/// district approves, which reserves the money; then it is paid out and paid back.
enum Loans {
    static func register(in router: inout Router) {
        // Alone, because they ask the database for what must not be missing the rest of a batch.
        router.on(ApplyForLoan.self, keys: { $1.need(Loan.self, $0.loan.uuid) }, alone: true, apply)
        router.on(
            ApproveLoan.self, keys: { $1.need(Loan.self, $0.loan.uuid) }, alone: true, approve)
        router.on(EndorseLoan.self, keys: { $1.need(Loan.self, $0.loan.uuid) }, endorse)
        router.on(RejectLoan.self, keys: { $1.need(Loan.self, $0.loan.uuid) }, reject)
        router.on(WithdrawLoan.self, keys: { $1.need(Loan.self, $0.loan.uuid) }, withdraw)
        router.on(DisburseLoan.self, keys: { $1.need(Loan.self, $0.loan.uuid) }, disburse)
        router.on(
            RepayLoan.self,
            keys: {
                $1.need(Loan.self, $0.loan.uuid)
                $1.need(Repayment.self, $0.repayment.uuid)
            }, repay)
        router.on(WriteOffLoan.self, keys: { $1.need(Loan.self, $0.loan.uuid) }, writeOff)
    }

    // MARK: The application

    static func apply(_ command: ApplyForLoan, _ unit: UnitOfWork) throws -> Emission {
        let territory = command.actor.territory
        try unit.requireNew(Loan.self, command.loan.uuid, else: .loanExists, at: "/loan")
        try Authority.require(command.actor, [.community], over: territory, unit)
        let fund = try unit.require(
            Fund.self, command.fund.uuid, else: .unknownFund, at: "/fund")
        try require(fund, lendingIn: territory)
        let borrower = try Persons.require(
            command.borrower, else: .unknownBorrower, at: "/borrower", unit)
        try Borrowers.require(borrower, from: territory, on: command.appliedOn)
        guard let rule = try LoanRules.inForce(of: fund.programme, on: command.appliedOn, unit)
        else { throw Refusal(.noLoanRule, at: "/fund") }
        try rule.require(command.principalFen, over: command.termMonths, to: borrower)
        guard try !Borrowers.hasOpenLoan(borrower.id, fund.id, unit) else {
            throw Refusal(.openLoan, at: "/borrower")
        }
        var loan = Loan(command, by: borrower.id, fund.programme, rule)
        let fact = LoanApplied(
            loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
            territory: loan.territory, principalFen: loan.principal, appliedOn: command.appliedOn)
        return try record(fact, of: &loan, on: command.appliedOn, by: command.actor, unit)
    }

    private static func require(
        _ fund: Fund, lendingIn territory: TerritoryCode
    ) throws(Refusal) {
        guard fund.kind == .revolving else {
            throw Refusal(.wrongFundKind, at: "/fund", expected: "the id of a revolving fund")
        }
        guard fund.state == .open else { throw Refusal(.fundClosed, at: "/fund") }
        guard fund.territory.contains(territory) else {
            throw Refusal(.outsideFund, at: "/actor/territory")
        }
    }

    // MARK: Its decision

    static func endorse(_ command: EndorseLoan, _ unit: UnitOfWork) throws -> Emission {
        var loan = try find(command.loan, unit)
        try Authority.require(command.actor, [.subdistrict], over: loan.territory, unit)
        try loan.step(.endorse, on: command.endorsedOn, at: "/endorsedOn")
        let fact = LoanEndorsed(
            loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
            territory: loan.territory, principalFen: loan.principal,
            endorsedOn: command.endorsedOn)
        return try record(fact, of: &loan, on: command.endorsedOn, by: command.actor, unit)
    }

    static func approve(_ command: ApproveLoan, _ unit: UnitOfWork) throws -> Emission {
        var loan = try find(command.loan, unit)
        try Authority.require(command.actor, [.district], over: loan.territory, unit)
        try loan.step(.approve, on: command.approvedOn, at: "/approvedOn")
        try Borrowers.requirePresent(loan, on: command.approvedOn, unit)
        try Ledger.requireCash(
            loan.principal, of: loan.fund, from: command.approvedOn, at: "/approvedOn", unit)
        post(.reserve, loan.principal, loan, on: command.approvedOn, unit)
        let fact = LoanApproved(
            loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
            territory: loan.territory, principalFen: loan.principal,
            approvedOn: command.approvedOn)
        return try record(fact, of: &loan, on: command.approvedOn, by: command.actor, unit)
    }

    static func reject(_ command: RejectLoan, _ unit: UnitOfWork) throws -> Emission {
        var loan = try find(command.loan, unit)
        try Authority.require(
            command.actor, [.subdistrict, .district], over: loan.territory, unit)
        try loan.step(.reject, on: command.rejectedOn, at: "/rejectedOn")
        let fact = LoanRejected(
            loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
            territory: loan.territory, principalFen: loan.principal,
            rejectedOn: command.rejectedOn)
        return try record(
            fact, of: &loan, on: command.rejectedOn, by: command.actor, because: command.reason,
            unit)
    }

    static func withdraw(_ command: WithdrawLoan, _ unit: UnitOfWork) throws -> Emission {
        var loan = try find(command.loan, unit)
        let wasApproved = loan.state == .approved
        try loan.step(.withdraw, on: command.withdrawnOn, at: "/withdrawnOn")
        if wasApproved { post(.release, loan.principal, loan, on: command.withdrawnOn, unit) }
        let fact = LoanWithdrawn(
            loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
            territory: loan.territory, principalFen: loan.principal,
            withdrawnOn: command.withdrawnOn)
        return try record(fact, of: &loan, on: command.withdrawnOn, unit)
    }

    // MARK: The money

    static func disburse(_ command: DisburseLoan, _ unit: UnitOfWork) throws -> Emission {
        var loan = try find(command.loan, unit)
        try loan.step(.disburse, on: command.businessDate, at: "/businessDate")
        try Borrowers.requirePresent(loan, on: command.businessDate, unit)
        // What was reserved at approval is paid out, so the fund cannot be short of it.
        post(.disbursement, loan.principal, loan, on: command.businessDate, unit)
        loan.outstanding = loan.principal
        loan.disbursedOn = command.businessDate
        let fact = LoanDisbursed(
            loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
            territory: loan.territory, principalFen: loan.principal,
            businessDate: command.businessDate, termMonths: Int(loan.termMonths))
        return try record(fact, of: &loan, on: command.businessDate, unit)
    }

    static func repay(_ command: RepayLoan, _ unit: UnitOfWork) throws -> [Emission] {
        try unit.requireNew(
            Repayment.self, command.repayment.uuid, else: .repaymentExists, at: "/repayment")
        var loan = try find(command.loan, unit)
        try loan.step(
            .repay(all: command.amountFen == loan.outstanding), on: command.businessDate,
            at: "/businessDate")
        guard command.amountFen <= loan.outstanding else {
            throw Refusal(
                .moreThanOwed, at: "/amountFen",
                expected: "at most \(loan.outstanding.rawValue) fen, which are owed")
        }
        Ledger.post(
            .repayment, command.amountFen, of: loan.fund, on: command.businessDate,
            as: command.repayment.uuid, unit)
        try unit.store(Repayment(command))
        loan.outstanding = loan.outstanding - command.amountFen
        let fact = LoanRepaid(
            loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
            territory: loan.territory, principalFen: loan.principal,
            businessDate: command.businessDate, repayment: command.repayment,
            amountFen: command.amountFen, outstandingFen: loan.outstanding)
        let repaid = try record(
            fact, of: &loan, on: command.businessDate, amount: command.amountFen, unit)
        // Paid up as of the latest day that is known of the loan; the next ageing may find more due.
        guard loan.state == .overdue, loan.overdue(on: loan.lastOn) == .zero else {
            return [repaid]
        }
        let caughtUp = try LoanAgeing.catchUp(
            &loan, on: loan.lastOn, from: TransferID(command.repayment.uuid), unit)
        return [repaid, caughtUp]
    }

    static func writeOff(_ command: WriteOffLoan, _ unit: UnitOfWork) throws -> Emission {
        var loan = try find(command.loan, unit)
        try Authority.require(command.actor, [.district], over: loan.territory, unit)
        try loan.step(.writeOff, on: command.businessDate, at: "/businessDate")
        post(.writeOff, loan.outstanding, loan, on: command.businessDate, unit)
        let fact = LoanWrittenOff(
            loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
            territory: loan.territory, principalFen: loan.principal,
            businessDate: command.businessDate, amountFen: loan.outstanding)
        loan.outstanding = .zero
        return try record(
            fact, of: &loan, on: command.businessDate, by: command.actor, because: command.reason,
            unit)
    }
}

// MARK: What all steps share

extension Loans {
    /// The loan that a step is taken of.
    private static func find(_ id: LoanID, _ unit: UnitOfWork) throws -> Loan {
        let loan = try unit.require(Loan.self, id.uuid, else: .unknownLoan, at: "/loan")
        try unit.requireScope(loan.territory, at: "/loan")
        return loan
    }

    /// Saves a loan after a step, and adds the step to its history.
    /// - Parameter id: of the record, where a message takes more than one step.
    static func record(
        _ fact: any Fact, of loan: inout Loan, on day: BusinessDate, by actor: Actor? = nil,
        because reason: String? = nil, amount: Fen? = nil, as id: UUID? = nil, _ unit: UnitOfWork
    ) throws -> Emission {
        unit.append(
            LoanRecord(
                loan: loan.id, state: loan.state, day: day, amount: amount, staff: actor?.staff,
                reason: reason, cause: id ?? unit.message.id))
        return try unit.save(&loan, fact)
    }

    private static func post(
        _ kind: TransferKind, _ amount: Fen, _ loan: Loan, on day: BusinessDate, _ unit: UnitOfWork
    ) {
        Ledger.post(kind, amount, of: loan.fund, on: day, as: unit.message.id, unit)
    }
}

extension RefusalCode {
    static let loanExists = RefusalCode("loan_exists", "the id of a loan not applied for yet")
    static let unknownLoan = RefusalCode("unknown_loan", "the id of a loan applied for")
    static let unknownBorrower = RefusalCode("unknown_borrower", "the id of a registered person")
    static let openLoan = RefusalCode(
        "open_loan", "a borrower who has no open loan of this fund")
    static let repaymentExists = RefusalCode(
        "repayment_exists", "the id of a repayment that was not made yet")
    static let moreThanOwed = RefusalCode("more_than_owed", "at most what is still owed")
}
