import ServiceKit

extension Epochs {
    static let migration = Migration(
        "0007_subscribers",
        """
        -- One row. The number is 0 until the first epoch begins.
        CREATE TABLE epoch (
            is_only      boolean PRIMARY KEY DEFAULT true CHECK (is_only),
            number       bigint  NOT NULL,
            mark         text    NOT NULL,
            -- What is known of editions from before the epoch. whole: all of them are in the database; reading: those that
            -- are not are being read off the stream; read: they were; lost: nobody knows what they were.
            past         text    NOT NULL DEFAULT 'whole'
                         CHECK (past IN ('whole', 'reading', 'read', 'lost')),
            -- The epoch that the database was in before.
            former       bigint  NOT NULL DEFAULT 0,
            -- The last edition that anybody has seen, if the operator has said so.
            last_seen    bigint,
            -- The offset at which reading goes on, and datasets of which something was read that the database knows.
            read_to      bigint  NOT NULL DEFAULT 0,
            found        text[]  NOT NULL DEFAULT '{}',
            -- The number of editions that were read and that the database does not know.
            forgotten    bigint  NOT NULL DEFAULT 0,
            -- The highest number of an edition, of forgotten ones too.
            last_edition bigint  NOT NULL DEFAULT 0,
            -- The last time that editions were lost.
            lost_until   date
        );
        COMMENT ON COLUMN epoch.number IS 'microseconds since 1970 when it was begun';
        INSERT INTO epoch (number, mark) VALUES (0, '');
        """)
}
