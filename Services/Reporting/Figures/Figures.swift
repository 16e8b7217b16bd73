/// Figures as the database makes them from cells.
///
/// A flow is its cell. A stock is the running sum of its cells. Distinct counts, smallest and largest amounts cannot be added
/// up: they are made from the contributions.
enum Figures {
    /// A cell whose contributions were all taken back has no figures.
    static let views = """
        -- Persons who were merged count once, and all that they did counts as done by one.
        CREATE VIEW current_flow AS
        SELECT m.dataset, m.name AS measure, c.programme, c.dimension, c.territory, c.span, c.start,
               CASE m.reads WHEN 'times' THEN c.times ELSE c.amount END AS value
        FROM current_cell c JOIN measure m ON m.source = c.source AND m.is_additive AND NOT m.is_stock
        WHERE c.records > 0
        UNION ALL
        SELECT m.dataset, m.name, c.programme, c.dimension, c.territory, c.span, c.start,
               CASE m.reads WHEN 'subjects' THEN s.subjects WHEN 'smallest' THEN s.smallest
                    WHEN 'largest' THEN s.largest ELSE s.most END
        FROM current_cell c JOIN measure m ON m.source = c.source AND NOT m.is_additive
        CROSS JOIN LATERAL (
            SELECT count(p.subject) AS subjects, min(p.smallest) AS smallest,
                   max(p.largest) AS largest,
                   fitted(max(p.times) FILTER (WHERE p.subject IS NOT NULL)) AS most
            FROM (
                SELECT coalesce(a.survivor, t.subject) AS subject, min(t.amount) AS smallest,
                       max(t.amount) AS largest, sum(t.times) AS times
                FROM contribution t LEFT JOIN person_alias a ON a.person = t.subject
                WHERE t.source <> 'registration' AND t.source = c.source
                  AND t.territory >= c.territory AND t.territory < c.territory || ':'
                  AND t.day >= c.start AND t.day < span_end(c.span, c.start)
                  AND t.programme = c.programme AND c.dimension IN ('', t.dimension) AND t.counts
                GROUP BY 1
            ) p
        ) s
        WHERE c.records > 0;

        CREATE VIEW current_stock AS
        SELECT m.dataset, m.name AS measure, c.programme, c.dimension, c.territory, c.span, c.start,
               CASE m.reads WHEN 'times' THEN c.times ELSE c.amount END AS value
        FROM (
            SELECT territory, span, source, programme, start, dimension, records,
                   fitted(sum(times) OVER series) AS times,
                   fitted(sum(amount) OVER series) AS amount
            FROM current_cell WHERE source IN (SELECT name FROM source WHERE is_stock)
            WINDOW series AS (
                PARTITION BY territory, span, source, programme, dimension ORDER BY start)
        ) c JOIN measure m ON m.source = c.source AND m.is_stock
        WHERE c.records > 0 AND NOT (m.lapses AND c.span = 'all');

        CREATE VIEW figure AS
        SELECT dataset, measure, programme, dimension, territory, span, start, value
        FROM current_flow
        UNION ALL
        SELECT dataset, measure, programme, dimension, territory, span, start, value
        FROM current_stock;

        CREATE VIEW cell_value AS
        SELECT measure, programme, dimension, territory, period_name(span, start) AS period, value
        FROM figure;

        -- A digest of all figures, equal for equal figures whatever order their facts came in.
        CREATE FUNCTION cell_digest() RETURNS text LANGUAGE sql STABLE AS $$
            SELECT encode(sha256(convert_to(
                coalesce(string_agg(t.digest, '' ORDER BY t.territory), ''), 'UTF8')), 'hex')
            FROM (
                SELECT territory,
                       md5(string_agg(
                           concat_ws('|', measure, programme, dimension, territory, period, value),
                           E'\\n' ORDER BY measure, programme, dimension, period)) AS digest
                FROM cell_value GROUP BY territory
            ) AS t
        $$;

        -- The name of a measure, or of one part of it, in a cell.
        CREATE FUNCTION measure_part(measure text, part text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
            SELECT (CASE part WHEN '' THEN measure ELSE measure || ':' || part END) COLLATE "C"
        $$;
        """
}
