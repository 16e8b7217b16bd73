import ServiceKit

extension Policies {
    /// Makes room for products that insure persons, and for what becomes of a policy.
    static let migration = Migration(
        contracting: "0021_policies",
        """
        CREATE EXTENSION IF NOT EXISTS btree_gist;

        ALTER TABLE product DROP CONSTRAINT product_kind_check;
        ALTER TABLE product
            ADD CONSTRAINT product_kind_check CHECK (kind IN ('accident', 'nursing')),
            ADD COLUMN insured text NOT NULL DEFAULT 'household'
                CHECK (insured IN ('household', 'person'));

        ALTER TABLE product_rule
            ADD COLUMN bereaved_minimum_age integer CHECK (bereaved_minimum_age >= 0),
            ADD COLUMN sum_insured_fen bigint CHECK (sum_insured_fen > 0);

        ALTER TABLE product_premium DROP CONSTRAINT product_premium_basis_check;
        ALTER TABLE product_premium ADD CONSTRAINT product_premium_basis_check
            CHECK (basis IN ('special_family', 'low_security', 'low_income', 'only_child_parents',
                             'bereaved'));

        ALTER TABLE enrolment_run
            ADD COLUMN insured text NOT NULL DEFAULT 'household'
                CHECK (insured IN ('household', 'person')),
            ADD COLUMN open_lines bigint CHECK (open_lines >= 0);
        UPDATE enrolment_run AS r SET open_lines = CASE r.state WHEN 'reconciled' THEN 0 ELSE (
            SELECT count(*) FROM enrolment_line AS l WHERE l.run = r.id AND l.basis IS NOT NULL) END
        WHERE r.state IN ('submitted', 'reconciled');
        ALTER TABLE enrolment_run
            ADD CHECK ((state IN ('submitted', 'reconciled')) = (open_lines IS NOT NULL)),
            ADD CHECK (state <> 'reconciled' OR open_lines = 0);

        -- What the rule asks of a person, as it was when the run was frozen.
        CREATE TABLE enrolment_person (
            run         uuid    NOT NULL,
            person      uuid    NOT NULL,
            household   uuid,
            territory   text    COLLATE "C" NOT NULL,
            is_insured  boolean NOT NULL,
            is_bereaved boolean NOT NULL,
            birth_date  date    NOT NULL,
            PRIMARY KEY (run, person)
        );

        -- A line is about a household, or about a person and then names the household too. What the
        -- insurer says of it becomes a policy.
        ALTER TABLE enrolment_line RENAME COLUMN household TO insured;
        ALTER TABLE enrolment_line ADD COLUMN household uuid;

        -- Lines of the insurer's answers that had no effect.
        CREATE TABLE enrolment_unmatched (
            run      uuid NOT NULL REFERENCES enrolment_run DEFERRABLE INITIALLY DEFERRED,
            answer   uuid NOT NULL,
            insured  uuid NOT NULL,
            says     text NOT NULL CHECK (says IN ('accepted', 'refused')),
            reason   text NOT NULL,
            mismatch text NOT NULL CHECK (mismatch IN ('not_on_the_list', 'answered_otherwise')),
            PRIMARY KEY (answer, insured)
        );
        CREATE TRIGGER enrolment_unmatched_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON enrolment_unmatched
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        DROP TRIGGER policy_cover_never_overlaps ON policy;
        DROP FUNCTION check_policy_cover();
        DROP INDEX policy_one_per_household;

        ALTER TABLE policy RENAME COLUMN household TO insured;
        ALTER TABLE policy DROP CONSTRAINT policy_state_check;
        ALTER TABLE policy
            ADD COLUMN household       uuid,
            ADD COLUMN answer          uuid,
            ADD COLUMN refusal         text,
            ADD COLUMN sum_insured_fen bigint,
            ADD COLUMN ended_on        date CHECK (ended_on BETWEEN cover_from AND cover_to),
            ADD COLUMN returned_fen    bigint NOT NULL DEFAULT 0,
            ADD COLUMN claimed_fen     bigint NOT NULL DEFAULT 0,
            ADD COLUMN sequence        bigint NOT NULL DEFAULT 0 CHECK (sequence >= 0),
            ADD COLUMN id uuid NOT NULL
                GENERATED ALWAYS AS (md5(run::text || '/' || insured::text)::uuid) STORED,
            -- Empty if it was terminated on its first day.
            ADD COLUMN cover daterange NOT NULL
                GENERATED ALWAYS AS (daterange(cover_from, coalesce(ended_on, cover_to + 1))) STORED,
            ADD CONSTRAINT policy_state_check
                CHECK (state IN ('active', 'terminated', 'refused')),
            ADD CHECK ((state = 'refused') = (refusal IS NOT NULL)),
            ADD CHECK ((state = 'terminated') = (ended_on IS NOT NULL)),
            ADD CHECK (returned_fen BETWEEN 0 AND premium_fen),
            ADD CHECK (returned_fen = 0 OR state = 'terminated'),
            ADD CONSTRAINT policy_claims_within_sum_insured
                CHECK (claimed_fen BETWEEN 0 AND coalesce(sum_insured_fen, 0));

        INSERT INTO policy (run, insured, product, policy_year, cover_from, cover_to, territory,
            basis, premium_fen, state, refusal)
        SELECT l.run, l.insured, r.product, r.policy_year, r.cover_from, r.cover_to, l.territory,
               l.basis, l.premium_fen, 'refused', l.refusal
        FROM enrolment_line AS l JOIN enrolment_run AS r ON r.id = l.run
        WHERE l.refusal IS NOT NULL;
        ALTER TABLE enrolment_line DROP COLUMN refusal;

        CREATE UNIQUE INDEX policy_id ON policy (id);
        CREATE UNIQUE INDEX policy_one_per_year ON policy (product, insured, policy_year)
        WHERE state = 'active';

        -- Covers of one household or person and product never overlap, whatever year they count
        -- for.
        ALTER TABLE policy ADD CONSTRAINT policy_cover_never_overlaps
            EXCLUDE USING gist (insured WITH =, product WITH =, cover WITH &&)
            WHERE (state <> 'refused');

        CREATE TABLE policy_termination (
            cause         uuid   PRIMARY KEY,
            policy        uuid   NOT NULL REFERENCES policy (id) DEFERRABLE INITIALLY DEFERRED,
            ended_on      date   NOT NULL,
            business_date date   NOT NULL,
            returned_fen  bigint NOT NULL CHECK (returned_fen >= 0),
            staff         uuid   NOT NULL,
            reason        text   NOT NULL
        );
        CREATE TRIGGER policy_termination_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON policy_termination
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        INSERT INTO transfer_kind (kind, debit, credit)
        VALUES ('premium_return', 'cash', 'premium_expense');

        CREATE OR REPLACE VIEW ledger_check_insurance AS
        SELECT b.fund, 'premium expense is not what the policies say' AS problem
        FROM account_balance AS b
        WHERE b.account = 'premium_expense' AND b.fen <> (
            SELECT coalesce(sum(p.premium_fen - p.returned_fen), 0)
            FROM policy AS p JOIN enrolment_run AS r ON r.id = p.run
            WHERE r.fund = b.fund AND p.state <> 'refused');
        """)
}
