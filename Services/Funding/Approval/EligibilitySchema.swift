import ServiceKit

/// The tables of the rules by which families are eligible.
enum EligibilitySchema {
    static let migration = Migration(
        "0005_eligibility",
        """
        CREATE TABLE family_rule (
            rule     text    PRIMARY KEY CHECK (rule IN ('home_service', 'condolence', 'tuition')),
            version  integer NOT NULL CHECK (version > 0),
            sequence bigint  NOT NULL CHECK (sequence >= 0)
        );

        CREATE TABLE family_rule_version (
            rule               text    NOT NULL REFERENCES family_rule DEFERRABLE INITIALLY DEFERRED,
            version            integer NOT NULL CHECK (version > 0),
            valid_from         date    NOT NULL,
            member_minimum_age integer CHECK (member_minimum_age >= 0),
            PRIMARY KEY (rule, version)
        );

        CREATE TABLE family_rule_category (
            rule     text    NOT NULL,
            version  integer NOT NULL,
            category text    NOT NULL
                     CHECK (category IN ('only_child', 'bereaved', 'disabled_child', 'low_security',
                                         'low_income', 'hardship_girl')),
            PRIMARY KEY (rule, version, category),
            FOREIGN KEY (rule, version)
                REFERENCES family_rule_version DEFERRABLE INITIALLY DEFERRED
        );

        CREATE TRIGGER family_rule_version_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON family_rule_version
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER family_rule_category_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON family_rule_category
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """)
}
