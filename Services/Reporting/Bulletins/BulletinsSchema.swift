import ServiceKit

extension BulletinDefinitions {
    static let migration = Migration(
        "0009_bulletins", [definition, editions].joined(separator: "\n\n"))

    private static let definition = """
        CREATE TABLE bulletin_definition (
            name      text COLLATE "C" PRIMARY KEY CHECK (name = 'bulletin'),
            territory text COLLATE "C" NOT NULL,
            reason    text   NOT NULL,
            sequence  bigint NOT NULL CHECK (sequence > 0)
        );

        -- The lines of the bulletin in the order of print. Each names a figure by its measure, place and period.
        CREATE TABLE bulletin_line (
            number    integer PRIMARY KEY,
            name_zh   text NOT NULL,
            name_en   text NOT NULL,
            measure   text COLLATE "C" NOT NULL REFERENCES measure,
            programme text COLLATE "C" NOT NULL,
            dimension text COLLATE "C" NOT NULL,
            territory text COLLATE "C" NOT NULL,
            span      span NOT NULL,
            start     date NOT NULL,
            CHECK (start = span_start(span, start))
        );

        -- The lines with their present values. `value` is in the line's unit; money is in fen.
        CREATE VIEW bulletin AS
        SELECT b.number, b.name_zh, b.name_en, b.measure, b.programme, b.dimension, b.territory,
               period_name(b.span, b.start) AS period, coalesce(f.value, 0) AS value, m.unit
        FROM bulletin_line b JOIN measure m ON m.name = b.measure
        -- Each line looks up its own figure. A plain join would make all figures first.
        LEFT JOIN LATERAL (
            SELECT g.value FROM figure g
            WHERE g.measure = b.measure AND g.programme = b.programme
              AND g.dimension = b.dimension AND g.territory = b.territory AND g.span = b.span
              AND g.start = b.start
            LIMIT 1) f ON true
        ORDER BY b.number;
        """

    private static let editions = """
        CREATE TABLE bulletin_issue (
            period       text COLLATE "C" PRIMARY KEY,
            published_on date   NOT NULL,
            sequence     bigint NOT NULL CHECK (sequence > 0)
        );

        CREATE TABLE bulletin_edition (
            period       text COLLATE "C" NOT NULL
                         REFERENCES bulletin_issue DEFERRABLE INITIALLY DEFERRED,
            edition      bigint      NOT NULL CHECK (edition > 0),
            published_on date        NOT NULL,
            published_at timestamptz NOT NULL,
            territory    text COLLATE "C" NOT NULL,
            reason       text,
            epoch        bigint      NOT NULL,
            -- The first day of the last month with figures.
            data_through date,
            -- The edition of the figures in the bulletin, and its moment; null before the first edition.
            of_edition   bigint,
            as_of        timestamptz,
            -- The version of the layout.
            version      bigint,
            PRIMARY KEY (period, edition),
            CONSTRAINT bulletin_edition_moment CHECK ((of_edition IS NULL) = (as_of IS NULL))
        );

        -- The last seq of each dataset in the edition of a bulletin.
        CREATE TABLE bulletin_position (
            period  text COLLATE "C" NOT NULL,
            edition bigint NOT NULL,
            dataset text COLLATE "C" NOT NULL,
            seq     bigint NOT NULL,
            PRIMARY KEY (period, edition, dataset),
            FOREIGN KEY (period, edition) REFERENCES bulletin_edition
                DEFERRABLE INITIALLY DEFERRED
        );

        -- The lines of an edition, with their names, so that it reads the same for ever.
        CREATE TABLE bulletin_figure (
            period    text COLLATE "C" NOT NULL,
            edition   bigint NOT NULL,
            number    bigint NOT NULL,
            about     text COLLATE "C" NOT NULL,
            name_zh   text   NOT NULL,
            name_en   text   NOT NULL,
            dataset   text COLLATE "C" NOT NULL,
            unit      text   NOT NULL,
            programme text COLLATE "C" NOT NULL,
            measure   text COLLATE "C" NOT NULL,
            territory text COLLATE "C" NOT NULL,
            state     text   NOT NULL CHECK (
                state IN ('value', 'zero', 'not_collected', 'suppressed')),
            value     bigint,
            status    text CHECK (status IN ('provisional', 'final', 'revised')),
            vintage   bigint NOT NULL,
            PRIMARY KEY (period, edition, number, about),
            FOREIGN KEY (period, edition) REFERENCES bulletin_edition
                DEFERRABLE INITIALLY DEFERRED,
            CHECK ((value IS NOT NULL) = (state IN ('value', 'zero')))
        );
        COMMENT ON COLUMN bulletin_figure.about IS 'the period of the figure: the month, its year, all';

        -- Every version of the layout, as JSON. Editions of bulletins keep theirs for ever.
        CREATE TABLE bulletin_section (
            version bigint NOT NULL CHECK (version > 0),
            place   bigint NOT NULL,
            content text   NOT NULL,
            PRIMARY KEY (version, place)
        );

        CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON bulletin_edition
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON bulletin_position
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON bulletin_figure
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON bulletin_section
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """
}
