import ServiceKit

extension Registrations {
    static let migration = Migration(
        "0004_registrations",
        """
        CREATE TABLE session_registration (
            id            uuid   PRIMARY KEY,
            session       uuid   NOT NULL REFERENCES session DEFERRABLE INITIALLY DEFERRED,
            person        uuid   NOT NULL,
            child         uuid   CHECK (child <> person),
            household     uuid,
            size          bigint NOT NULL CHECK (size BETWEEN 1 AND 20),
            requested_on  date   NOT NULL,
            state         text   NOT NULL CHECK (state IN ('confirmed', 'waitlisted', 'cancelled')),
            since         date   NOT NULL CHECK (since >= requested_on),
            number        bigint CHECK (number > 0),
            sequence      bigint NOT NULL CHECK (sequence > 0),
            before_cancellation text CHECK (before_cancellation IN ('confirmed', 'waitlisted')),
            CHECK (before_cancellation IS NULL OR state = 'cancelled'),
            CONSTRAINT registration_number UNIQUE (session, number),
            CHECK (state <> 'waitlisted' OR number IS NOT NULL)
        );
        COMMENT ON COLUMN session_registration.before_cancellation
            IS 'the state to which it returns if its session, with which it was cancelled, is opened again';
        CREATE UNIQUE INDEX registration_once ON session_registration (session, person)
        WHERE state <> 'cancelled';
        CREATE INDEX registration_confirmed ON session_registration (session) INCLUDE (size)
        WHERE state = 'confirmed';
        CREATE INDEX registration_line ON session_registration (session, number)
        WHERE state = 'waitlisted';
        CREATE INDEX registration_person ON session_registration (person);
        CREATE INDEX registration_child ON session_registration (child) WHERE child IS NOT NULL;

        CREATE TABLE registration_place (
            place        bytea PRIMARY KEY CHECK (octet_length(place) = 32),
            registration uuid  REFERENCES session_registration DEFERRABLE INITIALLY DEFERRED,
            withdrawn    uuid  CHECK (withdrawn IS NULL OR registration IS NULL)
        );
        COMMENT ON COLUMN registration_place.place
            IS 'the ids of session and person or household, 16 bytes each';
        COMMENT ON COLUMN registration_place.withdrawn
            IS 'the registration that had it until a death, an erasure or a merge';

        -- Two transactions that confirm registrations of one session meet at its row, so that the later
        -- one counts what the earlier one has left.
        CREATE FUNCTION check_session_places() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM 1 FROM session WHERE id IN (SELECT session FROM changed)
            ORDER BY id FOR UPDATE;
            IF EXISTS (
                SELECT 1 FROM session AS s
                WHERE s.id IN (SELECT session FROM changed WHERE state = 'confirmed')
                  AND s.capacity < (SELECT sum(r.size) FROM session_registration AS r
                                    WHERE r.session = s.id AND r.state = 'confirmed'))
            THEN
                RAISE EXCEPTION 'more persons would be registered than a session has places'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'session_never_overbooked',
                          TABLE = 'session_registration';
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER session_never_overbooked_new AFTER INSERT ON session_registration
        REFERENCING NEW TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION check_session_places();

        CREATE TRIGGER session_never_overbooked_changed AFTER UPDATE ON session_registration
        REFERENCING NEW TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION check_session_places();
        """)
}
