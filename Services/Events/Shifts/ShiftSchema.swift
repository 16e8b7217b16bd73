import ServiceKit

extension Shifts {
    static let migration = Migration(
        "0006_shifts",
        """
        CREATE EXTENSION IF NOT EXISTS btree_gist;

        CREATE TABLE duty_post (
            id        uuid   PRIMARY KEY,
            kind      text   NOT NULL CHECK (kind IN ('lane_post', 'compound', 'station', 'site')),
            programme text   NOT NULL,
            territory text   NOT NULL,
            opened_on date   NOT NULL,
            sequence  bigint NOT NULL CHECK (sequence > 0)
        );

        -- Persons and households belong to registry, so no column here references one.
        CREATE TABLE shift (
            id            uuid        PRIMARY KEY,
            post          uuid        NOT NULL REFERENCES duty_post DEFERRABLE INITIALLY DEFERRED,
            post_kind     text        NOT NULL,
            role          text        NOT NULL CHECK (role IN ('staff', 'volunteer')),
            programme     text        NOT NULL,
            territory     text        NOT NULL,
            person        uuid        NOT NULL,
            household     uuid,
            starts_at     timestamptz NOT NULL,
            ends_at       timestamptz NOT NULL CHECK (ends_at > starts_at),
            duty_on       date        NOT NULL,
            state         text        NOT NULL
                          CHECK (state IN ('offered', 'confirmed', 'checked_in', 'completed',
                                           'missed', 'excused', 'cancelled')),
            since         date        NOT NULL,
            checked_in_at timestamptz,
            missed_at     timestamptz CHECK (missed_at IS NULL OR state = 'missed'),
            is_withdrawn  boolean     NOT NULL DEFAULT false
                          CHECK (NOT is_withdrawn OR state = 'cancelled'),
            sequence      bigint      NOT NULL CHECK (sequence > 0),
            CHECK ((checked_in_at IS NOT NULL) = (state IN ('checked_in', 'completed'))),
            CONSTRAINT shift_one_post_at_a_time
                EXCLUDE USING gist (person WITH =, tstzrange(starts_at, ends_at) WITH &&)
                WHERE (state IN ('confirmed', 'checked_in', 'completed'))
        );
        CREATE INDEX shift_person ON shift (person);
        CREATE INDEX shift_post ON shift (post);
        CREATE INDEX shift_starts_at ON shift (starts_at, id);
        COMMENT ON COLUMN shift.is_withdrawn IS 'whether a death or an erasure has cancelled it';
        COMMENT ON COLUMN shift.missed_at IS 'when the message that recorded the absence was written';
        """)
}
