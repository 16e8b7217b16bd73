import Foundation
import Messages
import Postgres
import ServiceKit

/// Undoes the postings of grants.
extension ReversalEffect {
    static func undoGrant(
        _ posting: Posting, _ command: ReverseTransfer, _ unit: UnitOfWork
    ) throws -> ReversalEffect {
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
        try CaseDays.requireLatest(
            command.businessDate, after: latest(of: grant), at: "/businessDate", unit)
        try unit.store(grant)
        try unit.store(budget)
        try ApplicationTasks.review(grant, on: command.businessDate, unit)
        unit.tell(grant.state)
        unit.append(
            GrantRecord(
                grant: grant.id, state: grant.state, day: command.businessDate,
                amount: posting.amount, staff: command.actor.staff,
                cause: command.reversal.uuid))
        return ReversalEffect(
            postings: [posting], subject: grant.key, record: record,
            programme: grant.programme, territory: grant.territory,
            about: grant.household?.uuid)
    }

    private static func latest(of grant: Grant) -> Statement {
        """
        SELECT max(t.business_date) FROM transfer AS t
        WHERE t.id IN (
            SELECT cause FROM grant_record WHERE grant_award = \(grant.key)
            UNION ALL SELECT id FROM grant_return WHERE grant_award = \(grant.key))
        """
    }
}

extension Grant {
    /// Goes back to the state before a posting, and its budget too.
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
