import Foundation
import Messages
import Postgres
import ServiceKit

/// Undoes the postings of loans.
extension ReversalEffect {
    static func undoLoan(
        _ posting: Posting, _ command: ReverseTransfer, _ unit: UnitOfWork
    ) throws -> ReversalEffect {
        let day = command.businessDate
        var record = posting.id
        let id: UUID?
        if posting.kind == .repayment, var repayment = try unit.find(Repayment.self, posting.id) {
            id = repayment.loan.uuid
            repayment.reversedOn = day
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
        try loan.undo(posting.kind, posting.amount, on: day)
        try CaseDays.requireLatest(day, after: latest(of: loan), at: "/businessDate", unit)
        if loan.state == .approved { try Loans.limit(&loan, from: loan.since, unit) }
        if !wasOpen, loan.state.isOpen,
            try Borrowers.hasOpenLoan(loan.borrower, loan.fund, unit)
        {
            throw Refusal(
                .openLoan, at: "/transfer",
                expected: "a posting of a loan whose borrower has no other open one")
        }
        try unit.store(loan)
        try LoanTasks.review(loan, on: day, unit)
        unit.tell(loan.state)
        unit.append(
            LoanRecord(
                loan: loan.id, state: loan.state, day: day,
                amount: posting.amount, staff: command.actor.staff,
                cause: command.reversal.uuid))
        return ReversalEffect(
            postings: [posting], subject: loan.key, record: record,
            programme: loan.programme, territory: loan.territory, about: loan.borrower.uuid)
    }

    private static func latest(of loan: Loan) -> Statement {
        """
        SELECT max(t.business_date) FROM transfer AS t
        WHERE t.id IN (
            SELECT cause FROM loan_record WHERE loan = \(loan.key)
            UNION ALL SELECT id FROM repayment WHERE loan = \(loan.key))
        """
    }
}

extension Loan {
    /// Goes back to the state before a posting.
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
        case .repayment:
            outstanding = outstanding + amount
            correctedOn = max(correctedOn ?? day, day)
        case .writeOff: outstanding = outstanding + amount
        default: break
        }
        lastOn = max(lastOn, day)
        if before != state { (state, since) = (before, lastOn) }
    }
}
