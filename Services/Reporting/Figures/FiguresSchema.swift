import ServiceKit

extension Figures {
    static let migration = Migration(
        "0003_figures",
        [periods, cells, closing, Measures.tables, views, Soundness.function, reads]
            .joined(separator: "\n\n"))

    /// The cells in which something counts: of the territories around its own, from the district down, and of the periods around
    /// its day.
    ///
    /// A period is a span and its first day: May 2020 is (`month`, 2020-05-01). It is written `2020-05-26`, `2020-05`,
    /// `2020-Q2`, `2020` or `all`.
    private static let periods = """
        CREATE TYPE span AS ENUM ('day', 'month', 'quarter', 'year', 'all');

        CREATE FUNCTION span_start(span span, day date) RETURNS date LANGUAGE sql IMMUTABLE AS $$
            SELECT CASE span
                WHEN 'day' THEN day
                WHEN 'month' THEN date_trunc('month', day::timestamp)::date
                WHEN 'quarter' THEN date_trunc('quarter', day::timestamp)::date
                WHEN 'year' THEN date_trunc('year', day::timestamp)::date
                ELSE date '1900-01-01'
            END
        $$;

        -- The first day after the period.
        CREATE FUNCTION span_end(span span, start date) RETURNS date LANGUAGE sql IMMUTABLE AS $$
            SELECT CASE span
                WHEN 'day' THEN start + 1
                WHEN 'month' THEN (start + interval '1 month')::date
                WHEN 'quarter' THEN (start + interval '3 months')::date
                WHEN 'year' THEN (start + interval '1 year')::date
                ELSE date 'infinity'
            END
        $$;

        CREATE FUNCTION period_name(span span, start date) RETURNS text LANGUAGE sql STABLE AS $$
            SELECT CASE span
                WHEN 'day' THEN to_char(start, 'YYYY-MM-DD')
                WHEN 'month' THEN to_char(start, 'YYYY-MM')
                WHEN 'quarter' THEN to_char(start, 'YYYY-"Q"Q')
                WHEN 'year' THEN to_char(start, 'YYYY')
                ELSE 'all'
            END COLLATE "C"
        $$;

        -- The cells to which a place, a day and a dimension belong. Each dimension also belongs to the total without it.
        CREATE FUNCTION cell_keys(place text, day date, part text)
        RETURNS TABLE (territory text, span span, start date, dimension text)
        LANGUAGE sql IMMUTABLE AS $$
            SELECT left(place, t.length) COLLATE "C", s.span, span_start(s.span, day),
                   d.dimension COLLATE "C"
            FROM unnest(ARRAY[6, 9, 12, 15]) AS t (length)
            CROSS JOIN unnest(enum_range(NULL::span)) AS s (span)
            CROSS JOIN unnest(
                CASE part WHEN '' THEN ARRAY[''] ELSE ARRAY['', part] END) AS d (dimension)
            WHERE t.length <= length(place)
        $$;
        """

    private static let cells = """
        -- Contributions that are not in the cells yet. A row lives for a second, so vacuum counts changed rows.
        CREATE TABLE delta (
            source        text COLLATE "C" NOT NULL,
            territory     text COLLATE "C" NOT NULL,
            day           date    NOT NULL,
            programme     text COLLATE "C" NOT NULL,
            dimension     text COLLATE "C" NOT NULL,
            records       bigint  NOT NULL,
            times         bigint  NOT NULL,
            amount        bigint  NOT NULL,
            is_correction boolean NOT NULL DEFAULT false,
            since         timestamptz NOT NULL DEFAULT now()
        ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

        -- Sums of contributions, in all and for each dimension. `records` is their number.
        CREATE TABLE cell (
            territory text COLLATE "C" NOT NULL,
            span      span   NOT NULL,
            source    text COLLATE "C" NOT NULL,
            programme text COLLATE "C" NOT NULL,
            start     date   NOT NULL,
            dimension text COLLATE "C" NOT NULL,
            records   bigint NOT NULL,
            times     bigint NOT NULL,
            amount    bigint NOT NULL,
            PRIMARY KEY (territory, span, source, programme, start, dimension)
        ) WITH (fillfactor = 80);

        -- A sum that is too large for bigint becomes the largest number, one that is too small the smallest.
        CREATE FUNCTION fitted(sum numeric) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT AS $$
            SELECT least(greatest(sum, -9223372036854775807), 9223372036854775807)::bigint
        $$;

        CREATE VIEW current_cell AS
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
        """

    private static let closing = """
        CREATE TABLE closed_period (
            start     date NOT NULL,
            -- The first day after the period.
            until     date NOT NULL,
            name      text COLLATE "C" PRIMARY KEY,
            closed_on date   NOT NULL,
            sequence  bigint NOT NULL,
            edition   bigint,
            CHECK (start < until AND until <= closed_on)
        );
        COMMENT ON COLUMN closed_period.edition IS 'the first edition in which the period is closed';

        CREATE FUNCTION is_closed(span span, start date) RETURNS boolean LANGUAGE sql STABLE AS $$
            SELECT EXISTS (
                SELECT FROM closed_period p
                WHERE p.start <= $2 AND span_end($1, $2) <= p.until AND $1 <> 'all')
        $$;

        -- A period is settled when it is closed, or some days after its end.
        CREATE FUNCTION is_settled(span span, start date, today date, days integer)
        RETURNS boolean LANGUAGE sql STABLE AS $$
            SELECT $1 <> 'all' AND (span_end($1, $2) + $4 <= $3 OR is_closed($1, $2))
        $$;
        """

    private static let reads = """
        CREATE TABLE figure_read (
            publisher text        NOT NULL,
            source    text        NOT NULL,
            type      text        NOT NULL,
            message   uuid        NOT NULL,
            asked     text        NOT NULL,
            read_at   timestamptz NOT NULL
        );
        CREATE INDEX figure_read_at ON figure_read (read_at);
        COMMENT ON TABLE figure_read IS
            'questions for exact figures: by whom, for which, and when. They are kept for three years';
        """
}
