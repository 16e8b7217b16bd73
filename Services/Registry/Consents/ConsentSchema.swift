import ServiceKit

extension Consents {
    static let migration = Migration(
        "0007_consents",
        """
        CREATE TABLE consent (
            id             text   PRIMARY KEY,
            person         uuid   NOT NULL REFERENCES person DEFERRABLE INITIALLY DEFERRED,
            purpose        text   NOT NULL
                           CHECK (purpose IN ('service', 'insurer', 'named_press_use')),
            standing       text   CHECK (standing IN ('given', 'withdrawn')),
            since          date   CHECK ((since IS NULL) = (standing IS NULL)),
            own_decision   text   CHECK (own_decision IN ('given', 'withdrawn')),
            own_decided_on date   CHECK ((own_decided_on IS NULL) = (own_decision IS NULL)),
            sequence       bigint NOT NULL CHECK (sequence > 0),
            UNIQUE (person, purpose)
        );
        COMMENT ON COLUMN consent.own_decision
            IS 'what was decided under this id; null if all comes from registrations merged into it';

        CREATE TABLE consent_record (
            id         uuid PRIMARY KEY,
            message    uuid NOT NULL,
            person     uuid NOT NULL REFERENCES person DEFERRABLE INITIALLY DEFERRED,
            purpose    text NOT NULL CHECK (purpose IN ('service', 'insurer', 'named_press_use')),
            decision   text NOT NULL CHECK (decision IN ('given', 'withdrawn')),
            decided_on date NOT NULL,
            is_void    boolean NOT NULL
        );
        COMMENT ON COLUMN consent_record.id
            IS 'follows from the message and its publisher: two publishers may have messages of one id';
        COMMENT ON COLUMN consent_record.is_void IS 'takes back one decision like it';
        CREATE INDEX consent_record_person ON consent_record (person, purpose);
        CREATE TRIGGER consent_record_append_only
            BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_record
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        SELECT permit_only('consent_record', 'SELECT, INSERT');
        """)
}
