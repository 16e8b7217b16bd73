import ServiceKit

extension Persons {
    // A foreign key costs 4.5 µs a row (measured in batches), and an import is mostly persons. Only
    // the household has one, because a later change could break it. Territories are never deleted,
    // and the row of a paper is written together with its person.
    static let migration = Migration(
        "0004_persons",
        """
        CREATE TABLE person (
            id            uuid   PRIMARY KEY,
            household     uuid   REFERENCES household DEFERRABLE INITIALLY DEFERRED,
            role          text   CHECK (role IN ('head', 'spouse', 'child', 'parent')),
            territory     text   NOT NULL,
            birth_date    date   NOT NULL,
            sex           text   NOT NULL CHECK (sex IN ('male', 'female')),
            registered_on date   NOT NULL,
            sealed        bytea  NOT NULL,
            sequence      bigint NOT NULL CHECK (sequence >= 0),
            state         text   NOT NULL DEFAULT 'provisional' CHECK (state IN
                          ('provisional', 'verified', 'moved_out', 'deceased', 'merged', 'erased')),
            state_on      date   CHECK ((state_on IS NULL) = (state = 'provisional')),
            merged_into   uuid   CHECK ((merged_into IS NOT NULL) = (state = 'merged')),
            name_code     bigint,
            phone_code    bigint,
            merged        text   NOT NULL DEFAULT '',
            assertions    text   NOT NULL DEFAULT '',
            memberships   text   NOT NULL DEFAULT '',
            counted_from  date,
            CONSTRAINT person_member_has_role CHECK ((household IS NULL) = (role IS NULL)),
            CONSTRAINT person_merged_has_no_household
                CHECK (state <> 'merged' OR household IS NULL),
            CONSTRAINT person_merged_into_another CHECK (merged_into <> id),
            CONSTRAINT person_erased_is_not_found
                CHECK (state <> 'erased' OR (name_code IS NULL AND phone_code IS NULL))
        );
        COMMENT ON COLUMN person.sealed IS 'name, papers and phone number, AES-256-GCM';
        COMMENT ON COLUMN person.merged IS 'ids of the registrations merged into this one';
        COMMENT ON COLUMN person.assertions
            IS 'ids of the categories asserted of the person in households left since';
        COMMENT ON COLUMN person.name_code IS '64 bits of a keyed hash, to find the name';
        COMMENT ON COLUMN person.phone_code IS '64 bits of a keyed hash, to find the number';
        COMMENT ON COLUMN person.counted_from
            IS 'since when the person counts where the person is; null: since the registration';

        -- Searches use these indexes. The third one has the order of the pages of a search.
        CREATE INDEX person_name_code ON person (name_code) WHERE name_code IS NOT NULL;
        CREATE INDEX person_phone_code ON person (phone_code) WHERE phone_code IS NOT NULL;
        CREATE INDEX person_territory ON person (territory COLLATE "C", id)
            WHERE state NOT IN ('merged', 'erased');

        CREATE TABLE paper (
            hash    bytea   PRIMARY KEY CHECK (octet_length(hash) = 32),
            person  uuid,
            retired boolean NOT NULL DEFAULT false,
            CONSTRAINT paper_free_is_not_retired CHECK (person IS NOT NULL OR NOT retired)
        );
        COMMENT ON TABLE paper IS 'the person of each paper, by HMAC-SHA256 of kind and number';
        COMMENT ON COLUMN paper.person IS 'null once the paper was withdrawn as wrong: it is free again';
        COMMENT ON COLUMN paper.retired IS 'replaced or expired: it still finds the person';
        """)
}
