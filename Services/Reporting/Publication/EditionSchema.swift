import ServiceKit

extension Editions {
    /// Replaces what published each change by itself.
    static let migration = Migration(
        contracting: "0025_editions",
        """
        DROP TABLE held, held_figure, edition_turn, changed, changed_stock;
        DROP VIEW guarded_cell, settled_flow, settled_stock;
        DROP TYPE cause;

        CREATE TABLE edition (
            number       bigint PRIMARY KEY CHECK (number > 0),
            -- Of the message that says that it is complete.
            id           uuid        NOT NULL,
            -- The moment that all figures are of.
            as_of        timestamptz NOT NULL,
            cause        text        NOT NULL CHECK (cause IN ('calendar', 'request', 'change')),
            -- The last request that it answers.
            request      bigint      NOT NULL,
            -- What is said of cells that changed since the one before: a new plan, or a rebuild.
            is_method    boolean     NOT NULL,
            cells        bigint      NOT NULL,
            changed      bigint      NOT NULL,
            hidden       bigint      NOT NULL,
            took_ms      bigint      NOT NULL DEFAULT 0,
            published_at timestamptz
        );

        -- What an edition leaves out of the plan, and why.
        CREATE TABLE edition_gap (
            edition   bigint NOT NULL REFERENCES edition,
            district  text COLLATE "C" NOT NULL,
            source    text COLLATE "C" NOT NULL,
            programme text COLLATE "C" NOT NULL,
            period    text COLLATE "C" NOT NULL,
            -- The levels from this one down.
            level     integer NOT NULL,
            -- families: too few are registered; totals: the total is too small to be divided;
            -- signed: less than nothing somewhere; waiting: corrections of few families wait.
            why       text NOT NULL CHECK (why IN ('families', 'totals', 'signed', 'waiting')),
            units     bigint NOT NULL
        );
        CREATE INDEX edition_gap_edition ON edition_gap (edition);

        -- Requests are counted; an edition answers all that came before it.
        CREATE TABLE edition_request (
            name     text COLLATE "C" PRIMARY KEY,
            reason   text   NOT NULL,
            -- The last one that asked for corrections of few families too.
            revises  bigint NOT NULL,
            sequence bigint NOT NULL
        );

        -- When something was taken in last; `method` after a rebuild or a change of the plan.
        CREATE TABLE intake (
            is_only    boolean PRIMARY KEY DEFAULT true CHECK (is_only),
            changed_at timestamptz NOT NULL,
            method_at  timestamptz NOT NULL
        );
        INSERT INTO intake (changed_at, method_at) VALUES ('epoch', 'epoch');

        -- Where something was corrected since the last edition.
        CREATE TABLE corrected (
            source    text COLLATE "C" NOT NULL,
            territory text COLLATE "C" NOT NULL,
            day       date NOT NULL,
            programme text COLLATE "C" NOT NULL
        ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

        -- Districts that have had as many families as it takes to be shown exactly.
        CREATE TABLE exact_unit (territory text COLLATE "C" PRIMARY KEY);

        -- Figures about families below the district, of settled periods, as they are published. `level` is the length of
        -- the deepest codes that are, 0 if none. `programme` and `source` as of contributions.
        CREATE TABLE settled_table (
            district  text COLLATE "C" NOT NULL,
            source    text COLLATE "C" NOT NULL,
            programme text COLLATE "C" NOT NULL,
            span      span    NOT NULL,
            start     date    NOT NULL,
            level     integer NOT NULL,
            edition   bigint  NOT NULL,
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
            -- p few families, c it would tell of few, - shown
            showing      text    NOT NULL CHECK (showing IN ('p', 'c', '-')),
            PRIMARY KEY (district, source, programme, start, territory),
            FOREIGN KEY (district, source, programme, start) REFERENCES settled_table
                ON DELETE CASCADE
        );

        -- The figures of the edition that is being made; empty otherwise.
        CREATE UNLOGGED TABLE edition_figure (
            dataset   text COLLATE "C" NOT NULL,
            territory text COLLATE "C" NOT NULL,
            span      span   NOT NULL,
            programme text COLLATE "C" NOT NULL,
            start     date   NOT NULL,
            name      text COLLATE "C" NOT NULL,
            value     bigint NOT NULL,
            showing   text   NOT NULL DEFAULT '-'
        ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

        ALTER TABLE summary DROP COLUMN ended, DROP COLUMN born;
        UPDATE summary SET edition = 0;
        ALTER TABLE closed_period ADD COLUMN edition bigint;
        COMMENT ON COLUMN closed_period.edition IS 'the first in which it is closed';
        ALTER TABLE place ADD COLUMN valid_from date NOT NULL DEFAULT '1900-01-01';

        -- What the broker has confirmed of the edition that is being published; `published` is what is in force.
        ALTER TABLE dataset
            ADD COLUMN confirmed        bigint NOT NULL DEFAULT 0,
            ADD COLUMN confirmed_digest text   NOT NULL DEFAULT repeat('0', 64),
            ADD COLUMN confirmed_cells  bigint NOT NULL DEFAULT 0;
        UPDATE dataset
        SET confirmed = published, confirmed_digest = digest, confirmed_cells = cells;

        -- Sums of many amounts do not fit everywhere; they end where numbers end.
        CREATE FUNCTION fitted(sum numeric) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT AS $$
            SELECT least(greatest(sum, -9223372036854775807), 9223372036854775807)::bigint
        $$;

        -- Whether the edition in force has all that was taken in.
        CREATE FUNCTION is_published() RETURNS boolean LANGUAGE sql STABLE AS $$
            SELECT NOT EXISTS (SELECT FROM delta)
               AND NOT EXISTS (SELECT FROM edition WHERE published_at IS NULL)
               AND i.changed_at <= coalesce((SELECT max(as_of) FROM edition), 'epoch')
            FROM intake i
        $$;

        -- How a measure, or one part of it, is named in a cell.
        CREATE FUNCTION measure_part(measure text, part text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
            SELECT (CASE part WHEN '' THEN measure ELSE measure || ':' || part END) COLLATE "C"
        $$;

        CREATE OR REPLACE VIEW current_cell AS
        SELECT territory, span, source, programme, start, dimension,
               sum(records)::bigint AS records, fitted(sum(times)) AS times,
               fitted(sum(amount)) AS amount
        FROM (
            SELECT territory, span, source, programme, start, dimension, records, times, amount
            FROM cell
            UNION ALL
            SELECT k.territory, k.span, d.source, d.programme, k.start, k.dimension,
                   d.records, d.times, d.amount
            FROM delta d CROSS JOIN LATERAL cell_keys(d.territory, d.day, d.dimension) k
        ) AS part
        GROUP BY territory, span, source, programme, start, dimension;

        CREATE FUNCTION is_settled(span span, start date, today date, days integer)
        RETURNS boolean LANGUAGE sql STABLE AS $$
            SELECT $1 <> 'all' AND (span_end($1, $2) + $4 <= $3 OR is_closed($1, $2))
        $$;
        """)

