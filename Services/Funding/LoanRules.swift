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

    /// Why this borrower does not get that much for so long; nil if the rule allows it.
    func refusal(of principal: Fen, over months: Int? = nil, to borrower: Person) -> Refusal? {
        if principal < minimum || principal > maximum {
            return Refusal(
                .principalOutOfBounds, at: "/principalFen",
                expected: "an amount from \(minimum.rawValue) to \(maximum.rawValue) fen")
        }
        if let months, months > Int(maximumTermMonths) {
            return Refusal(
                .termTooLong, at: "/termMonths", expected: "at most \(maximumTermMonths) months")
        }
        if let borrowerSex, borrower.sex != borrowerSex {
            return Refusal(
                .notEligible, at: "/borrower", expected: "a \(borrowerSex.rawValue) borrower")
        }
        return nil
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

    /// The state after a step, or why the step cannot be taken from this one.
    func after(_ step: LoanStep) -> Transition<LoanState> {
        switch (self, step) {
        case (.applied, .endorse): .to(.endorsed)
        case (.endorsed, .approve): .to(.approved)
        case (.applied, .reject), (.endorsed, .reject): .to(.rejected)
        case (.applied, .withdraw), (.endorsed, .withdraw), (.approved, .withdraw):
            .to(.withdrawn)
        case (.approved, .disburse): .to(.active)
        case (.approved, .expire): .to(.expired)
        case (.active, .fallOverdue): .to(.overdue)
        case (.overdue, .catchUp): .to(.active)
        case (.active, .repay(let isAll)), (.overdue, .repay(let isAll)):
            .to(isAll ? .repaid : self)
        case (.active, .writeOff), (.overdue, .writeOff): .to(.writtenOff)
        case (_, .endorse): .refused(.notApplied)
        case (_, .approve): .refused(.notEndorsed)
        case (_, .reject): .refused(.notUndecided)
        case (_, .withdraw): .refused(.notWithdrawable)
        case (_, .disburse), (_, .expire): .refused(.notApproved)
        case (_, .repay), (_, .writeOff), (_, .fallOverdue), (_, .catchUp): .refused(.notActive)
        }
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

    /// Whose step it is, of the three levels of co-management; empty where nobody's authority is
    /// asked for. The community, which proposes, comes with the application.
    var levels: [TerritoryCode.Level] {
        switch self {
        case .endorse: [.subdistrict]
        case .approve, .writeOff: [.district]
        case .reject: [.subdistrict, .district]
        case .withdraw, .disburse, .expire, .fallOverdue, .catchUp, .repay: []
        }
    }
}

/// The rule of co-management: who takes a step must have the level that it asks for, in a territory
/// around the one it is about, and be somebody the publisher may speak for.
enum Authority {
    static func refusal(
        of actor: Actor, levels: [TerritoryCode.Level], over territory: TerritoryCode,
        _ unit: UnitOfWork
    ) -> Refusal? {
        let pointer = "/actor/territory"
        if !unit.covers(actor.territory) { return Refusal(.outOfScope, at: pointer) }
        if !levels.contains(actor.territory.level) {
            let names = levels.map { "\($0)" }.joined(separator: " or ")
            return Refusal(.wrongLevel, at: pointer, expected: "the code of a \(names)")
        }
        if !actor.territory.contains(territory) {
            return Refusal(
                .outsideTerritory, at: pointer,
                expected: "the code of a territory that contains \(territory)")
        }
        return nil
    }
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
    static let wrongLevel = RefusalCode("wrong_level", "a territory of the level of this step")
    static let outsideTerritory = RefusalCode(
        "outside_territory", "a territory that contains the one this is about")
}
