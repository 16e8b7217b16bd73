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

    static func apply(_ command: ApplyForLoan, _ unit: UnitOfWork) throws -> Outcome {
        guard try unit.find(Loan.self, command.loan.uuid) == nil else {
            return .rejected(.loanExists, at: "/loan")
        }
        let territory = command.actor.territory
        if let refusal = Authority.refusal(
            of: command.actor, levels: [.community], over: territory, unit)
        {
            return .refused(refusal)
        }
        guard let fund = try unit.find(Fund.self, command.fund.uuid) else {
            return .waiting(for: command.fund.uuid, else: .unknownFund, at: "/fund")
        }
        if let refusal = refusal(of: fund, lendingIn: territory) { return .refused(refusal) }
        guard case .person(let borrower) = try Persons.find(command.borrower, unit) else {
            return .waiting(for: command.borrower.uuid, else: .unknownBorrower, at: "/borrower")
        }
        if let refusal = Borrowers.refusal(of: borrower, from: territory, on: command.appliedOn) {
            return .refused(refusal)
        }
        guard let rule = try LoanRules.inForce(of: fund.programme, on: command.appliedOn, unit)
        else { return .rejected(.noLoanRule, at: "/fund") }
        if let refusal = rule.refusal(
            of: command.principalFen, over: command.termMonths, to: borrower)
        {
            return .refused(refusal)
        }
        guard try !Borrowers.hasOpenLoan(borrower.id, fund.id, unit) else {
            return .rejected(.openLoan, at: "/borrower")
        }
        var loan = Loan(command, by: borrower.id, fund.programme, rule)
        try record(.applied, of: &loan, on: command.appliedOn, by: command.actor, unit)
        return .accepted(
            LoanApplied(
                loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
                territory: loan.territory, principalFen: loan.principal,
                appliedOn: command.appliedOn),
            of: loan)
    }

    private static func refusal(of fund: Fund, lendingIn territory: TerritoryCode) -> Refusal? {
        if fund.kind != .revolving {
            return Refusal(.wrongFundKind, at: "/fund", expected: "the id of a revolving fund")
        }
        if fund.state != .open { return Refusal(.fundClosed, at: "/fund") }
        if !fund.territory.contains(territory) {
            return Refusal(.outsideFund, at: "/actor/territory")
        }
        return nil
    }

    // MARK: Its decision

    static func endorse(_ command: EndorseLoan, _ unit: UnitOfWork) throws -> Outcome {
        let taken = try take(
            .endorse, command.loan, on: command.endorsedOn, at: "/endorsedOn", by: command.actor,
            unit)
        return try taken.then { loan in
            LoanEndorsed(
                loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
                territory: loan.territory, principalFen: loan.principal,
                endorsedOn: command.endorsedOn)
        }
    }

    static func approve(_ command: ApproveLoan, _ unit: UnitOfWork) throws -> Outcome {
        let taken = try take(
            .approve, command.loan, on: command.approvedOn, at: "/approvedOn", by: command.actor,
            unit
        ) { loan, _ in
            if let refusal = try Borrowers.refusal(of: loan, on: command.approvedOn, unit) {
                return refusal
            }
            let free = try Ledger.freeCash(of: loan.fund, from: command.approvedOn, unit)
            guard free >= loan.principal else {
                return Refusal(.fundExhausted, at: "/approvedOn")
            }
            post(.reserve, loan.principal, loan, on: command.approvedOn, unit)
            return nil
        }
        return try taken.then { loan in
            LoanApproved(
                loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
                territory: loan.territory, principalFen: loan.principal,
                approvedOn: command.approvedOn)
        }
    }

    static func reject(_ command: RejectLoan, _ unit: UnitOfWork) throws -> Outcome {
        let taken = try take(
            .reject, command.loan, on: command.rejectedOn, at: "/rejectedOn", by: command.actor,
            because: command.reason, unit)
        return try taken.then { loan in
            LoanRejected(
                loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
                territory: loan.territory, principalFen: loan.principal,
                rejectedOn: command.rejectedOn)
        }
    }

    static func withdraw(_ command: WithdrawLoan, _ unit: UnitOfWork) throws -> Outcome {
        let taken = try take(
            .withdraw, command.loan, on: command.withdrawnOn, at: "/withdrawnOn", unit
        ) { loan, before in
            if before == .approved {
                post(.release, loan.principal, loan, on: command.withdrawnOn, unit)
            }
            return nil
        }
        return try taken.then { loan in
            LoanWithdrawn(
                loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
                territory: loan.territory, principalFen: loan.principal,
                withdrawnOn: command.withdrawnOn)
        }
    }

    // MARK: The money

    static func disburse(_ command: DisburseLoan, _ unit: UnitOfWork) throws -> Outcome {
        let taken = try take(
            .disburse, command.loan, on: command.businessDate, at: "/businessDate", unit
        ) { loan, _ in
            if let refusal = try Borrowers.refusal(of: loan, on: command.businessDate, unit) {
                return refusal
            }
            // What was reserved at approval is paid out, so the fund cannot be short of it.
            post(.disbursement, loan.principal, loan, on: command.businessDate, unit)
            loan.outstanding = loan.principal
            loan.disbursedOn = command.businessDate
            return nil
        }
        return try taken.then { loan in
            LoanDisbursed(
                loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
                territory: loan.territory, principalFen: loan.principal,
                businessDate: command.businessDate, termMonths: Int(loan.termMonths))
        }
    }

    static func repay(_ command: RepayLoan, _ unit: UnitOfWork) throws -> Outcome {
        guard try unit.find(Repayment.self, command.repayment.uuid) == nil else {
            return .rejected(.repaymentExists, at: "/repayment")
        }
        let owed = try unit.find(Loan.self, command.loan.uuid)?.outstanding
        let taken = try take(
            .repay(all: command.amountFen == owed), command.loan, on: command.businessDate,
            at: "/businessDate", amount: command.amountFen, unit
        ) { loan, _ in
            guard command.amountFen <= loan.outstanding else {
                return Refusal(
                    .moreThanOwed, at: "/amountFen",
                    expected: "at most \(loan.outstanding.rawValue) fen, which are owed")
            }
            Ledger.post(
                .repayment, command.amountFen, of: loan.fund, on: command.businessDate,
                as: command.repayment.uuid, unit)
            try unit.store(Repayment(command))
            loan.outstanding = loan.outstanding - command.amountFen
            return nil
        }
        guard case .loan(var loan) = taken else { return taken.outcome }
        let repaid = Emission(
            LoanRepaid(
                loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
                territory: loan.territory, principalFen: loan.principal,
                businessDate: command.businessDate, repayment: command.repayment,
                amountFen: command.amountFen, outstandingFen: loan.outstanding),
            of: loan)
        // Paid up as of the latest day that is known of the loan; the next ageing may find more due.
        guard loan.state == .overdue, loan.overdue(on: loan.lastOn) == .zero else {
            return .accepted([repaid])
        }
        let caughtUp = try LoanAgeing.catchUp(
            &loan, on: loan.lastOn, from: TransferID(command.repayment.uuid), unit)
        return .accepted([repaid, caughtUp])
    }

    static func writeOff(_ command: WriteOffLoan, _ unit: UnitOfWork) throws -> Outcome {
        var lost = Fen.zero
        let taken = try take(
            .writeOff, command.loan, on: command.businessDate, at: "/businessDate",
            by: command.actor, because: command.reason, unit
        ) { loan, _ in
            lost = loan.outstanding
            post(.writeOff, lost, loan, on: command.businessDate, unit)
            loan.outstanding = .zero
            return nil
        }
        return try taken.then { loan in
            LoanWrittenOff(
                loan: loan.id, fund: loan.fund, programme: loan.programme, borrower: loan.borrower,
                territory: loan.territory, principalFen: loan.principal,
                businessDate: command.businessDate, amountFen: lost)
        }
    }
}