    static let gapsMigration = Migration(
        "0037_edition_gaps",
        """
        -- How much it leaves out; what that is, is kept for as long as what editions have replaced.
        ALTER TABLE edition ADD COLUMN gaps bigint NOT NULL DEFAULT 0;
        UPDATE edition e SET gaps = (SELECT count(*) FROM edition_gap g WHERE g.edition = e.number);
        """)

    static let intakeMigration = Migration(
        contracting: "0038_intake_counts",
        """
        -- What was taken in is counted, and an edition says how much of it it has: clocks of two machines differ.
        ALTER TABLE intake
            ADD COLUMN changes bigint NOT NULL DEFAULT 0,
            -- After a rebuild or a change of the plan.
            ADD COLUMN methods bigint NOT NULL DEFAULT 0;
        ALTER TABLE edition
            ADD COLUMN changes bigint NOT NULL DEFAULT 0,
            ADD COLUMN methods bigint NOT NULL DEFAULT 0;
        UPDATE intake SET changes = (changed_at > 'epoch')::int, methods = (method_at > 'epoch')::int;
        UPDATE edition e SET changes = i.changes FROM intake i WHERE i.changed_at <= e.as_of;
        UPDATE edition e SET methods = i.methods FROM intake i WHERE i.method_at <= e.as_of;
        ALTER TABLE intake DROP COLUMN changed_at, DROP COLUMN method_at;

        CREATE OR REPLACE FUNCTION is_published() RETURNS boolean LANGUAGE sql STABLE AS $$
            SELECT NOT EXISTS (SELECT FROM delta)
               AND NOT EXISTS (SELECT FROM edition WHERE published_at IS NULL)
               AND i.changes <= coalesce((SELECT max(changes) FROM edition), 0)
            FROM intake i
        $$;
        """)

    static let toldMigration = Migration(
        "0042_told",
        """
        -- Of a count that is hidden: what earlier editions that showed it tell of it now; null if none did.
        ALTER TABLE settled_cell
            ADD COLUMN low  bigint,
            ADD COLUMN high bigint,
            ADD CONSTRAINT settled_cell_told CHECK ((low IS NULL) = (high IS NULL) AND low <= high);
        COMMENT ON TABLE settled_cell IS
            'of deeper levels than its table has: what editions told before these were left out';

        -- As a forgotten edition showed it last, be it hidden since; null if none did.
        ALTER TABLE forgotten_figure ADD COLUMN shown bigint;
        """)

    static let thresholdMigration = Migration(
        "0043_settled_threshold",
        """
        -- The plan's, by which it was decided; null if that is not known.
        ALTER TABLE settled_table ADD COLUMN threshold bigint;
        UPDATE settled_table SET threshold = plan.threshold FROM plan;
        """)
}
