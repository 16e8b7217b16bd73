import Foundation
import Messages
import Postgres
import ServiceKit

/// A claim on a policy. The insurer pays it, so it moves no money of a fund.
struct Claim: Aggregate {
    let id: ClaimID
    let policy: PolicyID
    let product: ProductID
    let programme: Programme
    /// The community.
    let territory: TerritoryCode
    let eventDate: BusinessDate
    /// What is claimed.
    let amount: Fen
    var state = ClaimState.filed
    /// The date of the latest step.
    var lastOn: BusinessDate
    /// What is accepted of it, set exactly while it is accepted or paid.
    var accepted: Fen?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    /// Goes over to the state after a step, if the state and the day allow it.
    /// - Parameter pointer: where the command says the day.
    mutating func step(
        _ step: ClaimState.Step, on day: BusinessDate, at pointer: String
    ) throws(Refusal) {
        let next = try state.after(step)
        try day.require(from: lastOn, else: .dateTooEarly, at: pointer)
        (state, lastOn) = (next, day)
    }

    static let table = Table<Claim>(
        "claim", key: "id",
        columns: [
            Column("id", { $0.id.uuid }), Column("policy", { $0.policy.uuid }),
            Column("product", { $0.product.uuid }), Column("programme", { $0.programme }),
            Column("territory", { $0.territory }), Column("event_date", { $0.eventDate }),
            Column("amount_fen", { $0.amount }), Column("state", { $0.state.rawValue }),
            Column("last_on", { $0.lastOn }), Column("accepted_fen", optional: { $0.accepted }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        Claim(
            id: ClaimID(try row.next()), policy: PolicyID(try row.next()),
            product: ProductID(try row.next()), programme: try row.next(),
            territory: try row.next(), eventDate: try row.next(), amount: try row.next(),
            state: try row.next(enum: ClaimState.self), lastOn: try row.next(),
            accepted: try row.next(optional: Fen.self), sequence: try row.next())
    }
}

/// Where a claim stands.
enum ClaimState: String, CaseIterable {
    case filed, accepted, paid, declined

    enum Step: CaseIterable { case accept, decline, pay }

    /// The state after a step that may be taken from this one.
    func after(_ step: Step) throws(Refusal) -> ClaimState {
        switch (self, step) {
        case (.filed, .accept): .accepted
        case (.filed, .decline): .declined
        case (.accepted, .pay): .paid
        case (_, .accept), (_, .decline): throw Refusal(.notFiled, at: "/claim", because: self)
        case (_, .pay): throw Refusal(.notAccepted, at: "/claim", because: self)
        }
    }
}

/// What happened to a claim, on whose authority and why. Only ever added to.
struct ClaimRecord: Record {
    let claim: ClaimID
    /// The state that it led to.
    let state: ClaimState
    let day: BusinessDate
    let amount: Fen
    let staff: StaffID?
    let reason: String?
    let cause: UUID

    static let table = RecordTable<ClaimRecord>(
        "claim_record",
        columns: [
            Column("claim", { $0.claim.uuid }), Column("state", { $0.state.rawValue }),
            Column("day", { $0.day }), Column("amount_fen", { $0.amount }),
            Column("staff", optional: { $0.staff?.uuid }),
            Column("reason", optional: { $0.reason }), Column("cause", { $0.cause }),
        ])
}

extension Claims {
    static let migration = Migration(
        "0022_claims",
        """
        CREATE TABLE claim (
            id           uuid   PRIMARY KEY,
            policy       uuid   NOT NULL REFERENCES policy (id) DEFERRABLE INITIALLY DEFERRED,
            product      uuid   NOT NULL REFERENCES product DEFERRABLE INITIALLY DEFERRED,
            programme    text   NOT NULL,
            territory    text   COLLATE "C" NOT NULL,
            event_date   date   NOT NULL,
            amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
            state        text   NOT NULL
                         CHECK (state IN ('filed', 'accepted', 'paid', 'declined')),
            last_on      date   NOT NULL CHECK (last_on >= event_date),
            accepted_fen bigint CHECK (accepted_fen BETWEEN 1 AND amount_fen),
            sequence     bigint NOT NULL CHECK (sequence > 0),
            CHECK ((state IN ('accepted', 'paid')) = (accepted_fen IS NOT NULL))
        );
        CREATE INDEX claim_policy ON claim (policy);

        CREATE TABLE claim_record (
            cause      uuid   PRIMARY KEY,
            claim      uuid   NOT NULL REFERENCES claim DEFERRABLE INITIALLY DEFERRED,
            state      text   NOT NULL,
            day        date   NOT NULL,
            amount_fen bigint NOT NULL,
            staff      uuid,
            reason     text
        );

        CREATE TRIGGER claim_record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON claim_record
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        -- A policy says what its claims come to, and its own check keeps that within the sum
        -- insured: whoever accepts a claim must change the policy's row, so two who do it at once
        -- meet there. This keeps it true, and every claim that was not declined inside the cover.
        CREATE FUNCTION check_claims() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        DECLARE
            of_policy uuid;
            held      record;
        BEGIN
            IF TG_TABLE_NAME = 'policy' THEN of_policy := NEW.id;
            ELSE of_policy := NEW.policy;
            END IF;
            SELECT p.claimed_fen, p.state, p.cover INTO held FROM policy AS p WHERE p.id = of_policy;
            IF held.claimed_fen <> (
                SELECT coalesce(sum(c.accepted_fen), 0) FROM claim AS c WHERE c.policy = of_policy)
            THEN
                RAISE EXCEPTION 'a policy does not say what its claims come to'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'claims_add_up',
                          TABLE = 'policy';
            END IF;
            IF EXISTS (
                SELECT 1 FROM claim AS c
                WHERE c.policy = of_policy AND c.state <> 'declined'
                  AND (held.state = 'refused' OR NOT held.cover @> c.event_date))
            THEN
                RAISE EXCEPTION 'a claim lies outside the cover of its policy'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_within_cover',
                          TABLE = 'claim';
            END IF;
            RETURN NULL;
        END $$;

        CREATE CONSTRAINT TRIGGER claims_add_up AFTER INSERT OR UPDATE ON claim
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_claims();
        CREATE CONSTRAINT TRIGGER claims_add_up AFTER UPDATE ON policy
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_claims();
        """)
}

extension RefusalCode {
    static let notFiled = RefusalCode("not_filed", "a claim that is not decided yet")
    static let notAccepted = RefusalCode("not_accepted", "an accepted claim that is not paid yet")
}