// MARK: What all steps share

extension Loans {
    /// A loan after a step, stored; or why there is none.
    private enum Taken {
        case loan(Loan)
        case no(Outcome)

        func then(_ fact: (Loan) throws -> any Fact) throws -> Outcome {
            switch self {
            case .loan(let loan): .accepted([Emission(try fact(loan), of: loan)])
            case .no(let outcome): outcome
            }
        }

        var outcome: Outcome {
            switch self {
            case .loan: .accepted([])
            case .no(let outcome): outcome
            }
        }
    }

    /// Takes a step of a loan: finds it, checks authority, state and date, moves the money, stores
    /// it.
    /// - Parameters:
    ///   - pointer: where the command says the day.
    ///   - move: moves the money of a step that is allowed, given the state before it; or refuses.
    private static func take(
        _ step: LoanStep, _ id: LoanID, on day: BusinessDate, at pointer: String,
        by actor: Actor? = nil, because reason: String? = nil, amount: Fen? = nil,
        _ unit: UnitOfWork,
        _ move: (inout Loan, LoanState) throws -> Refusal? = { _, _ in nil }
    ) throws -> Taken {
        guard var loan = try unit.find(Loan.self, id.uuid) else {
            return .no(.waiting(for: id.uuid, else: .unknownLoan, at: "/loan"))
        }
        guard unit.covers(loan.territory) else { return .no(.rejected(.outOfScope, at: "/loan")) }
        if let actor,
            let refusal = Authority.refusal(
                of: actor, levels: step.levels, over: loan.territory, unit)
        {
            return .no(.refused(refusal))
        }
        let before = loan.state
        if let refusal = loan.take(step, on: day, at: pointer) { return .no(.refused(refusal)) }
        if let refusal = try move(&loan, before) { return .no(.refused(refusal)) }
        try record(
            loan.state, of: &loan, on: day, by: actor, because: reason, amount: amount, unit)
        return .loan(loan)
    }

    /// - Parameter id: of the record, where a message takes more than one step.
    static func record(
        _ state: LoanState, of loan: inout Loan, on day: BusinessDate, by actor: Actor?,
        because reason: String? = nil, amount: Fen? = nil, as id: UUID? = nil, _ unit: UnitOfWork
    ) throws {
        try unit.save(&loan)
        unit.append(
            LoanRecord(
                loan: loan.id, state: state, day: day, amount: amount, staff: actor?.staff,
                reason: reason, cause: id ?? unit.message.id))
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
