import ServiceKit

/// Which cells something counts in: the territories around its own, from the district down, and the
/// periods around its day.
///
/// A period is a span and its first day: May 2020 is (`month`, 2020-05-01). It is written `2020-05-26`,
/// `2020-05`, `2020-Q2`, `2020` or `all`.
enum Periods {
    static let migration = Migration(
        "0002_periods",
        """
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

        -- The first day after it.
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

        -- The cells of a place, a day and a dimension: with a dimension also the total without it.
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
        """)
}
