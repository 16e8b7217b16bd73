import ServiceKit

extension Attendances {
    // Persons belong to registry, so no column here references one.
    static let migration = Migration(
        "0005_attendance",
        """
        CREATE TABLE attendance (
            id          uuid    PRIMARY KEY,
            session     uuid    NOT NULL REFERENCES session DEFERRABLE INITIALLY DEFERRED,
            person      uuid    NOT NULL,
            recorded_on date    NOT NULL,
            sequence    bigint  NOT NULL CHECK (sequence > 0),
            child       uuid    CHECK (child <> person),
            household   uuid,
            size        bigint  NOT NULL DEFAULT 1 CHECK (size BETWEEN 1 AND 20),
            is_void     boolean NOT NULL DEFAULT false,
            changed_on  date    NOT NULL
        );
        CREATE UNIQUE INDEX attendance_once ON attendance (session, person) WHERE NOT is_void;
        CREATE INDEX attendance_person ON attendance (person);
        CREATE INDEX attendance_child ON attendance (child) WHERE child IS NOT NULL;

        CREATE TABLE roster_place (
            place      bytea PRIMARY KEY CHECK (octet_length(place) = 32),
            attendance uuid  REFERENCES attendance DEFERRABLE INITIALLY DEFERRED
        );
        COMMENT ON COLUMN roster_place.place
            IS 'the ids of session and person or household, 16 bytes each';

        CREATE TABLE attendance_review (
            attendance uuid    PRIMARY KEY REFERENCES attendance DEFERRABLE INITIALLY DEFERRED,
            other      uuid    NOT NULL REFERENCES attendance DEFERRABLE INITIALLY DEFERRED,
            is_open    boolean NOT NULL,
            sequence   bigint  NOT NULL CHECK (sequence >= 0),
            CHECK (other <> attendance)
        );
        CREATE INDEX attendance_review_open ON attendance_review (attendance) WHERE is_open;

        CREATE TABLE headcount (
            id          uuid   PRIMARY KEY,
            session     uuid   NOT NULL REFERENCES session DEFERRABLE INITIALLY DEFERRED,
            count       bigint NOT NULL CHECK (count BETWEEN 0 AND 100000),
            method      text   NOT NULL CHECK (method IN ('counted', 'estimated')),
            recorded_on date   NOT NULL,
            sequence    bigint NOT NULL CHECK (sequence > 0),
            changed_on  date   NOT NULL,
            beyond_capacity boolean NOT NULL DEFAULT false
        );
        CREATE INDEX headcount_session ON headcount (session);
        COMMENT ON COLUMN headcount.count IS '0: a correction has said that nobody was there';

        CREATE TABLE attendance_version (
            attendance   uuid    NOT NULL REFERENCES attendance DEFERRABLE INITIALLY DEFERRED,
            version      bigint  NOT NULL CHECK (version > 1),
            session      uuid    NOT NULL,
            person       uuid    NOT NULL,
            child        uuid,
            household    uuid,
            size         bigint  NOT NULL,
            is_void      boolean NOT NULL,
            corrected_on date    NOT NULL,
            cause        uuid    NOT NULL,
            PRIMARY KEY (attendance, version)
        );
        COMMENT ON TABLE attendance_version
            IS 'the corrections, by version; version 1 is the fact that recorded it';

        CREATE TABLE headcount_version (
            headcount     uuid   NOT NULL REFERENCES headcount DEFERRABLE INITIALLY DEFERRED,
            version       bigint NOT NULL CHECK (version > 1),
            count_before  bigint NOT NULL,
            method_before text   NOT NULL,
            count         bigint NOT NULL,
            method        text   NOT NULL,
            session       uuid   NOT NULL,
            beyond_capacity boolean NOT NULL,
            corrected_on  date   NOT NULL,
            publisher     text   NOT NULL,
            cause         uuid   NOT NULL,
            PRIMARY KEY (headcount, version)
        );
        COMMENT ON TABLE headcount_version
            IS 'the corrections, by version; version 1 is the fact that recorded it';

        CREATE TRIGGER attendance_version_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON attendance_version
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        CREATE TRIGGER headcount_version_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON headcount_version
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """)
}
