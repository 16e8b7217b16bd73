import Foundation
import Messages
import Postgres
import ServiceKit

/// What a programme lends, and to whom (rule E3), in its latest version. All versions are kept (`LoanRuleVersions.swift`).
struct LoanRule: Aggregate {
    let programme: Programme
    let version: Int32
    /// The first day on which it counts.
    let validFrom: BusinessDate
    /// Inclusive.
    let minimum: Fen
    /// Inclusive.
    let maximum: Fen
    /// Nil for everybody.
    let borrowerSex: Sex?
    /// Monthly instalments, where the application says nothing.
    var termMonths: Int32 = 12
    /// The most that may be applied for.
    var maximumTermMonths: Int32 = 36
    /// An approval that was not paid out after so many days expires.
    var approvalDays: Int32 = 90
    /// 0 if it came with the schema, as rules once did.
    var sequence: Int64 = 0

    var key: String { programme.rawValue }

    static let table = Table<LoanRule>(
        "loan_rule", key: "programme", lock: .share,
        columns: [
            Column("programme", { $0.programme }), Column("version", { $0.version }),
            Column("valid_from", { $0.validFrom }), Column("minimum_fen", { $0.minimum }),
            Column("maximum_fen", { $0.maximum }),
            Column("borrower_sex", optional: { $0.borrowerSex?.rawValue }),
            Column("term_months", { $0.termMonths }),
            Column("maximum_term_months", { $0.maximumTermMonths }),
            Column("approval_days", { $0.approvalDays }), Column("sequence", { $0.sequence }),
        ]
    ) { try read(&$0) }

    static func read(_ row: inout RowCursor) throws -> LoanRule {
        LoanRule(
            programme: try row.next(), version: try row.next(), validFrom: try row.next(),
            minimum: try row.next(), maximum: try row.next(),
            borrowerSex: try row.next(optional: String.self).flatMap(Sex.init(rawValue:)),
            termMonths: try row.next(), maximumTermMonths: try row.next(),
            approvalDays: try row.next(), sequence: try row.next())
    }

    /// Refuses to lend this borrower that much for so long, unless the rule allows it.
    func require(
        _ principal: Fen, over months: Int? = nil, to borrower: Person
    ) throws(Refusal) {
        guard principal >= minimum, principal <= maximum else {
            throw Refusal(
                .principalOutOfBounds, at: "/principalFen",
                expected: "an amount from \(minimum.rawValue) to \(maximum.rawValue) fen")
        }
        if let months, months > Int(maximumTermMonths) {
            throw Refusal(
                .termTooLong, at: "/termMonths", expected: "at most \(maximumTermMonths) months")
        }
        if let borrowerSex, borrower.sex != borrowerSex {
            throw Refusal(
                .notEligible, at: "/borrower", expected: "a \(borrowerSex.rawValue) borrower")
        }
    }
}

/// Where a loan stands.
enum LoanState: String, CaseIterable {
    case applied, endorsed, approved, active, overdue, repaid, rejected, withdrawn, expired
    case writtenOff = "written_off"

    /// Whether something is owed.
    var isOwed: Bool { self == .active || self == .overdue }

    /// One borrower has at most one such loan of a fund.
    var isOpen: Bool {
        switch self {
        case .applied, .endorsed, .approved, .active, .overdue: true
        case .repaid, .rejected, .withdrawn, .expired, .writtenOff: false
        }
    }

    /// The state after a step that may be taken from this one.
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

    /// The state before a posting of that kind, which is taken back; nil if there is a later posting
    /// that must be taken back first.
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

/// What may be done with a loan after it was applied for.
enum LoanStep: Equatable {
    case endorse, approve, reject, withdraw, disburse, expire, fallOverdue, catchUp, writeOff
    /// Whether all that is owed is paid back.
    case repay(all: Bool)
}

extension RefusalCode {
    static let noLoanRule = RefusalCode(
        "no_loan_rule", "a fund of a programme with a rule for loans that counts on that day")
    static let principalOutOfBounds = RefusalCode(
        "principal_out_of_bounds", "an amount that the programme lends")
    static let termTooLong = RefusalCode("term_too_long", "a term that the programme lends for")
    static let notEligible = RefusalCode(
        "not_eligible", "a borrower to whom the programme lends")
    static let notApplied = RefusalCode("not_applied", "a loan applied for and not yet endorsed")
    static let notEndorsed = RefusalCode("not_endorsed", "an endorsed loan")
    static let notUndecided = RefusalCode("not_undecided", "a loan that is not decided yet")
    static let notWithdrawable = RefusalCode("not_withdrawable", "a loan that is not paid out yet")
    static let notApproved = RefusalCode("not_approved", "an approved loan")
    static let notActive = RefusalCode("not_active", "a loan paid out and not yet settled")
}
