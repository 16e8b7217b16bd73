import ServiceKit

extension EditionGuard {
    static let migration = Migration(
        "0006_protection",
        """
        -- Districts with so many registered families that all figures of the whole district are shown.
        CREATE TABLE exact_unit (territory text COLLATE "C" PRIMARY KEY);

        -- The published figures about families below the district, of settled periods. `programme` and `source` are those of
        -- contributions.
        CREATE TABLE settled_table (
            district  text COLLATE "C" NOT NULL,
            source    text COLLATE "C" NOT NULL,
            programme text COLLATE "C" NOT NULL,
            span      span    NOT NULL,
            start     date    NOT NULL,
            -- The length of the deepest codes that are published; 0 if none are.
            level     integer NOT NULL,
            edition   bigint  NOT NULL,
            -- The threshold of the plan in force when the table was decided; null if nobody knows it.
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
            -- p: the cell is about few families. c: it would tell of a cell with few families. -: it is shown.
            showing      text    NOT NULL CHECK (showing IN ('p', 'c', '-')),
            is_recalled  boolean NOT NULL DEFAULT false,
            -- The bounds of a hidden count that follow from earlier editions which showed it; null if none showed it.
            low          bigint,
            high         bigint,
            PRIMARY KEY (district, source, programme, start, territory),
            FOREIGN KEY (district, source, programme, start) REFERENCES settled_table
                ON DELETE CASCADE,
            CONSTRAINT settled_cell_told CHECK ((low IS NULL) = (high IS NULL) AND low <= high)
        );
        COMMENT ON TABLE settled_cell IS
            'cells of levels deeper than settled_table.level are those that earlier editions published';
        COMMENT ON COLUMN settled_cell.is_recalled IS
            'a forgotten edition published the cell; the number of families is not known, nor the value if it was hidden';
        """)
}
