import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Lends from a revolving fund (幸福工程): the community proposes a loan, the subdistrict endorses it,
/// and the district approves it, which reserves the money. Then the loan is paid out and repaid.
enum Loans {
    static func register(in router: inout Router) {
        // Alone, because they query the database, where the changes of the rest of a batch are missing.
        router.on(ApplyForLoan.self, keys: { $1.need(Loan.self, $0.loan.uuid) }, alone: true, apply)
        router.on(
            ApproveLoan.self, keys: { $1.need(Loan.self, $0.loan.uuid) }, alone: true, approve)
        router.on(EndorseLoan.self, keys: { keys($0.loan, $0.actor, &$1) }, endorse)
        router.on(
            RejectLoan.self,
            keys: {
                keys($0.loan, $0.actor, &$1)
                $1.needTask(.settleLoan, $0.loan.uuid)
            }, reject)
        router.on(
            WithdrawLoan.self,
            keys: {
                $1.need(Loan.self, $0.loan.uuid)
                $1.needTask(.settleLoan, $0.loan.uuid)
            }, withdraw)
        router.on(DisburseLoan.self, keys: { $1.need(Loan.self, $0.loan.uuid) }, disburse)
        router.on(
            RepayLoan.self,
            keys: {
                $1.need(Loan.self, $0.loan.uuid)
                $1.need(Repayment.self, $0.repayment.uuid)
                $1.needTask(.settleLoan, $0.loan.uuid)
            }, repay)
        router.on(
            WriteOffLoan.self,
            keys: {
                keys($0.loan, $0.actor, &$1)
                $1.needTask(.settleLoan, $0.loan.uuid)
            }, writeOff)
    }

    private static func keys(_ loan: LoanID, _ actor: Actor, _ keys: inout Keys) {
        keys.need(Loan.self, loan.uuid)
        Authority.keys(actor, of: loan.uuid, &keys)
    }

    // MARK: The application

    static func apply(_ command: ApplyForLoan, _ unit: UnitOfWork) throws -> Emission {
        let territory = command.actor.territory
        try unit.requireNew(Loan.self, command.loan.uuid, else: .loanExists, at: "/loan")
        try Authority.require(
            command.actor, [.community], over: territory,
            on: command.appliedOn, of: command.loan.uuid, unit)
        let fund = try unit.require(
            Fund.self, command.fund.uuid, else: .unknownFund, at: "/fund")
        try fund.require(.revolving, for: territory, at: "/actor/territory", unit)
        let borrower = try Persons.require(
            command.borrower, else: .unknownBorrower, at: "/borrower", unit)
        try Borrowers.require(borrower, from: territory, on: command.appliedOn, unit)
        guard let rule = try LoanRules.inForce(of: fund.programme, on: command.appliedOn, unit)
        else { throw Refusal(.noLoanRule, at: "/fund") }
        try rule.require(command.principalFen, over: command.termMonths, to: borrower)
        try Borrowers.requireNoOpenLoan(borrower, fund.id, unit)
        var loan = Loan(command, fund.programme, rule)
        let fact = LoanApplied(loan.subject, appliedOn: command.appliedOn, actor: command.actor)
        // The borrower may have died after that day.
        try LoanTasks.review(loan, on: command.appliedOn, unit)
        return try record(fact, of: &loan, on: command.appliedOn, by: command.actor, unit)
    }

    // MARK: Its decision

    static func endorse(_ command: EndorseLoan, _ unit: UnitOfWork) throws -> Emission {
        var loan = try find(command.loan, unit)
        try Authority.require(
            command.actor, [.subdistrict], over: loan.territory,
            on: command.endorsedOn, of: command.loan.uuid, unit)
        try loan.step(.endorse, on: command.endorsedOn, at: "/endorsedOn")
        let fact = LoanEndorsed(loan.subject, endorsedOn: command.endorsedOn, actor: command.actor)
        return try record(fact, of: &loan, on: command.endorsedOn, by: command.actor, unit)
    }

