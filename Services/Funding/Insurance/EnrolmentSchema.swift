import ServiceKit

extension Enrolments {
    static let migration = Migration(
        "0007_enrolments",
        """
        -- Age in completed years; someone born on 29 February completes a year on 1 March in common
        -- years. Years, months and days are compared as one number of the form yyyymmdd.
        CREATE FUNCTION completed_years(born date, at date) RETURNS integer
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN floor(
            (date_part('year', at) * 10000 + date_part('month', at) * 100 + date_part('day', at)
             - date_part('year', born) * 10000 - date_part('month', born) * 100
             - date_part('day', born)) / 10000)::integer;

        CREATE TABLE enrolment_run (
            id             uuid    PRIMARY KEY,
            product        uuid    NOT NULL REFERENCES product DEFERRABLE INITIALLY DEFERRED,
            programme      text    NOT NULL,
            fund           uuid    NOT NULL REFERENCES fund DEFERRABLE INITIALLY DEFERRED,
            territory      text    COLLATE "C" NOT NULL,
            policy_year    integer NOT NULL,
            cover_from     date    NOT NULL,
            cover_to       date    NOT NULL CHECK (cover_to >= cover_from),
            opened_on      date    NOT NULL,
            state          text    NOT NULL
                           CHECK (state IN ('draft', 'frozen', 'evaluated', 'approved', 'submitted',
                                            'reconciled')),
            last_on        date    NOT NULL,
            reference_date date,
            rule_version   integer,
            digest         text,
            approved_by    uuid,
            sequence       bigint  NOT NULL CHECK (sequence > 0),
            CHECK ((state = 'draft') = (reference_date IS NULL)),
            CHECK ((reference_date IS NULL) = (rule_version IS NULL)),
            CHECK ((state IN ('draft', 'frozen')) = (digest IS NULL)),
            CHECK ((state IN ('draft', 'frozen', 'evaluated')) = (approved_by IS NULL)),
            FOREIGN KEY (product, rule_version)
                REFERENCES product_rule (product, version) DEFERRABLE INITIALLY DEFERRED
        );

        -- The tables below have as many rows as there are households, written together by one
        -- statement of a handler that has the run locked. A foreign key would check the same run
        -- for each row.

        -- What the rule asks of a household, as it was when the run was frozen.
        CREATE TABLE enrolment_household (
            run            uuid    NOT NULL,
            household      uuid    NOT NULL,
            territory      text    COLLATE "C" NOT NULL,
            is_insured     boolean NOT NULL,
            special_family boolean NOT NULL,
            low_security   boolean NOT NULL,
            low_income     boolean NOT NULL,
            only_child     boolean NOT NULL,
            parent_births  date[]  NOT NULL,
            PRIMARY KEY (run, household)
        );

        -- What became of it: a basis and a premium, or the reason why it is not on the list; and
        -- the insurer's reason if the insurer refused it.
        CREATE TABLE enrolment_line (
            run         uuid   NOT NULL,
            household   uuid   NOT NULL,
            territory   text   COLLATE "C" NOT NULL,
            basis       text,
            reason      text,
            premium_fen bigint CHECK (premium_fen > 0),
            refusal     text,
            PRIMARY KEY (run, household),
            CHECK ((basis IS NULL) <> (reason IS NULL)),
            CHECK ((basis IS NULL) = (premium_fen IS NULL)),
            CHECK (refusal IS NULL OR basis IS NOT NULL)
        );

        -- SHA-256 over the digests of the communities, each over its lines: so that no text is made
        -- of a whole run at once.
        CREATE FUNCTION enrolment_digest(of_run uuid) RETURNS text
        LANGUAGE sql STABLE
        RETURN (
            SELECT encode(sha256(convert_to(coalesce(
                       string_agg(c.territory || ' ' || c.digest, chr(10) ORDER BY c.territory),
                       ''), 'UTF8')), 'hex')
            FROM (SELECT l.territory,
                         encode(sha256(convert_to(string_agg(
                             l.household || ' ' || coalesce(l.basis, l.reason)
                                 || ' ' || coalesce(l.premium_fen, 0),
                             chr(10) ORDER BY l.household), 'UTF8')), 'hex') AS digest
                  FROM enrolment_line AS l WHERE l.run = of_run
                  GROUP BY l.territory) AS c);

        CREATE TABLE policy (
            run         uuid    NOT NULL,
            household   uuid    NOT NULL,
            product     uuid    NOT NULL,
            policy_year integer NOT NULL,
            cover_from  date    NOT NULL,
            cover_to    date    NOT NULL CHECK (cover_to >= cover_from),
            territory   text    COLLATE "C" NOT NULL,
            basis       text    NOT NULL,
            premium_fen bigint  NOT NULL CHECK (premium_fen > 0),
            state       text    NOT NULL
                        CHECK (state IN ('pending', 'active', 'expired', 'terminated')),
            PRIMARY KEY (run, household)
        );

        CREATE UNIQUE INDEX policy_one_per_household ON policy (product, household, policy_year)
        WHERE state = 'active';

        -- Covers of one household and product never overlap, whatever year they count for. The
        -- product's row makes two runs that are settled at once meet.
        CREATE FUNCTION check_policy_cover() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
            PERFORM 1 FROM product WHERE id IN (SELECT product FROM added) ORDER BY id FOR UPDATE;
            IF EXISTS (
                SELECT 1 FROM added AS a
                JOIN policy AS p ON p.product = a.product AND p.household = a.household
                WHERE p.state = 'active' AND a.state = 'active' AND p.run <> a.run
                  AND p.cover_from <= a.cover_to AND p.cover_to >= a.cover_from)
            THEN
                RAISE EXCEPTION 'a household has a policy of this product for that time'
                    USING ERRCODE = 'exclusion_violation',
                          CONSTRAINT = 'policy_cover_never_overlaps', TABLE = 'policy';
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER policy_cover_never_overlaps AFTER INSERT ON policy
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION check_policy_cover();
        """)
}
