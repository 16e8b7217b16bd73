import ServiceKit

extension Reach {
    static let migration = Migration(
        "0008_reach",
        """
        CREATE TABLE reach_series (
            series text        PRIMARY KEY,
            newest timestamptz NOT NULL
        );

        CREATE TABLE reading (
            id         uuid        PRIMARY KEY,
            series     text        NOT NULL REFERENCES reach_series DEFERRABLE INITIALLY DEFERRED,
            channel    text        NOT NULL,
            metric     text        NOT NULL,
            programme  text        NOT NULL,
            territory  text        NOT NULL,
            session    uuid        REFERENCES session DEFERRABLE INITIALLY DEFERRED,
            kind       text,
            count      bigint      NOT NULL CHECK (count >= 0),
            change     bigint      NOT NULL,
            as_of      timestamptz NOT NULL,
            counted_on date        NOT NULL,
            sequence   bigint      NOT NULL CHECK (sequence > 0),
            account    text        NOT NULL DEFAULT '',
            is_void    boolean     NOT NULL DEFAULT false
        );
        CREATE UNIQUE INDEX reading_once ON reading (series, as_of) WHERE NOT is_void;
        CREATE INDEX reading_session ON reading (session) WHERE session IS NOT NULL;
        COMMENT ON COLUMN reading.change IS 'the count less that of the reading before it by time';
        """)
}
