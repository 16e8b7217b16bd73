import Foundation
import Messages
import Postgres
import ServiceKit

/// What taking a premium back, or the return of one, does to policies.
extension Undone {
    /// Those whom the posting has insured were never insured: their policies are refused, for the
    /// reason of the reversal. That is their answer, as if the insurer had given it, so a later
    /// answer to the same run changes nothing about them; another run may insure them.
    ///
    /// One statement for all of them, of which there may be as many as a community has households.
    static func undoPremium(
        _ posting: Posting, _ command: ReverseTransfer, _ fund: Fund, _ unit: UnitOfWork
    ) throws -> Undone {
        try EnrolmentPlans.prepare(unit)
        // Who files a claim on a policy or ends it holds its row to the end: nothing comes in between.
        _ = try unit.query(lock(posting))
        if let later = try later(than: posting, unit) {
            throw Refusal(
                .laterFirst, at: "/transfer",
                expected: "\(RefusalCode.laterFirst.expected); \(later)")
        }
        let rows = try unit.execute(refuse(posting, because: command.reason))
        guard var row = rows.first?.cursor() else {
            throw Refusal(.notReversible, at: "/transfer")
        }
        let run = try row.next(UUID.self)
        let undone = Undone(
            postings: [posting], fund: fund, subject: run, record: run,
            programme: try row.next(), territory: try row.next(),
            basis: try row.next(enum: Basis.self))
        guard try row.next(Fen.self) == posting.amount else {
            throw Refusal(.notReversible, at: "/transfer")
        }
        return undone
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

    /// - Returns: a row for all of them, with what they have in common and their premium together.
    private static func refuse(_ posting: Posting, because reason: String) -> Statement {
        """
        WITH refused AS (
            UPDATE policy AS p SET state = 'refused', refusal = \(reason)
            WHERE p.answer = \(posting.cause) AND p.state = 'active'
              AND premium_transfer(p.answer, p.territory, p.basis) = \(posting.id)
            RETURNING p.run, p.territory, p.basis, p.premium_fen)
        SELECT r.id, r.programme, p.territory, p.basis, sum(p.premium_fen)::bigint
        FROM refused AS p JOIN enrolment_run AS r ON r.id = p.run
        GROUP BY r.id, p.territory, p.basis
        """
    }

    /// What has become of one of the policies and must be taken back first; nil if nothing.
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
        return "claim \(claim) on one of the policies is \(try row.next(enum: ClaimState.self))"
    }

    /// The policy goes on as if it had not been terminated. The termination stays on record; that
    /// its posting is reversed says that it does not count.
    static func undoPremiumReturn(
        _ posting: Posting, _ fund: Fund, _ unit: UnitOfWork
    ) throws -> Undone {
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
        return Undone(
            postings: [posting], fund: fund, subject: policy.key, record: policy.key,
            programme: try row.next(), territory: policy.territory, basis: policy.basis)
    }

    /// Whether the insured, under whatever id, has another policy of the product that covers a day
    /// of this one's whole cover, or counts for the same year.
    private static func isInsuredOtherwise(
        _ policy: Policy, _ unit: UnitOfWork
    ) throws -> Bool {
        // A run that insures somebody at the same time waits here, or this waits for it.
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

extension Policies {
    /// Makes room for premiums that are taken back.
    static let reversalMigration = Migration(
        "0041_cover_reversals",
        """
        -- The id of the transfer that pays for those of one community whom an answer of the insurer
        -- insures on one basis.
        CREATE FUNCTION premium_transfer(answer uuid, territory text, basis text) RETURNS uuid
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN md5(answer::text || '/' || territory || '/' || basis)::uuid;

        CREATE INDEX policy_answer ON policy (answer);
        CREATE INDEX policy_termination_policy ON policy_termination (policy);

        -- Of whom was refused nothing may be claimed. One look for each statement, which may refuse
        -- as many as there are households; for what is claimed later there is check_claims.
        ALTER TABLE policy ADD CHECK (state <> 'refused' OR claimed_fen = 0);
        DROP TRIGGER claims_add_up ON policy;
        CREATE CONSTRAINT TRIGGER claims_add_up AFTER UPDATE ON policy
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state <> 'refused')
        EXECUTE FUNCTION check_claims();

        CREATE FUNCTION check_refused_policies() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM changed AS p JOIN claim AS c ON c.policy = p.id
                WHERE p.state = 'refused' AND c.state <> 'declined')
            THEN
                RAISE EXCEPTION 'a claim lies outside the cover of its policy'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_within_cover',
                          TABLE = 'claim';
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER policy_refused AFTER UPDATE ON policy
        REFERENCING NEW TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION check_refused_policies();

        -- As check_person_covered_once, for a policy that goes on after all.
        CREATE FUNCTION check_restored_cover() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
            PERFORM FROM product WHERE id = NEW.product FOR NO KEY UPDATE;
            IF EXISTS (
                SELECT FROM policy AS p
                WHERE p.product = NEW.product AND p.insured <> NEW.insured
                  AND p.insured = ANY (ARRAY(SELECT same_person(NEW.insured)))
                  AND p.state <> 'refused' AND p.cover && NEW.cover)
            THEN
                RAISE EXCEPTION 'a person has a policy of this product for that time'
                    USING ERRCODE = 'exclusion_violation',
                          CONSTRAINT = 'policy_cover_never_overlaps', TABLE = 'policy';
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER policy_restored AFTER UPDATE OF state ON policy FOR EACH ROW
        WHEN (OLD.state = 'terminated' AND NEW.state = 'active')
        EXECUTE FUNCTION check_restored_cover();

        CREATE OR REPLACE VIEW ledger_check_insurance AS
        SELECT b.fund, 'premium expense is not what the policies say' AS problem
        FROM account_balance AS b
        WHERE b.account = 'premium_expense' AND b.fen <> (
            SELECT coalesce(sum(p.premium_fen - p.returned_fen), 0)
            FROM policy AS p JOIN enrolment_run AS r ON r.id = p.run
            WHERE r.fund = b.fund AND p.state <> 'refused')
        UNION ALL
        SELECT r.fund, 'a premium is not what the policies that it paid for say'
        FROM (SELECT p.run, p.answer, p.territory, p.basis,
                     coalesce(sum(p.premium_fen) FILTER (WHERE p.state <> 'refused'), 0) AS fen
              FROM policy AS p WHERE p.answer IS NOT NULL
              GROUP BY p.run, p.answer, p.territory, p.basis) AS g
        JOIN enrolment_run AS r ON r.id = g.run
        LEFT JOIN transfer AS t ON t.id = premium_transfer(g.answer, g.territory, g.basis)
            AND NOT EXISTS (SELECT FROM reversal AS v WHERE v.transfer = t.id)
        WHERE g.fen <> coalesce(t.amount_fen, 0)
        UNION ALL
        SELECT r.fund, 'what a policy gave back is not what its terminations say'
        FROM policy AS p JOIN enrolment_run AS r ON r.id = p.run
        LEFT JOIN (
            SELECT t.policy, sum(t.returned_fen) AS fen FROM policy_termination AS t
            WHERE NOT EXISTS (SELECT FROM reversal AS v WHERE v.transfer = t.cause)
            GROUP BY t.policy) AS t ON t.policy = p.id
        WHERE p.returned_fen <> coalesce(t.fen, 0);
        """)
}
