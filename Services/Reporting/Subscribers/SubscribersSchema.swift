import ServiceKit

extension Epochs {
    static let migration = Migration(
        "0007_subscribers",
        """
        -- The table has one row. The number is 0 until the first epoch begins.
        CREATE TABLE epoch (
            is_only      boolean PRIMARY KEY DEFAULT true CHECK (is_only),
            number       bigint  NOT NULL,
            mark         text    NOT NULL,
            -- The knowledge of editions from before the epoch. whole: all of them are in the database. reading: the service
            -- reads the others from the stream. read: it has read them. lost: nobody knows what they were.
            past         text    NOT NULL DEFAULT 'whole'
                         CHECK (past IN ('whole', 'reading', 'read', 'lost')),
            -- The epoch that the database was in before.
            former       bigint  NOT NULL DEFAULT 0,
            -- The last edition that anybody has seen; null if the operator did not name one.
            last_seen    bigint,
            -- Reading continues at this offset of the stream. It has found editions that the database has too in the datasets
            -- `found`.
            read_to      bigint  NOT NULL DEFAULT 0,
            found        text[]  NOT NULL DEFAULT '{}',
            -- The number of editions that were read from the stream and that the database does not have.
            forgotten    bigint  NOT NULL DEFAULT 0,
            -- The highest number of any edition, including forgotten ones.
            last_edition bigint  NOT NULL DEFAULT 0,
            -- The last day on which editions were lost.
            lost_until   date
        );
        COMMENT ON COLUMN epoch.number IS 'microseconds from 1970 to the beginning of the epoch';
        INSERT INTO epoch (number, mark) VALUES (0, '');
        """)
}
