import ServiceKit

/// The tables of insurance products and enrolment runs. Those of policies and claims stand in
/// `PolicySchema.swift`.
enum InsuranceSchema {
    static let migration = Migration(
        "0009_insurance",
        [products, enrolments, lines, policies, cover, claims, check].joined(separator: "\n\n"))

    private static let products = """
        CREATE TABLE product (
            id           uuid    PRIMARY KEY,
            kind         text    NOT NULL CHECK (kind IN ('accident', 'nursing')),
            programme    text    NOT NULL,
            name_zh      text    NOT NULL,
            name_en      text    NOT NULL,
            rule_version integer NOT NULL,
            sequence     bigint  NOT NULL CHECK (sequence > 0),
            insured      text    NOT NULL DEFAULT 'household'
                         CHECK (insured IN ('household', 'person'))
        );

        CREATE TABLE product_rule (
            product              uuid    NOT NULL
                                 REFERENCES product DEFERRABLE INITIALLY DEFERRED,
            version              integer NOT NULL CHECK (version > 0),
            parent_minimum_age   integer NOT NULL CHECK (parent_minimum_age >= 0),
            parent_maximum_age   integer NOT NULL CHECK (parent_maximum_age >= parent_minimum_age),
            parent_rule          text    NOT NULL CHECK (parent_rule IN ('any', 'all')),
            bereaved_minimum_age integer CHECK (bereaved_minimum_age >= 0),
            sum_insured_fen      bigint  CHECK (sum_insured_fen > 0),
            PRIMARY KEY (product, version)
        );

        CREATE TABLE product_premium (
            product     uuid    NOT NULL,
            version     integer NOT NULL,
            basis       text    NOT NULL
                        CHECK (basis IN ('special_family', 'low_security', 'low_income',
                                         'only_child_parents', 'bereaved')),
            premium_fen bigint  NOT NULL CHECK (premium_fen > 0),
            PRIMARY KEY (product, version, basis),
            FOREIGN KEY (product, version) REFERENCES product_rule DEFERRABLE INITIALLY DEFERRED
        );

        CREATE TRIGGER product_rule_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON product_rule
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER product_premium_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON product_premium
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """

    private static let enrolments = """
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
            insured        text    NOT NULL DEFAULT 'household'
                           CHECK (insured IN ('household', 'person')),
            open_lines     bigint  CHECK (open_lines >= 0),
            CHECK ((state = 'draft') = (reference_date IS NULL)),
            CHECK ((reference_date IS NULL) = (rule_version IS NULL)),
            CHECK ((state IN ('draft', 'frozen')) = (digest IS NULL)),
            CHECK ((state IN ('draft', 'frozen', 'evaluated')) = (approved_by IS NULL)),
            CHECK ((state IN ('submitted', 'reconciled')) = (open_lines IS NOT NULL)),
            CHECK (state <> 'reconciled' OR open_lines = 0),
            FOREIGN KEY (product, rule_version)
                REFERENCES product_rule (product, version) DEFERRABLE INITIALLY DEFERRED
        );

        -- Lines of the insurer's answers that had no effect.
        CREATE TABLE enrolment_unmatched (
            run      uuid NOT NULL REFERENCES enrolment_run DEFERRABLE INITIALLY DEFERRED,
            answer   uuid NOT NULL,
            insured  uuid NOT NULL,
            says     text NOT NULL CHECK (says IN ('accepted', 'refused')),
            mismatch text NOT NULL CHECK (mismatch IN ('not_on_the_list', 'answered_otherwise')),
            PRIMARY KEY (answer, insured)
        );
        CREATE TRIGGER enrolment_unmatched_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON enrolment_unmatched
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """

    /// These tables and `policy` have as many rows as there are households or persons, written
    /// together by one statement of a handler that has the run locked. A foreign key would check the
    /// same run for each row.
    private static let lines = """
        -- A household at the moment when the run was frozen, as far as the rule asks.
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

        -- A person at the moment when the run was frozen, as far as the rule asks.
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

        -- The evaluation of a household or person: a basis and a premium, or the reason why it is not
        -- on the list. A line about a person names the household too.
        CREATE TABLE enrolment_line (
            run         uuid   NOT NULL,
            insured     uuid   NOT NULL,
            territory   text   COLLATE "C" NOT NULL,
            basis       text,
            reason      text,
            premium_fen bigint CHECK (premium_fen > 0),
            household   uuid,
            PRIMARY KEY (run, insured),
            CHECK ((basis IS NULL) <> (reason IS NULL)),
            CHECK ((basis IS NULL) = (premium_fen IS NULL))
        );

        -- Age in completed years; someone born on 29 February completes a year on 1 March in common
        -- years. Years, months and days are compared as one number of the form yyyymmdd.
        CREATE FUNCTION completed_years(born date, at date) RETURNS integer
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN floor(
            (date_part('year', at) * 10000 + date_part('month', at) * 100 + date_part('day', at)
             - date_part('year', born) * 10000 - date_part('month', born) * 100
             - date_part('day', born)) / 10000)::integer;

        -- SHA-256 over the digests of the communities, each over its lines. So no text has to hold a
        -- whole run.
        CREATE FUNCTION enrolment_digest(of_run uuid) RETURNS text
        LANGUAGE sql STABLE
        RETURN (
            SELECT encode(sha256(convert_to(coalesce(
                       string_agg(c.territory || ' ' || c.digest, chr(10) ORDER BY c.territory),
                       ''), 'UTF8')), 'hex')
            FROM (SELECT l.territory,
                         encode(sha256(convert_to(string_agg(
                             l.insured || ' ' || coalesce(l.basis, l.reason)
                                 || ' ' || coalesce(l.premium_fen, 0),
                             chr(10) ORDER BY l.insured), 'UTF8')), 'hex') AS digest
                  FROM enrolment_line AS l WHERE l.run = of_run
                  GROUP BY l.territory) AS c);
        """
}
