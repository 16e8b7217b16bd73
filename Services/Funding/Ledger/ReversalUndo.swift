import Foundation
import Messages
import Postgres
import ServiceKit

/// What a reversal takes back besides the posting it names, and what the facts about it are of.
struct Undone {
    /// All that go together, the one that was named first.
    var postings: [Posting]
    let fund: Fund
    let subject: UUID
    let record: UUID
    let programme: Programme
    let territory: TerritoryCode
    /// Of a premium: on which those were insured.
    var basis: Basis?

    /// Whether taking the postings back gives a fund as much cash as it takes.
    func givesCash(to fund: FundID) -> Bool {
        postings.contains { $0.fund == fund && $0.kind.credit == .cash }
    }

    /// Brings the row that a posting belongs to back to what it was before.
    static func undo(
        _ posting: Posting, _ command: ReverseTransfer, _ fund: Fund, _ unit: UnitOfWork
    ) throws -> Undone {
        switch posting.kind {
        case .deposit:
            return Undone(
                postings: [posting], fund: fund, subject: posting.id, record: posting.id,
                programme: fund.programme, territory: fund.territory)
        case .donation: return try undoDonation(posting, command, fund, unit)
        case .refund: return try undoRefund(posting, command, fund, unit)
        case .allocation, .endowment: return try undoAllocation(posting, command, fund, unit)
        case .reserve, .release, .disbursement, .repayment, .writeOff:
            return try undoLoan(posting, command, fund, unit)
        case .grant, .grantReturn: return try undoGrant(posting, command, fund, unit)
        case .premium: return try undoPremium(posting, command, fund, unit)
        case .premiumReturn: return try undoPremiumReturn(posting, fund, unit)
        }
    }

    // MARK: Donations

    private static func undoDonation(
        _ posting: Posting, _ command: ReverseTransfer, _ fund: Fund, _ unit: UnitOfWork
    ) throws -> Undone {
        guard let donation = try unit.find(Donation.self, posting.id) else {
            throw Refusal(.notReversible, at: "/transfer")
        }
        var use = try DonationUse.find(donation, unit)
        guard use.allocated == .zero, use.refunded == .zero else {
            throw Refusal(.laterFirst, at: "/transfer")
        }
        use.reversedOn = command.businessDate
        try unit.store(use)
        return Undone(
            postings: [posting], fund: fund, subject: donation.key, record: donation.key,
            programme: fund.programme, territory: donation.territory)
    }

    private static func undoRefund(
        _ posting: Posting, _ command: ReverseTransfer, _ fund: Fund, _ unit: UnitOfWork
    ) throws -> Undone {
        guard var refund = try unit.find(Refund.self, posting.id),
            let donation = try unit.find(Donation.self, refund.donation.uuid)
        else {
            throw Refusal(.notReversible, at: "/transfer")
        }
        var use = try DonationUse.find(donation, unit)
        use.refunded = use.refunded - refund.amount
        refund.reversedOn = command.businessDate
        try unit.store(use)
        try unit.store(refund)
        return Undone(
            postings: [posting], fund: fund, subject: donation.key, record: refund.key,
            programme: fund.programme, territory: donation.territory)
    }

    /// Out of the one fund and into the other are taken back together.
    private static func undoAllocation(
        _ posting: Posting, _ command: ReverseTransfer, _ fund: Fund, _ unit: UnitOfWork
    ) throws -> Undone {
        let shares = try unit.query(
            """
            SELECT id, CASE id WHEN \(posting.id) THEN endowment ELSE id END FROM allocation_share
            WHERE id = \(posting.id) OR endowment = \(posting.id)
            """)
        guard let row = shares.first,
            var share = try unit.find(AllocationShare.self, row.decode(UUID.self, at: 0)),
            let other = try Posting.find(row.decode(UUID.self, at: 1), unit),
            let donation = try unit.find(Donation.self, share.donation.uuid),
            let target = try unit.find(Fund.self, share.fund.uuid)
        else {
            throw Refusal(.notReversible, at: "/transfer")
        }
        var use = try DonationUse.find(donation, unit)
        use.allocated = use.allocated - share.amount
        share.reversedOn = command.businessDate
        try unit.store(use)
        try unit.store(share)
        return Undone(
            postings: [posting, other], fund: fund, subject: donation.key,
            record: share.allocation.uuid, programme: share.programme,
            territory: target.territory)
    }

    // MARK: Loans

