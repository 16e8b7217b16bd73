import ServiceKit

extension Person {
    // A foreign key costs 4.5 µs a row (measured in batches), and an import is mostly persons. There is
    // one where a later change could break the rule (the household), and none where it could not:
    // territories are never deleted, and a resident id's row is written with its person.
    static let migration = Migration(
        "0003_persons",
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
            CONSTRAINT person_member_has_role CHECK ((household IS NULL) = (role IS NULL))
        );
        COMMENT ON COLUMN person.sealed IS 'name, resident id and phone number, AES-256-GCM';

        CREATE TABLE resident (
            hash   bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
            person uuid  NOT NULL
        );
        COMMENT ON TABLE resident IS 'whose a resident id is, by HMAC-SHA256 of the number';
        """)

    static let lifeMigration = Migration(
        "0008_person_life",
        """
        ALTER TABLE person
            ADD state       text NOT NULL DEFAULT 'provisional' CHECK (state IN
                ('provisional', 'verified', 'moved_out', 'deceased', 'merged', 'erased')),
            ADD state_on    date CHECK ((state_on IS NULL) = (state = 'provisional')),
            ADD merged_into uuid CHECK ((merged_into IS NOT NULL) = (state = 'merged')),
            ADD name_code   bigint,
            ADD phone_code  bigint,
            ADD merged      text NOT NULL DEFAULT '',
            ADD assertions  text NOT NULL DEFAULT '',
            ADD memberships text NOT NULL DEFAULT '',
            ADD CONSTRAINT person_merged_has_no_household
                CHECK (state <> 'merged' OR household IS NULL),
            ADD CONSTRAINT person_merged_into_another CHECK (merged_into <> id),
            ADD CONSTRAINT person_erased_is_not_found
                CHECK (state <> 'erased' OR (name_code IS NULL AND phone_code IS NULL));
        COMMENT ON COLUMN person.merged IS 'ids of the registrations merged into this one';
        COMMENT ON COLUMN person.assertions
            IS 'ids of the categories asserted of the person in households left since';
        COMMENT ON COLUMN person.name_code IS '64 bits of a keyed hash, to find the name';
        COMMENT ON COLUMN person.phone_code IS '64 bits of a keyed hash, to find the number';

        -- Whom a query asks for. By territory in the order of its pages.
        CREATE INDEX person_name_code ON person (name_code) WHERE name_code IS NOT NULL;
        CREATE INDEX person_phone_code ON person (phone_code) WHERE phone_code IS NOT NULL;
        CREATE INDEX person_territory ON person (territory COLLATE "C", id)
            WHERE state NOT IN ('merged', 'erased');

        ALTER TABLE household ADD members text NOT NULL DEFAULT '';
        COMMENT ON COLUMN household.members IS 'ids of the persons in it';
        UPDATE household AS h SET members = m.ids
        FROM (SELECT household, string_agg(id::text, ' ' ORDER BY id) AS ids
              FROM person WHERE household IS NOT NULL GROUP BY household) AS m
        WHERE h.id = m.household;
        """)
}