    static func approve(_ command: ApproveLoan, _ unit: UnitOfWork) throws -> Emission {
        var loan = try find(command.loan, unit)
        try Authority.require(
            command.actor, [.district], over: loan.territory,
            on: command.approvedOn, of: command.loan.uuid, unit)
        try loan.step(.approve, on: command.approvedOn, at: "/approvedOn")
        try limit(&loan, from: command.approvedOn, unit)
        try Borrowers.requirePresent(loan, on: command.approvedOn, unit)
        try Ledger.requireCash(
            loan.principal, of: loan.fund, from: command.approvedOn, at: "/approvedOn", unit)
        post(.reserve, loan.principal, loan, on: command.approvedOn, unit)
        let fact = LoanApproved(loan.subject, approvedOn: command.approvedOn, actor: command.actor)
        return try record(fact, of: &loan, on: command.approvedOn, by: command.actor, unit)
    }

    static func reject(_ command: RejectLoan, _ unit: UnitOfWork) throws -> Emission {
        var loan = try find(command.loan, unit)
        try Authority.require(
            command.actor, [.subdistrict, .district], over: loan.territory,
            on: command.rejectedOn, of: command.loan.uuid, unit)
        try loan.step(.reject, on: command.rejectedOn, at: "/rejectedOn")
        let fact = LoanRejected(loan.subject, rejectedOn: command.rejectedOn, actor: command.actor)
        return try record(
            fact, of: &loan, on: command.rejectedOn, by: command.actor, because: command.reason,
            unit)
    }

    static func withdraw(_ command: WithdrawLoan, _ unit: UnitOfWork) throws -> Emission {
        var loan = try find(command.loan, unit)
        let wasApproved = loan.state == .approved
        try loan.step(.withdraw, on: command.withdrawnOn, at: "/withdrawnOn")
        if wasApproved { post(.release, loan.principal, loan, on: command.withdrawnOn, unit) }
        let fact = LoanWithdrawn(loan.subject, withdrawnOn: command.withdrawnOn)
        return try record(fact, of: &loan, on: command.withdrawnOn, unit)
    }

    // MARK: The money

    static func disburse(_ command: DisburseLoan, _ unit: UnitOfWork) throws -> Emission {
        var loan = try find(command.loan, unit)
        try requireUsable(loan, on: command.businessDate)
        try loan.step(.disburse, on: command.businessDate, at: "/businessDate")
        try Borrowers.requirePresent(loan, on: command.businessDate, unit)
        // The money was reserved at the approval, so the fund cannot be short of it.
        post(.disbursement, loan.principal, loan, on: command.businessDate, unit)
        loan.outstanding = loan.principal
        loan.disbursedOn = command.businessDate
        let fact = LoanDisbursed(
            loan.subject, businessDate: command.businessDate, termMonths: Int(loan.termMonths))
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
        if let correctedOn = loan.correctedOn, command.businessDate < correctedOn {
            try CaseDays.requireLeft(
                command.amountFen, of: leastOwed(on: loan, from: command.businessDate),
                from: command.businessDate, else: .moreThanOwed, at: "/amountFen",
                left: "which were owed", unit)
        }
        Ledger.post(
            .repayment, command.amountFen, of: loan.fund, on: command.businessDate,
            as: command.repayment.uuid, unit)
        try unit.store(Repayment(command))
        loan.outstanding = loan.outstanding - command.amountFen
        let fact = LoanRepaid(
            loan.subject, businessDate: command.businessDate, repayment: command.repayment,
            amountFen: command.amountFen, outstandingFen: loan.outstanding)
        let repaid = try record(
            fact, of: &loan, on: command.businessDate, amount: command.amountFen, unit)
        defer { unit.tell(loan.state) }
        // The loan catches up as of its latest day. The next ageing may find more due.
        guard loan.state == .overdue, loan.overdue(on: loan.lastOn) == .zero else {
            return [repaid]
        }
        let caughtUp = try LoanAgeing.catchUp(
            &loan, on: loan.lastOn, from: TransferID(command.repayment.uuid), unit)
        return [repaid, caughtUp]
    }

