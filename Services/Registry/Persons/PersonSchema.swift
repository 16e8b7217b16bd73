import ServiceKit

extension Persons {
    // A foreign key costs 4.5 µs a row (measured in batches), and an import is mostly persons. Only
    // the household has one, because a later change could break it. Territories are never deleted,
    // and the row of a paper is written together with its person.
    static let migration = Migration(
        "0004_persons",
        """
        CREATE TABLE person (
            id                    uuid   PRIMARY KEY,
            household             uuid   REFERENCES household DEFERRABLE INITIALLY DEFERRED,
            role                  text   CHECK (role IN ('head', 'spouse', 'child', 'parent')),
            territory             text   NOT NULL,
            birth_date            date   NOT NULL,
            sex                   text   NOT NULL CHECK (sex IN ('male', 'female')),
            stays                 text   NOT NULL CHECK (stays <> ''),
            verified_on           date,
            died_on               date,
            inherited_verified_on date,
            inherited_died_on     date,
            merged_into           uuid,
            merged_by             uuid,
            merged_on             date,
            erased_on             date,
            sealed                bytea  NOT NULL,
            name_code             bigint,
            phone_code            bigint,
            merged                text   NOT NULL DEFAULT '',
            separated             text   NOT NULL DEFAULT '',
            assertions            text   NOT NULL DEFAULT '',
            memberships           text   NOT NULL DEFAULT '',
            version               bigint NOT NULL CHECK (version > 0),
            sequence              bigint NOT NULL CHECK (sequence >= 0),
            CONSTRAINT person_member_has_role CHECK ((household IS NULL) = (role IS NULL)),
            CONSTRAINT person_merged_has_no_household
                CHECK (merged_into IS NULL OR household IS NULL),
            CONSTRAINT person_merge_is_whole CHECK (
                (merged_into IS NULL) = (merged_by IS NULL) AND (merged_into IS NULL) = (merged_on IS NULL)),
            CONSTRAINT person_merged_into_another CHECK (merged_into <> id AND merged_by <> id),
            CONSTRAINT person_erased_is_not_found
                CHECK (erased_on IS NULL OR (name_code IS NULL AND phone_code IS NULL))
        );
        COMMENT ON COLUMN person.household IS 'that of the last stay';
        COMMENT ON COLUMN person.territory IS 'where the person lives, or lived last in the area';
        COMMENT ON COLUMN person.stays
            IS 'where the person has lived: <day>/<territory>/<household>/<role>/<origin>, in the order of days';
        COMMENT ON COLUMN person.inherited_verified_on IS 'the verification of a registration merged into this one';
        COMMENT ON COLUMN person.died_on
            IS 'of the person: a double that was merged may have been registered with a later birth';
        COMMENT ON COLUMN person.inherited_died_on IS 'the death of a registration merged into this one';
        COMMENT ON COLUMN person.merged_into IS 'the last survivor';
        COMMENT ON COLUMN person.merged_by IS 'the registration into which this one was merged';
        COMMENT ON COLUMN person.sealed IS 'name, papers and phone number, AES-256-GCM';
        COMMENT ON COLUMN person.merged IS 'ids of the registrations merged into this one, or into one of those';
        COMMENT ON COLUMN person.separated
            IS 'ids of the registrations into which this one was merged until that was undone';
        COMMENT ON COLUMN person.assertions IS 'ids of the categories asserted of this registration';
        COMMENT ON COLUMN person.memberships IS 'ids of the memberships of this registration, past and present';
        COMMENT ON COLUMN person.name_code IS '64 bits of a keyed hash, to find the name';
        COMMENT ON COLUMN person.phone_code IS '64 bits of a keyed hash, to find the number';
        COMMENT ON COLUMN person.version IS 'that of its record in facts';

        -- Searches use these indexes, and so does the search for probable doubles. The third one has the order of the pages of a search.
        CREATE INDEX person_name_code ON person (name_code, birth_date) WHERE name_code IS NOT NULL;
        CREATE INDEX person_phone_code ON person (phone_code) WHERE phone_code IS NOT NULL;
        CREATE INDEX person_territory ON person (territory COLLATE "C", id)
            WHERE merged_into IS NULL AND erased_on IS NULL;

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
