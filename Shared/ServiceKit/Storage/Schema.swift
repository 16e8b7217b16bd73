/// The tables that every service has: what came in, what went out, what waits.
enum Schema {
    /// The first migration of every database. Databases that were made before the first release have another one, by which
    /// the migrator recognises them.
    static let common = Migration(
        "0000_common",
        """
        -- Every message that was decided, with enough of its answer to give it again. Rows are purged
        -- by the day of the message's own time, which is bounded on arrival, so that a message that
        -- could still be accepted always finds its row.
        CREATE TABLE inbox (
            id       uuid     PRIMARY KEY,
            day      date     NOT NULL,
            digest   bytea    NOT NULL CHECK (octet_length(digest) = 32),
            state    smallint NOT NULL CHECK (state BETWEEN 1 AND 5),
            facts    smallint NOT NULL DEFAULT 0 CHECK (facts >= 0),
            code     text,
            pointer  text,
            expected text
        );
        CREATE INDEX inbox_day ON inbox USING brin (day);

        -- One row for each worker that ever wrote to the journal. `published` is the last position
        -- that the broker has confirmed, with all before it.
        CREATE TABLE journal_owner (
            owner     integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
            published bigint  NOT NULL DEFAULT 0 CHECK (published >= 0),
            is_closed boolean NOT NULL DEFAULT false
        );

        -- Facts in the order in which their owner recorded them, kept for ever.
        CREATE TABLE journal (
            owner    integer     NOT NULL,
            position bigint      NOT NULL CHECK (position > 0),
            id       uuid        NOT NULL,
            type     text        NOT NULL,
            subject  text        NOT NULL,
            sequence bigint      NOT NULL CHECK (sequence > 0),
            cause    uuid        NOT NULL,
            time     timestamptz NOT NULL,
            body     bytea       NOT NULL,
            PRIMARY KEY (owner, position)
        );

        -- Messages that wait: for their next try, or for a row with the id `waits_for`.
        CREATE TABLE parked (
            digest         bytea       PRIMARY KEY,
            message_id     uuid,
            origin         text        NOT NULL,
            routing_key    text        NOT NULL,
            publisher      text,
            reply_to       text,
            correlation_id text,
            body           bytea       NOT NULL,
            attempt        smallint    NOT NULL,
            due_at         timestamptz NOT NULL,
            waits_for      uuid,
            code           text        NOT NULL
        );
        CREATE INDEX parked_due ON parked (due_at);
        CREATE INDEX parked_waits_for ON parked (waits_for) WHERE waits_for IS NOT NULL;

        -- Receipts for messages that were parked, until the broker has them.
        CREATE TABLE owed_receipt (
            id             uuid  PRIMARY KEY,
            publisher      text  NOT NULL,
            type           text  NOT NULL,
            correlation_id text,
            body           bytea NOT NULL
        );

        -- Messages that cannot be handled, for an operator to redrive or discard.
        CREATE TABLE dead_letter (
            digest         bytea       PRIMARY KEY,
            message_id     uuid,
            origin         text        NOT NULL,
            routing_key    text        NOT NULL,
            publisher      text,
            reply_to       text,
            correlation_id text,
            body           bytea       NOT NULL,
            code           text        NOT NULL,
            pointer        text        NOT NULL,
            found          text        NOT NULL,
            expected       text        NOT NULL,
            times          integer     NOT NULL DEFAULT 1,
            first_at       timestamptz NOT NULL,
            last_at        timestamptz NOT NULL,
            state          text        NOT NULL DEFAULT 'open'
                           CHECK (state IN ('open', 'redriven', 'discarded')),
            note           text
        );
        CREATE INDEX dead_letter_open ON dead_letter (last_at) WHERE state = 'open';

        -- Journals that are being sent again to one service.
        CREATE TABLE replay (
            owner       integer     NOT NULL,
            destination text        NOT NULL,
            sent        bigint      NOT NULL DEFAULT 0,
            until       bigint      NOT NULL,
            -- The rebuild that asked for it, by its sequence; null if it is for everybody.
            rebuild     bigint,
            asked_at    timestamptz,
            -- The last message that has told reporting what was sent.
            told        uuid,
            PRIMARY KEY (destination, owner)
        );

        -- The service's copy of what registry has granted to publishers.
        CREATE TABLE publisher_grant (
            name        text    PRIMARY KEY,
            types       text    NOT NULL,
            territories text    NOT NULL,
            is_granted  boolean NOT NULL,
            sequence    bigint  NOT NULL
        );

        -- The trigger function of tables whose rows stay as they were written. A wrong row is corrected by another one.
        CREATE FUNCTION refuse_change() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only',
                      TABLE = TG_TABLE_NAME;
        END $$;
        """)
}