    private static func undoLoan(
        _ posting: Posting, _ command: ReverseTransfer, _ fund: Fund, _ unit: UnitOfWork
    ) throws -> Undone {
        var record = posting.id
        let id: UUID?
        if posting.kind == .repayment, var repayment = try unit.find(Repayment.self, posting.id) {
            id = repayment.loan.uuid
            repayment.reversedOn = command.businessDate
            try unit.store(repayment)
        } else {
            let rows = try unit.query("SELECT loan FROM loan_record WHERE cause = \(posting.id)")
            id = try rows.first?.decode(UUID.self, at: 0)
            record = id ?? record
        }
        guard let id, var loan = try unit.find(Loan.self, id) else {
            throw Refusal(.notReversible, at: "/transfer")
        }
        let wasOpen = loan.state.isOpen
        try loan.undo(posting.kind, posting.amount, on: command.businessDate)
        if !wasOpen, loan.state.isOpen,
            try Borrowers.hasOpenLoan(loan.borrower, loan.fund, unit)
        {
            throw Refusal(
                .openLoan, at: "/transfer",
                expected: "a posting of a loan whose borrower has no other open one")
        }
        try unit.store(loan)
        unit.append(
            LoanRecord(
                loan: loan.id, state: loan.state, day: command.businessDate,
                amount: posting.amount, staff: command.actor.staff, reason: command.reason,
                cause: command.reversal.uuid))
        return Undone(
            postings: [posting], fund: fund, subject: loan.key, record: record,
            programme: loan.programme, territory: loan.territory)
    }

    // MARK: Grants

    private static func undoGrant(
        _ posting: Posting, _ command: ReverseTransfer, _ fund: Fund, _ unit: UnitOfWork
    ) throws -> Undone {
        var record = posting.id
        let id: UUID?
        if posting.kind == .grantReturn, var back = try unit.find(GrantReturn.self, posting.id) {
            id = back.grant.uuid
            back.reversedOn = command.businessDate
            try unit.store(back)
        } else {
            let rows = try unit.query(
                "SELECT grant_award FROM grant_record WHERE cause = \(posting.id)")
            id = try rows.first?.decode(UUID.self, at: 0)
            record = id ?? record
        }
        guard let id, var grant = try unit.find(Grant.self, id),
            var budget = try unit.find(Budget.self, grant.budget.uuid)
        else {
            throw Refusal(.notReversible, at: "/transfer")
        }
        try grant.undo(posting.kind, posting.amount, in: &budget, command.businessDate)
        try unit.store(grant)
        try unit.store(budget)
        unit.append(
            GrantRecord(
                grant: grant.id, state: grant.state, day: command.businessDate,
                amount: posting.amount, staff: command.actor.staff, reason: command.reason,
                cause: command.reversal.uuid))
        return Undone(
            postings: [posting], fund: fund, subject: grant.key, record: record,
            programme: grant.programme, territory: grant.territory)
    }
}

extension Loan {
    /// Goes back to what it was before a posting.
    mutating func undo(
        _ kind: TransferKind, _ amount: Fen, on day: BusinessDate
    ) throws(Refusal) {
        let isWhole = kind != .disbursement || outstanding == principal
        guard let before = state.before(kind), isWhole else {
            let expected = "\(RefusalCode.laterFirst.expected); this loan is \(state.rawValue)"
            throw Refusal(.laterFirst, at: "/transfer", expected: expected)
        }
        switch kind {
        case .disbursement: (outstanding, disbursedOn) = (.zero, nil)
        case .repayment, .writeOff: outstanding = outstanding + amount
        default: break
        }
        lastOn = max(lastOn, day)
        if before != state { (state, since) = (before, lastOn) }
    }
}

extension Grant {
    /// Goes back to what it was before a posting, and so does its budget.
    mutating func undo(
        _ kind: TransferKind, _ amount: Fen, in budget: inout Budget, _ day: BusinessDate
    ) throws(Refusal) {
        let before: GrantState
        if kind == .grant {
            guard kept == self.amount else { throw Refusal(.laterFirst, at: "/transfer") }
            (kept, before) = (.zero, .approved)
            budget.paid = budget.paid - amount
            budget.reserved = budget.reserved + amount
        } else {
            guard budget.free >= amount else { throw Refusal(.budgetExhausted, at: "/transfer") }
            before = state == .returned ? .paid : state
            kept = kept + amount
            budget.paid = budget.paid + amount
        }
        lastOn = max(lastOn, day)
        if before != state { (state, since) = (before, lastOn) }
    }
}
