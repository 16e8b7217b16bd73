import ServiceKit

extension Consents {
    static let migration = Migration(
        "0007_consents",
        """
        CREATE TABLE consent (
            id       text   PRIMARY KEY,
            person   uuid   NOT NULL REFERENCES person DEFERRABLE INITIALLY DEFERRED,
            purpose  text   NOT NULL CHECK (purpose IN ('service', 'insurer', 'named_press_use')),
            standing text   NOT NULL CHECK (standing IN ('given', 'withdrawn')),
            since    date   NOT NULL,
            sequence bigint NOT NULL CHECK (sequence > 0),
            UNIQUE (person, purpose)
        );

        CREATE TABLE consent_record (
            message    uuid PRIMARY KEY,
            person     uuid NOT NULL REFERENCES person DEFERRABLE INITIALLY DEFERRED,
            purpose    text NOT NULL CHECK (purpose IN ('service', 'insurer', 'named_press_use')),
            decision   text NOT NULL CHECK (decision IN ('given', 'withdrawn')),
            decided_on date NOT NULL
        );
        CREATE TRIGGER consent_record_append_only
            BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_record
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        SELECT permit_only('consent_record', 'SELECT, INSERT');
        """)
}
