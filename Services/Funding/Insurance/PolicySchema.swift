/// The tables of policies and claims.
extension InsuranceSchema {
    static let policies = """
        -- The exclusion constraint below compares ids for equality in a GiST index.
        CREATE EXTENSION IF NOT EXISTS btree_gist;

        -- An answer of the insurer to a line of a run.
        CREATE TABLE policy (
            run             uuid      NOT NULL,
            insured         uuid      NOT NULL,
            product         uuid      NOT NULL,
            policy_year     integer   NOT NULL,
            cover_from      date      NOT NULL,
            cover_to        date      NOT NULL CHECK (cover_to >= cover_from),
            territory       text      COLLATE "C" NOT NULL,
            basis           text      NOT NULL,
            premium_fen     bigint    NOT NULL CHECK (premium_fen > 0),
            state           text      NOT NULL
                            CHECK (state IN ('active', 'terminated', 'refused')),
            household       uuid,
            answer          uuid,
            sum_insured_fen bigint,
            ended_on        date      CHECK (ended_on BETWEEN cover_from AND cover_to),
            returned_fen    bigint    NOT NULL DEFAULT 0,
            claimed_fen     bigint    NOT NULL DEFAULT 0,
            sequence        bigint    NOT NULL DEFAULT 0 CHECK (sequence >= 0),
            id              uuid      NOT NULL
                            GENERATED ALWAYS AS (md5(run::text || '/' || insured::text)::uuid) STORED,
            -- The range is empty if the policy was terminated on its first day.
            cover           daterange NOT NULL
                            GENERATED ALWAYS AS
                                (daterange(cover_from, coalesce(ended_on, cover_to + 1))) STORED,
            PRIMARY KEY (run, insured),
            CHECK ((state = 'terminated') = (ended_on IS NOT NULL)),
            CHECK (returned_fen BETWEEN 0 AND premium_fen),
            CHECK (returned_fen = 0 OR state = 'terminated'),
            CHECK (state <> 'refused' OR claimed_fen = 0),
            CONSTRAINT policy_claims_within_sum_insured
                CHECK (claimed_fen BETWEEN 0 AND coalesce(sum_insured_fen, 0)),
            -- Covers of one household or person and product never overlap, whatever year they count
            -- for.
            CONSTRAINT policy_cover_never_overlaps
                EXCLUDE USING gist (insured WITH =, product WITH =, cover WITH &&)
                WHERE (state <> 'refused')
        );
        CREATE UNIQUE INDEX policy_id ON policy (id);
        CREATE UNIQUE INDEX policy_one_per_year ON policy (product, insured, policy_year)
        WHERE state = 'active';
        CREATE INDEX policy_answer ON policy (answer);

        CREATE TABLE policy_termination (
            cause         uuid   PRIMARY KEY,
            policy        uuid   NOT NULL REFERENCES policy (id) DEFERRABLE INITIALLY DEFERRED,
            ended_on      date   NOT NULL,
            business_date date   NOT NULL,
            returned_fen  bigint NOT NULL CHECK (returned_fen >= 0),
            staff         uuid   NOT NULL
        );
        CREATE INDEX policy_termination_policy ON policy_termination (policy);
        CREATE TRIGGER policy_termination_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON policy_termination
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        -- Gives the id of the transfer that pays the premium of one answer, community and basis.
        CREATE FUNCTION premium_transfer(answer uuid, territory text, basis text) RETURNS uuid
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN md5(answer::text || '/' || territory || '/' || basis)::uuid;
        """

    static let cover = """
        -- Refuses in the name of the exclusion constraint of policy, which compares single ids.
        CREATE FUNCTION refuse_overlap() RETURNS void
        LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'a person has a policy of this product for that time'
                USING ERRCODE = 'exclusion_violation',
                      CONSTRAINT = 'policy_cover_never_overlaps', TABLE = 'policy';
        END $$;

        -- Checks all ids of a person.
        -- Two runs that are settled at once wait for each other at the product's row.
        CREATE FUNCTION check_person_covered_once() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
            PERFORM FROM product WHERE id IN (SELECT product FROM added)
            ORDER BY id FOR NO KEY UPDATE;
            IF EXISTS (
                WITH ids AS (
                    SELECT merged_into AS person, id FROM person WHERE merged_into IS NOT NULL
                    UNION SELECT merged_into, merged_into FROM person
                    WHERE merged_into IS NOT NULL)
                SELECT FROM ids AS i
                JOIN added AS a ON a.insured = i.id
                JOIN ids AS o ON o.person = i.person AND o.id <> i.id
                JOIN policy AS p ON p.insured = o.id AND p.product = a.product
                WHERE a.state <> 'refused' AND p.state <> 'refused' AND p.cover && a.cover)
            THEN
                PERFORM refuse_overlap();
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER policy_covers_person_once AFTER INSERT ON policy
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION check_person_covered_once();

        -- The same check, for a policy whose termination is reversed.
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
                PERFORM refuse_overlap();
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER policy_restored AFTER UPDATE OF state ON policy FOR EACH ROW
        WHEN (OLD.state = 'terminated' AND NEW.state = 'active')
        EXECUTE FUNCTION check_restored_cover();
        """

    static let claims = """
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
        CREATE INDEX claim_undecided ON claim (last_on, id) WHERE state = 'filed';

        CREATE TABLE claim_record (
            cause      uuid   PRIMARY KEY,
            claim      uuid   NOT NULL REFERENCES claim DEFERRABLE INITIALLY DEFERRED,
            state      text   NOT NULL,
            day        date   NOT NULL,
            amount_fen bigint NOT NULL,
            staff      uuid
        );

        CREATE TRIGGER claim_record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON claim_record
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        CREATE FUNCTION refuse_claim() RETURNS void
        LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'a claim lies outside the cover of its policy'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_within_cover',
                      TABLE = 'claim';
        END $$;

        -- A policy keeps the sum of its accepted claims, and its own check keeps that within the sum
        -- insured. Accepting a claim changes the policy's row, so two acceptances at once wait for
        -- each other there. This trigger keeps the sum true, and every claim that was not declined
        -- inside the cover.
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
                PERFORM refuse_claim();
            END IF;
            RETURN NULL;
        END $$;

        CREATE CONSTRAINT TRIGGER claims_add_up AFTER INSERT OR UPDATE ON claim
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_claims();
        CREATE CONSTRAINT TRIGGER claims_add_up AFTER UPDATE ON policy
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state <> 'refused')
        EXECUTE FUNCTION check_claims();

        -- A refused policy has no claims. It is checked once for each statement, which may refuse as
        -- many policies as there are households. check_claims covers claims that come later.
        CREATE FUNCTION check_refused_policies() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM changed AS p JOIN claim AS c ON c.policy = p.id
                WHERE p.state = 'refused' AND c.state <> 'declined')
            THEN
                PERFORM refuse_claim();
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER policy_refused AFTER UPDATE ON policy
        REFERENCING NEW TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION check_refused_policies();
        """

    static let check = """
        -- The part of ledger_check about premiums.
        CREATE VIEW ledger_check_insurance AS
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
        """
}
