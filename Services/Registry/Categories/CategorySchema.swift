import ServiceKit

extension Categories {
    // `requireNew` keeps the rule against overlaps, under the lock of the household's row. The
    // index keeps the part that a B-tree can: one open end for each subject and category. An
    // exclusion constraint over date ranges would keep all of it but took 25 µs a row at 200,000
    // rows, against 7.5 µs.
    static let migration = Migration(
        "0005_categories",
        """
        CREATE TABLE category_assertion (
            id          uuid   PRIMARY KEY,
            household   uuid   NOT NULL REFERENCES household DEFERRABLE INITIALLY DEFERRED,
            subject     uuid   NOT NULL,
            category    text   NOT NULL CHECK (category IN ('only_child', 'bereaved',
                        'disabled_child', 'low_security', 'low_income', 'hardship_girl')),
            valid_from  date   NOT NULL,
            valid_to    date   CHECK (valid_to >= valid_from),
            verified_on date,
            ended_on    date   CHECK (ended_on BETWEEN valid_from AND coalesce(valid_to, ended_on)),
            evidence    bytea,
            version     bigint NOT NULL CHECK (version > 0),
            sequence    bigint NOT NULL CHECK (sequence >= 0),
            revoked_on  date   CHECK (revoked_on >= verified_on),
            yields_to   uuid,
            ended_before date,
            CONSTRAINT category_revoked_was_verified
                CHECK (revoked_on IS NULL OR verified_on IS NOT NULL)
        );
        CREATE UNIQUE INDEX category_assertion_open_once
            ON category_assertion (subject, category)
            WHERE valid_to IS NULL AND ended_on IS NULL AND revoked_on IS NULL;
        CREATE INDEX category_assertion_subject ON category_assertion (subject);
        CREATE INDEX category_assertion_household ON category_assertion (household);
        COMMENT ON COLUMN category_assertion.version IS 'that of its record in facts';
        COMMENT ON COLUMN category_assertion.yields_to
            IS 'the assertion that says more of the same person, since two registrations were merged';
        COMMENT ON COLUMN category_assertion.ended_before IS 'when it ended before it yielded';
        COMMENT ON COLUMN category_assertion.evidence IS 'free text, AES-256-GCM';
        """)
}
