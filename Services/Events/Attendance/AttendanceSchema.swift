import ServiceKit

extension Attendances {
    // Persons belong to registry, so nothing here can hold a reference to one.
    static let migration = Migration(
        "0003_attendances",
        """
        CREATE TABLE attendance (
            id          uuid   PRIMARY KEY,
            session     uuid   NOT NULL REFERENCES session DEFERRABLE INITIALLY DEFERRED,
            person      uuid   NOT NULL,
            recorded_on date   NOT NULL,
            sequence    bigint NOT NULL CHECK (sequence > 0),
            CONSTRAINT attendance_once UNIQUE (session, person)
        );

        CREATE TABLE roster_place (
            place      bytea PRIMARY KEY CHECK (octet_length(place) = 32),
            attendance uuid  NOT NULL UNIQUE REFERENCES attendance DEFERRABLE INITIALLY DEFERRED
        );
        COMMENT ON COLUMN roster_place.place IS 'the ids of session and person, 16 bytes each';
        """)

    static let partiesMigration = Migration(
        contracting: "0007_parties",
        """
        ALTER TABLE session
            ADD COLUMN identified bigint NOT NULL DEFAULT 0 CHECK (identified >= 0);
        UPDATE session SET identified = roster;
        ALTER TABLE session
            ADD CONSTRAINT session_identified CHECK (identified <= roster);

        ALTER TABLE attendance
            ADD COLUMN child      uuid    CHECK (child <> person),
            ADD COLUMN household  uuid,
            ADD COLUMN size       bigint  NOT NULL DEFAULT 1 CHECK (size BETWEEN 1 AND 20),
            ADD COLUMN is_void    boolean NOT NULL DEFAULT false,
            ADD COLUMN changed_on date,
            DROP CONSTRAINT attendance_once;
        UPDATE attendance SET changed_on = recorded_on;
        ALTER TABLE attendance ALTER COLUMN changed_on SET NOT NULL;
        CREATE UNIQUE INDEX attendance_once ON attendance (session, person) WHERE NOT is_void;
        CREATE INDEX attendance_person ON attendance (person);
        CREATE INDEX attendance_child ON attendance (child) WHERE child IS NOT NULL;

        ALTER TABLE roster_place
            ALTER COLUMN attendance DROP NOT NULL,
            DROP CONSTRAINT roster_place_attendance_key;
        COMMENT ON COLUMN roster_place.place
            IS 'the ids of session and person or household, 16 bytes each';
        """)
}

extension AttendanceCorrections {
    static let migration = Migration(
        "0008_attendance_corrections",
        """
        CREATE TABLE attendance_version (
            attendance   uuid    NOT NULL REFERENCES attendance DEFERRABLE INITIALLY DEFERRED,
            version      bigint  NOT NULL CHECK (version > 1),
            person       uuid    NOT NULL,
            child        uuid,
            household    uuid,
            size         bigint  NOT NULL,
            is_void      boolean NOT NULL,
            reason       text,
            corrected_on date    NOT NULL,
            cause        uuid    NOT NULL,
            PRIMARY KEY (attendance, version)
        );
        COMMENT ON TABLE attendance_version
            IS 'what each correction has said; the first version is the fact that recorded it';

        CREATE FUNCTION refuse_change() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only',
                      TABLE = TG_TABLE_NAME;
        END $$;

        CREATE TRIGGER attendance_version_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON attendance_version
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """)
}

extension AttendanceReviews {
    static let migration = Migration(
        "0012_attendance_reviews",
        """
        CREATE TABLE attendance_review (
            attendance uuid    PRIMARY KEY REFERENCES attendance DEFERRABLE INITIALLY DEFERRED,
            other      uuid    NOT NULL REFERENCES attendance DEFERRABLE INITIALLY DEFERRED,
            is_open    boolean NOT NULL,
            sequence   bigint  NOT NULL CHECK (sequence >= 0),
            CHECK (other <> attendance)
        );
        CREATE INDEX attendance_review_open ON attendance_review (attendance) WHERE is_open;
        """)
}

extension Headcounts {
    static let migration = Migration(
        "0004_headcounts",
        """
        CREATE TABLE headcount (
            id          uuid   PRIMARY KEY,
            session     uuid   NOT NULL REFERENCES session DEFERRABLE INITIALLY DEFERRED,
            count       bigint NOT NULL CHECK (count BETWEEN 1 AND 100000),
            method      text   NOT NULL CHECK (method IN ('counted', 'estimated')),
            recorded_on date   NOT NULL,
            sequence    bigint NOT NULL CHECK (sequence > 0)
        );
        """)
}

extension HeadcountCorrections {
    static let migration = Migration(
        contracting: "0015_headcount_corrections",
        """
        ALTER TABLE headcount
            ADD COLUMN changed_on date,
            DROP CONSTRAINT headcount_count_check,
            ADD CONSTRAINT headcount_count_check CHECK (count BETWEEN 0 AND 100000);
        UPDATE headcount SET changed_on = recorded_on;
        ALTER TABLE headcount ALTER COLUMN changed_on SET NOT NULL;
        COMMENT ON COLUMN headcount.count IS '0: a correction has said that nobody was there';

        CREATE TABLE headcount_version (
            headcount     uuid   NOT NULL REFERENCES headcount DEFERRABLE INITIALLY DEFERRED,
            version       bigint NOT NULL CHECK (version > 1),
            count_before  bigint NOT NULL,
            method_before text   NOT NULL,
            count         bigint NOT NULL,
            method        text   NOT NULL,
            reason        text,
            corrected_on  date   NOT NULL,
            publisher     text   NOT NULL,
            cause         uuid   NOT NULL,
            PRIMARY KEY (headcount, version)
        );
        COMMENT ON TABLE headcount_version
            IS 'what each correction has said; the first version is the fact that recorded it';

        CREATE TRIGGER headcount_version_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON headcount_version
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """)
}
