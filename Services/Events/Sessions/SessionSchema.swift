import ServiceKit

extension Sessions {
    static let migration = Migration(
        "0002_sessions",
        """
        CREATE TABLE session (
            id            uuid   PRIMARY KEY,
            activity      uuid   NOT NULL REFERENCES activity DEFERRABLE INITIALLY DEFERRED,
            kind          text   NOT NULL,
            programme     text   NOT NULL,
            territory     text   NOT NULL,
            starts_on     date   NOT NULL,
            capacity      bigint CHECK (capacity > 0),
            state         text   NOT NULL CHECK (state IN ('open', 'closed', 'cancelled')),
            ended_on      date   CHECK ((ended_on IS NULL) = (state = 'open')),
            ended_at      timestamptz CHECK (ended_at IS NULL OR state <> 'open'),
            roster        bigint NOT NULL CHECK (roster >= 0),
            headcount     bigint NOT NULL CHECK (headcount >= 0),
            sequence      bigint NOT NULL CHECK (sequence > 0),
            audience      text   NOT NULL DEFAULT 'everyone'
                          CHECK (audience IN ('everyone', 'special_families', 'parents', 'members')),
            registered    bigint NOT NULL DEFAULT 0 CHECK (registered >= 0),
            waiting       bigint NOT NULL DEFAULT 0 CHECK (waiting >= 0),
            last_number   bigint NOT NULL DEFAULT 0 CHECK (last_number >= waiting),
            identified    bigint NOT NULL DEFAULT 0 CHECK (identified >= 0),
            beyond        bigint NOT NULL DEFAULT 0,
            has_tasks     boolean NOT NULL DEFAULT false,
            CONSTRAINT session_capacity
                CHECK (capacity IS NULL OR roster + headcount - beyond <= capacity),
            CONSTRAINT session_beyond CHECK (beyond BETWEEN 0 AND headcount),
            CONSTRAINT session_places CHECK (capacity IS NULL OR registered <= capacity),
            CONSTRAINT session_identified CHECK (identified <= roster),
            CONSTRAINT session_cancelled_counts_nothing
                CHECK (state <> 'cancelled' OR roster + headcount = 0),
            CONSTRAINT session_cancelled_registers_nobody
                CHECK (state <> 'cancelled' OR registered + waiting = 0),
            CONSTRAINT session_closed_after_start
                CHECK (state <> 'closed' OR ended_on >= starts_on)
        );
        CREATE INDEX session_starts_on ON session (starts_on, id);
        COMMENT ON COLUMN session.registered IS 'persons of confirmed registrations';
        COMMENT ON COLUMN session.has_tasks
            IS 'whether a task was ever raised about somebody who is registered or recorded';
        COMMENT ON COLUMN session.beyond
            IS 'persons of headcounts who were there beyond the capacity, as their reasons say';
        COMMENT ON COLUMN session.ended_at IS 'when the message that closed or cancelled it was written';
        """)
}