    static func writeOff(_ command: WriteOffLoan, _ unit: UnitOfWork) throws -> Emission {
        var loan = try find(command.loan, unit)
        try Authority.require(
            command.actor, [.district], over: loan.territory,
            on: command.businessDate, of: command.loan.uuid, unit)
        try loan.step(.writeOff, on: command.businessDate, at: "/businessDate")
        post(.writeOff, loan.outstanding, loan, on: command.businessDate, unit)
        let fact = LoanWrittenOff(
            loan.subject, businessDate: command.businessDate, amountFen: loan.outstanding,
            actor: command.actor)
        loan.outstanding = .zero
        return try record(
            fact, of: &loan, on: command.businessDate, by: command.actor, because: command.reason,
            unit)
    }
}

// MARK: Days

extension Loans {
    /// Sets the last day on which an approved loan may be paid out, by the rule under which it was applied for. Only for handlers
    /// registered `alone`.
    static func limit(
        _ loan: inout Loan, from day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        guard let rule = try LoanRules.version(of: loan, unit) else {
            throw Refusal(.noLoanRule, at: "/loan")
        }
        loan.usableUntil = day.adding(days: Int(rule.approvalDays))
    }

    /// Refuses to pay out a loan whose approval has lapsed by its date, whether its expiry was recorded or not.
    private static func requireUsable(_ loan: Loan, on day: BusinessDate) throws(Refusal) {
        guard loan.state == .approved || loan.state == .expired, let last = loan.usableUntil,
            day > last
        else { return }
        throw Refusal(
            .approvalLapsed, at: "/businessDate",
            expected: "a date up to \(last), on which the approval of the loan lapsed")
    }

    /// The least amount owed at the end of that day or of any later one. Repayments of the same batch are not yet among it; for
    /// them the database refuses.
    private static func leastOwed(on loan: Loan, from day: BusinessDate) -> Statement {
        """
        SELECT min(\(loan.principal) - loan_paid(\(loan.key), d.day))::bigint
        FROM (SELECT \(day) UNION
              SELECT business_date FROM repayment
              WHERE loan = \(loan.key) AND business_date > \(day)) AS d (day)
        """
    }
}

// MARK: Steps

extension Loans {
    /// The loan of a step, in the scope of the publisher.
    private static func find(_ id: LoanID, _ unit: UnitOfWork) throws -> Loan {
        let loan = try unit.require(Loan.self, id.uuid, else: .unknownLoan, at: "/loan")
        try unit.requireScope(loan.territory, at: "/loan")
        return loan
    }

    /// Saves a loan after a step, and adds the step to its history.
    /// - Parameter id: the id of the history record if a message takes more than one step; otherwise that
    ///   of the message.
    static func record(
        _ fact: any Fact, of loan: inout Loan, on day: BusinessDate, by actor: Actor? = nil,
        because reason: String? = nil, amount: Fen? = nil, as id: UUID? = nil, _ unit: UnitOfWork
    ) throws -> Emission {
        unit.append(
            LoanRecord(
                loan: loan.id, state: loan.state, day: day, amount: amount, staff: actor?.staff,
                cause: id ?? unit.message.id))
        unit.keep(reason, "reason", of: id ?? unit.message.id, about: loan.borrower.uuid)
        let emission = try unit.save(&loan, fact)
        if !loan.state.isOpen { try LoanTasks.closed(loan, on: day, unit) }
        return emission
    }

    private static func post(
        _ kind: TransferKind, _ amount: Fen, _ loan: Loan, on day: BusinessDate, _ unit: UnitOfWork
    ) {
        Ledger.post(kind, amount, of: loan.fund, on: day, as: unit.message.id, unit)
    }
}

extension Loan {
    var subject: LoanSubject {
        LoanSubject(
            loan: id, fund: fund, programme: programme, borrower: borrower, territory: territory,
            principalFen: principal)
    }
}

extension RefusalCode {
    static let loanExists = RefusalCode("loan_exists", "the id of a loan not applied for yet")
    static let unknownLoan = RefusalCode("unknown_loan", "the id of a loan applied for")
    static let unknownBorrower = RefusalCode("unknown_borrower", "the id of a registered person")
    static let repaymentExists = RefusalCode(
        "repayment_exists", "the id of a repayment that was not made yet")
    static let approvalLapsed = RefusalCode(
        "approval_lapsed", "a date up to that on which the approval lapsed")
    static let moreThanOwed = RefusalCode("more_than_owed", "at most what is still owed")
}
