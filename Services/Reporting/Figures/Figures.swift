import ServiceKit

/// The views that make figures of cells: flows as they are, stocks as running sums, and what cannot be
/// added up from the contributions themselves.
///
/// Each stands twice: over `current_cell` for readers, and over `cell` for the summaries, which look at
/// thousands of keys at once.
enum Figures {
    static let migration = Migration(
        "0005_figures",
        views("current", over: "current_cell") + views("settled", over: "cell") + reading)

    /// Persons who are one count once, and a household's shifts are counted as its own.
    static let mergedMigration = Migration(
        "0012_figures_of_merged_persons",
        """
        ALTER TABLE measure
            DROP CONSTRAINT measure_reads_check,
            ADD CONSTRAINT measure_reads_check CHECK (
                reads IN ('times', 'amount', 'subjects', 'smallest', 'largest', 'most'));
        COMMENT ON COLUMN measure.reads IS 'most: what came most often to one subject';


        """ + flow("current", over: "current_cell") + flow("settled", over: "cell"))

    private static func flow(_ name: String, over cells: String) -> String {
        """
        CREATE OR REPLACE VIEW \(name)_flow AS
        SELECT m.dataset, m.name AS measure, c.programme, c.dimension, c.territory, c.span, c.start,
               CASE m.reads WHEN 'times' THEN c.times ELSE c.amount END AS value
        FROM \(cells) c JOIN measure m ON m.source = c.source AND m.is_additive AND NOT m.is_stock
        WHERE c.records > 0
        UNION ALL
        SELECT m.dataset, m.name, c.programme, c.dimension, c.territory, c.span, c.start,
               CASE m.reads WHEN 'subjects' THEN s.subjects WHEN 'smallest' THEN s.smallest
                    WHEN 'largest' THEN s.largest ELSE s.most END
        FROM \(cells) c JOIN measure m ON m.source = c.source AND NOT m.is_additive
        CROSS JOIN LATERAL (
            SELECT count(p.subject) AS subjects, min(p.smallest) AS smallest,
                   max(p.largest) AS largest,
                   max(p.times) FILTER (WHERE p.subject IS NOT NULL)::bigint AS most
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


        """
    }

    /// A cell of no contributions (all were taken back) has no figures.
    private static func views(_ name: String, over cells: String) -> String {
        """
        CREATE VIEW \(name)_flow AS
        SELECT m.dataset, m.name AS measure, c.programme, c.dimension, c.territory, c.span, c.start,
               CASE m.reads WHEN 'times' THEN c.times ELSE c.amount END AS value
        FROM \(cells) c JOIN measure m ON m.source = c.source AND m.is_additive AND NOT m.is_stock
        WHERE c.records > 0
        UNION ALL
        SELECT m.dataset, m.name, c.programme, c.dimension, c.territory, c.span, c.start,
               CASE m.reads WHEN 'subjects' THEN s.subjects WHEN 'smallest' THEN s.smallest
                    ELSE s.largest END
        FROM \(cells) c JOIN measure m ON m.source = c.source AND NOT m.is_additive
        CROSS JOIN LATERAL (
            SELECT count(DISTINCT t.subject) AS subjects, min(t.amount) AS smallest,
                   max(t.amount) AS largest
            FROM contribution t
            WHERE t.source <> 'registration' AND t.source = c.source
              AND t.territory >= c.territory AND t.territory < c.territory || ':'
              AND t.day >= c.start AND t.day < span_end(c.span, c.start)
              AND t.programme = c.programme AND c.dimension IN ('', t.dimension) AND t.counts
        ) s
        WHERE c.records > 0;

        CREATE VIEW \(name)_stock AS
        SELECT m.dataset, m.name AS measure, c.programme, c.dimension, c.territory, c.span, c.start,
               CASE m.reads WHEN 'times' THEN c.times ELSE c.amount END AS value
        FROM (
            SELECT territory, span, source, programme, start, dimension, records,
                   (sum(times) OVER series)::bigint AS times,
                   (sum(amount) OVER series)::bigint AS amount
            FROM \(cells) WHERE source IN (SELECT name FROM source WHERE is_stock)
            WINDOW series AS (
                PARTITION BY territory, span, source, programme, dimension ORDER BY start)
        ) c JOIN measure m ON m.source = c.source AND m.is_stock
        WHERE c.records > 0;


        """
    }

    private static let reading = """
        CREATE VIEW figure AS
        SELECT dataset, measure, programme, dimension, territory, span, start, value
        FROM current_flow
        UNION ALL
        SELECT dataset, measure, programme, dimension, territory, span, start, value
        FROM current_stock;

        CREATE VIEW cell_value AS
        SELECT measure, programme, dimension, territory, period_name(span, start) AS period, value
        FROM figure;

        -- The same for the same figures, whatever way they came about.
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
        """
}
