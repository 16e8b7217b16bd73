import Foundation
import Messages
import Postgres
import ServiceKit

/// The effect of a reversal: the postings that it reverses, and the record and programme of its facts.
struct ReversalEffect {
    /// All postings that are reversed together; the one in the command comes first.
    var postings: [Posting]
    let subject: UUID
    let record: UUID
    let programme: Programme
    let territory: TerritoryCode
    /// The basis of the policies, for a premium or its return.
    var basis: Basis?
    /// The person or household whose record it is; nil if it is nobody's.
    var about: UUID?

    /// The record on which the posting was decided: an allocation or a refund, or else the loan, grant, run or policy.
    var decided: UUID {
        switch postings.first?.kind {
        case .refund, .allocation, .endowment: record
        default: subject
        }
    }

    /// Whether one of the reversals pays cash back into the fund. The postings of a reversal have one
    /// amount, so the fund then needs no other cash.
    func givesCash(to fund: FundID) -> Bool {
        postings.contains { $0.fund == fund && $0.kind.credit == .cash }
    }

    /// Changes the record of a posting back to its state before the posting.
    static func undo(
        _ posting: Posting, _ command: ReverseTransfer, _ fund: Fund, _ unit: UnitOfWork
    ) throws -> ReversalEffect {
        switch posting.kind {
        case .deposit:
            return ReversalEffect(
                postings: [posting], subject: posting.id, record: posting.id,
                programme: fund.programme, territory: fund.territory)
        case .donation: return try undoDonation(posting, command, fund, unit)
        case .refund: return try undoRefund(posting, command, fund, unit)
        case .allocation, .endowment: return try undoAllocation(posting, command, unit)
        case .reserve, .release, .disbursement, .repayment, .writeOff:
            return try undoLoan(posting, command, unit)
        case .grant, .grantReturn: return try undoGrant(posting, command, unit)
        case .premium: return try undoPremium(posting, command, unit)
        case .premiumReturn: return try undoPremiumReturn(posting, unit)
        }
    }
}
