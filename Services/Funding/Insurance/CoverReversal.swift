import Foundation
import Messages
import Postgres
import ServiceKit

/// Undoes what a premium, or the return of a premium, did to policies.
extension ReversalEffect {
    /// Refuses the policies that the posting paid for: they never covered anything. The reason is kept
    /// with the reversal. The refusal counts as the insurer's answer, so a later answer to the same run
    /// does not change them. Another run may insure the same households or persons.
    ///
    /// One statement refuses all of them; there may be as many as a community has households.
    static func undoPremium(
        _ posting: Posting, _ command: ReverseTransfer, _ unit: UnitOfWork
    ) throws -> ReversalEffect {
        try EnrolmentPlans.prepare(unit)
        // Filing a claim on a policy and ending it lock the row too, so neither comes in between.
        _ = try unit.query(lock(posting))
        if let later = try later(than: posting, unit) {
            throw Refusal(
                .laterFirst, at: "/transfer",
                expected: "\(RefusalCode.laterFirst.expected); \(later)")
        }
        try CaseDays.requireLatest(
            command.businessDate, after: latestReturn(of: posting), at: "/businessDate", unit)
        let rows = try unit.execute(refuse(posting))
        guard var row = rows.first?.cursor() else {
            throw Refusal(.notReversible, at: "/transfer")
        }
        let run = try row.next(UUID.self)
        let effect = ReversalEffect(
            postings: [posting], subject: run, record: run,
            programme: try row.next(), territory: try row.next(),
            basis: try row.next())
        guard try row.next(Fen.self) == posting.amount else {
            throw Refusal(.notReversible, at: "/transfer")
        }
        return effect
    }

    private static func lock(_ posting: Posting) -> Statement {
        """
        WITH paid AS MATERIALIZED (
            SELECT p.id FROM policy AS p
            WHERE p.answer = \(posting.cause)
              AND premium_transfer(p.answer, p.territory, p.basis) = \(posting.id)
            FOR NO KEY UPDATE)
        SELECT count(*) FROM paid
        """
    }

    /// The latest day on which the return of a part of the premium was taken back.
    private static func latestReturn(of posting: Posting) -> Statement {
        """
        WITH paid AS MATERIALIZED (
            SELECT p.id FROM policy AS p
            WHERE p.answer = \(posting.cause)
              AND premium_transfer(p.answer, p.territory, p.basis) = \(posting.id))
        SELECT max(r.business_date)
        FROM paid AS p JOIN policy_termination AS t ON t.policy = p.id
        JOIN reversal AS r ON r.transfer = t.cause
        """
    }

    /// - Returns: one row, with the run, programme, territory and basis of the policies, and the sum of
    ///   their premiums.
    private static func refuse(_ posting: Posting) -> Statement {
        """
        WITH refused AS (
            UPDATE policy AS p SET state = 'refused'
            WHERE p.answer = \(posting.cause) AND p.state = 'active'
              AND premium_transfer(p.answer, p.territory, p.basis) = \(posting.id)
            RETURNING p.run, p.territory, p.basis, p.premium_fen)
        SELECT r.id, r.programme, p.territory, p.basis, sum(p.premium_fen)::bigint
        FROM refused AS p JOIN enrolment_run AS r ON r.id = p.run
        GROUP BY r.id, p.territory, p.basis
        """
    }

    /// Describes a termination of one of the policies, or a claim on one, that must be undone first; nil
    /// if there is none.
    private static func later(than posting: Posting, _ unit: UnitOfWork) throws -> String? {
        let ended = try unit.query(
            """
            WITH ended AS MATERIALIZED (
                SELECT p.id FROM policy AS p
                WHERE p.answer = \(posting.cause) AND p.state = 'terminated'
                  AND premium_transfer(p.answer, p.territory, p.basis) = \(posting.id))
            SELECT p.id, t.cause, t.returned_fen
            FROM ended AS p JOIN policy_termination AS t ON t.policy = p.id
            WHERE NOT EXISTS (SELECT FROM reversal AS r WHERE r.transfer = t.cause)
            ORDER BY p.id
            """)
        if var row = ended.first?.cursor() {
            let (policy, transfer) = (try row.next(PolicyID.self), try row.next(TransferID.self))
            return try row.next(Fen.self) > .zero
                ? "policy \(policy) was terminated by the posting \(transfer)"
                : "policy \(policy) was terminated, and no posting came of that"
        }
        let claimed = try unit.query(
            """
            WITH paid AS MATERIALIZED (
                SELECT p.id FROM policy AS p
                WHERE p.answer = \(posting.cause)
                  AND premium_transfer(p.answer, p.territory, p.basis) = \(posting.id))
            SELECT c.id, c.state
            FROM paid AS p JOIN claim AS c ON c.policy = p.id AND c.state <> 'declined'
            ORDER BY c.id
            """)
        guard var row = claimed.first?.cursor() else { return nil }
        let claim = try row.next(ClaimID.self)
        return "claim \(claim) on one of the policies is \(try row.next(ClaimState.self))"
    }

    /// Continues the policy as if it had not been terminated. The termination stays on record; the
    /// reversal of its posting says that it does not count.
    static func undoPremiumReturn(
        _ posting: Posting, _ unit: UnitOfWork
    ) throws -> ReversalEffect {
        let rows = try unit.query(
            """
            SELECT t.policy, r.programme
            FROM policy_termination AS t JOIN policy AS p ON p.id = t.policy
            JOIN enrolment_run AS r ON r.id = p.run
            WHERE t.cause = \(posting.id)
            """)
        guard var row = rows.first?.cursor(),
            var policy = try unit.find(Policy.self, row.next()), policy.state == .terminated
        else {
            throw Refusal(.notReversible, at: "/transfer")
        }
        guard try !isInsuredOtherwise(policy, unit) else {
            throw Refusal(
                .policyExists, at: "/transfer",
                expected: "a policy beside which the insured has no other one for that time")
        }
        policy.state = .active
        policy.endedOn = nil
        policy.returned = .zero
        try unit.store(policy)
        try CoverTasks.review([policy.insured], on: unit.days.today, unit)
        return ReversalEffect(
            postings: [posting], subject: policy.key, record: policy.key,
            programme: try row.next(), territory: policy.territory, basis: policy.basis,
            about: policy.insured)
    }

    /// Whether the insured, under any id, has another policy of the product that covers a day of this
    /// one's whole cover, or is active for the same year.
    private static func isInsuredOtherwise(
        _ policy: Policy, _ unit: UnitOfWork
    ) throws -> Bool {
        // A run that makes policies at the same time locks this row too, so the later one waits.
        _ = try unit.query(
            "SELECT id FROM product WHERE id = \(policy.product.uuid) FOR NO KEY UPDATE")
        let others = try unit.query(
            """
            SELECT p.id FROM policy AS p
            WHERE p.product = \(policy.product.uuid) AND p.id <> \(policy.key)
              AND p.insured = ANY (
                  ARRAY(SELECT same_person(\(policy.insured))) || \(policy.insured))
              AND p.state <> 'refused'
              AND (p.cover && daterange(\(policy.coverFrom), \(policy.coverTo), '[]')
                   OR (p.state = 'active' AND p.policy_year = \(policy.policyYear)))
            """)
        return !others.isEmpty
    }
}
