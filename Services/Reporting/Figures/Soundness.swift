/// Checks that cells agree with each other and with the contributions.
///
/// `SELECT * FROM cell_mismatches()` gives a row for each disagreement, and none when all is sound:
/// - `contributions`: a cell is the sum of the contributions in its territory and period;
/// - `territories`: a territory is the sum of the territories one level below it and of its own contributions;
/// - `periods`: all is the sum of the years, a year of its quarters, a quarter of its months, a month of
///   its days.
enum Soundness {
    static let function = """
        CREATE FUNCTION cell_mismatches()
        RETURNS TABLE (
            rule text, source text, programme text, dimension text, territory text, period text,
            held_times bigint, due_times bigint, held_amount bigint, due_amount bigint)
        LANGUAGE sql STABLE AS $$
            WITH held AS MATERIALIZED (
                SELECT c.source, c.programme, c.dimension, c.territory, c.span, c.start,
                       c.records, c.times, c.amount
                FROM current_cell c
            ), contributed AS MATERIALIZED (
                -- First by place and day, of which there are few, then to the cells around.
                SELECT c.source, c.programme, k.dimension, k.territory, k.span, k.start,
                       c.territory AS named, sum(c.records) AS records, sum(c.times) AS times,
                       sum(c.amount) AS amount
                FROM (
                    SELECT source, programme, territory, day, dimension, count(*) AS records,
                           sum(times) AS times, sum(amount) AS amount
                    FROM contribution WHERE counts GROUP BY 1, 2, 3, 4, 5) c
                CROSS JOIN LATERAL cell_keys(c.territory, c.day, c.dimension) k
                GROUP BY 1, 2, 3, 4, 5, 6, 7
            ), due AS (
                SELECT 'contributions' AS rule, source, programme, dimension, territory, span, start,
                       sum(records) AS records, sum(times) AS times, sum(amount) AS amount
                FROM contributed GROUP BY 2, 3, 4, 5, 6, 7
                UNION ALL
                SELECT 'territories', source, programme, dimension, territory, span, start,
                       sum(records), sum(times), sum(amount)
                FROM (
                    SELECT source, programme, dimension,
                           left(territory, length(territory) - 3) COLLATE "C" AS territory,
                           span, start, records, times, amount
                    FROM held WHERE length(territory) > 6
                    UNION ALL
                    SELECT source, programme, dimension, territory, span, start, records, times,
                           amount
                    FROM contributed WHERE named = territory
                ) part GROUP BY 2, 3, 4, 5, 6, 7
                UNION ALL
                SELECT 'periods', source, programme, dimension, territory, wider,
                       span_start(wider, start), sum(records), sum(times), sum(amount)
                FROM (
                    SELECT *, CASE span WHEN 'day' THEN 'month'::span WHEN 'month' THEN 'quarter'
                                        WHEN 'quarter' THEN 'year' ELSE 'all' END AS wider
                    FROM held WHERE span <> 'all'
                ) part GROUP BY 2, 3, 4, 5, 6, 7
            ), fitting AS (
                SELECT rule, source, programme, dimension, territory, span, start, records,
                       fitted(times) AS times, fitted(amount) AS amount
                FROM due
            ), claim AS (
                SELECT r.rule, h.*
                FROM held h CROSS JOIN unnest(
                    ARRAY['contributions', 'territories', 'periods']) AS r (rule)
                WHERE NOT (r.rule = 'periods' AND h.span = 'day')
            )
            SELECT coalesce(c.rule, d.rule), coalesce(c.source, d.source),
                   coalesce(c.programme, d.programme), coalesce(c.dimension, d.dimension),
                   coalesce(c.territory, d.territory),
                   period_name(coalesce(c.span, d.span), coalesce(c.start, d.start)),
                   coalesce(c.times, 0), coalesce(d.times, 0), coalesce(c.amount, 0),
                   coalesce(d.amount, 0)
            FROM claim c
            FULL JOIN fitting d ON d.rule = c.rule AND d.territory = c.territory AND d.span = c.span
                AND d.source = c.source AND d.programme = c.programme AND d.start = c.start
                AND d.dimension = c.dimension
            WHERE (coalesce(c.records, 0), coalesce(c.times, 0), coalesce(c.amount, 0))
                  <> (coalesce(d.records, 0), coalesce(d.times, 0), coalesce(d.amount, 0))
        $$;
        """
}
