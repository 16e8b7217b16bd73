import Messages
import Postgres
import ServiceKit

/// The state of a loan.
enum LoanState: String, CaseIterable, PostgresValue {
    case applied, endorsed, approved, active, overdue, repaid, rejected, withdrawn, expired
    case writtenOff = "written_off"

    /// Whether the borrower owes money.
    var isOwed: Bool { self == .active || self == .overdue }

    /// Whether the loan is open. A borrower has at most one open loan of a fund.
    var isOpen: Bool {
        switch self {
        case .applied, .endorsed, .approved, .active, .overdue: true
        case .repaid, .rejected, .withdrawn, .expired, .writtenOff: false
        }
    }

    /// The state after a step. Refuses a step that cannot be taken from this state.
    func after(_ step: LoanStep) throws(Refusal) -> LoanState {
        switch (self, step) {
        case (.applied, .endorse): .endorsed
        case (.endorsed, .approve): .approved
        case (.applied, .reject), (.endorsed, .reject): .rejected
        case (.applied, .withdraw), (.endorsed, .withdraw), (.approved, .withdraw): .withdrawn
        case (.approved, .disburse): .active
        case (.approved, .expire): .expired
        case (.active, .fallOverdue): .overdue
        case (.overdue, .catchUp): .active
        case (.active, .repay(let isAll)), (.overdue, .repay(let isAll)): isAll ? .repaid : self
        case (.active, .writeOff), (.overdue, .writeOff): .writtenOff
        case (_, .endorse): throw refusal(.notApplied)
        case (_, .approve): throw refusal(.notEndorsed)
        case (_, .reject): throw refusal(.notUndecided)
        case (_, .withdraw): throw refusal(.notWithdrawable)
        case (_, .disburse), (_, .expire): throw refusal(.notApproved)
        case (_, .repay), (_, .writeOff), (_, .fallOverdue), (_, .catchUp):
            throw refusal(.notActive)
        }
    }

    private func refusal(_ code: RefusalCode) -> Refusal {
        Refusal(code, at: "/loan", because: self)
    }

    /// The state before a posting of that kind that is reversed; nil if a later posting must be reversed
    /// first.
    func before(_ kind: TransferKind) -> LoanState? {
        switch (self, kind) {
        case (.approved, .reserve): .endorsed
        case (.withdrawn, .release), (.expired, .release): .approved
        case (.active, .disbursement), (.overdue, .disbursement): .approved
        case (.active, .repayment), (.overdue, .repayment): self
        case (.repaid, .repayment), (.writtenOff, .writeOff): .active
        default: nil
        }
    }
}

/// A step of a loan after it was applied for.
enum LoanStep: Equatable {
    case endorse, approve, reject, withdraw, disburse, expire, fallOverdue, catchUp, writeOff
    /// - Parameter all: whether nothing is owed afterwards.
    case repay(all: Bool)
}

extension RefusalCode {
    static let notApplied = RefusalCode("not_applied", "a loan applied for and not yet endorsed")
    static let notEndorsed = RefusalCode("not_endorsed", "an endorsed loan")
    static let notUndecided = RefusalCode("not_undecided", "a loan that is not decided yet")
    static let notWithdrawable = RefusalCode("not_withdrawable", "a loan that is not paid out yet")
    static let notApproved = RefusalCode("not_approved", "an approved loan")
    static let notActive = RefusalCode("not_active", "a loan paid out and not yet settled")
}
