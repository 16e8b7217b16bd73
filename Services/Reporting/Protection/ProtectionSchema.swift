import ServiceKit

extension EditionGuard {
    static let migration = Migration(
        "0006_protection",
        """
        -- Districts that have reached the number of families from which they are shown exactly.
        CREATE TABLE exact_unit (territory text COLLATE "C" PRIMARY KEY);

        -- Figures about families below the district, of settled periods, as they are published. `programme` and `source` are
        -- those of contributions.
        CREATE TABLE settled_table (
            district  text COLLATE "C" NOT NULL,
            source    text COLLATE "C" NOT NULL,
            programme text COLLATE "C" NOT NULL,
            span      span    NOT NULL,
            start     date    NOT NULL,
            -- The length of the deepest codes that are published, 0 if none are.
            level     integer NOT NULL,
            edition   bigint  NOT NULL,
            -- The plan's, by which it was decided; null if that is not known.
            threshold bigint,
            PRIMARY KEY (district, source, programme, start)
        );
        CREATE TABLE settled_cell (
            district     text COLLATE "C" NOT NULL,
            source       text COLLATE "C" NOT NULL,
            programme    text COLLATE "C" NOT NULL,
            start        date    NOT NULL,
            territory    text COLLATE "C" NOT NULL,
            times        bigint  NOT NULL,
            amount       bigint  NOT NULL,
            contributors bigint  NOT NULL,
            -- Of these, in records booked on the territory itself; null if that is not known.
            own_contributors bigint,
            -- p few families, c it would tell of few, - shown
            showing      text    NOT NULL CHECK (showing IN ('p', 'c', '-')),
            is_recalled  boolean NOT NULL DEFAULT false,
            -- Bounds of a count that is hidden, as earlier editions that showed it tell them; null if none did.
            low          bigint,
            high         bigint,
            PRIMARY KEY (district, source, programme, start, territory),
            FOREIGN KEY (district, source, programme, start) REFERENCES settled_table
                ON DELETE CASCADE,
            CONSTRAINT settled_cell_told CHECK ((low IS NULL) = (high IS NULL) AND low <= high)
        );
        COMMENT ON TABLE settled_cell IS
            'of deeper levels than its table has: what editions told before these were left out';
        COMMENT ON COLUMN settled_cell.is_recalled IS
            'a forgotten edition has published it so: of how many families it was, or what it was if it was hidden, is not known';
        """)
}
