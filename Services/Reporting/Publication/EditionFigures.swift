import Messages
import Postgres

/// The statements that make the figures of an edition in `edition_figure`. Each statement makes all cells of its kind. Periods
/// that have not begun have no figures. A record dated in the future counts only in figures of all time.
struct EditionFigures {
    /// The day of the edition, in Asia/Shanghai.
    let today: BusinessDate
    let plan: Plan

    /// Adds districts that reach `plan.exactFrom` registered families to `exact_unit`. They stay there if their number falls.
    var exactUnits: Statement {
        """
        INSERT INTO exact_unit (territory)
        SELECT territory FROM current_cell
        WHERE length(territory) = 6 AND span = 'all' AND dimension = ''
        GROUP BY territory
        HAVING coalesce(sum(times) FILTER (WHERE source = 'registration'), 0) >= \(plan.exactFrom)
        ON CONFLICT DO NOTHING
        """
    }

    /// Makes the flows that can be added up: those not about families everywhere, and those about families in exact districts.
    var flows: Statement {
        """
        INSERT INTO edition_figure (dataset, territory, span, programme, start, name, value)
        SELECT m.dataset, c.territory, c.span, c.programme, c.start, measure_part(m.name, c.dimension),
               CASE m.reads WHEN 'times' THEN c.times ELSE c.amount END
        FROM current_cell c
        JOIN measure m ON m.source = c.source AND m.is_additive AND NOT m.is_stock
        JOIN plan_cell p ON p.measure = m.name AND p.level = length(c.territory) AND p.span = c.span
        WHERE c.start <= \(today) AND (p.has_parts OR c.dimension = '')
          AND (m.protection = 'none' OR c.territory IN (SELECT territory FROM exact_unit))
        """
    }

    /// Makes the stocks at the end of each period that has begun, from the first period with a record.
    var stocks: Statement {
        """
        WITH planned AS (
            SELECT m.dataset, m.name, m.source, m.reads, m.protection, m.lapses, p.level, p.span,
                   p.has_parts
            FROM measure m JOIN plan_cell p ON p.measure = m.name WHERE m.is_stock
        ), change AS MATERIALIZED (
            SELECT c.territory, c.source, c.programme, c.dimension, c.span, c.start, c.times, c.amount
            FROM current_cell c
            WHERE c.span IN ('day', 'month', 'all') AND c.source IN (SELECT source FROM planned)
              AND (c.territory IN (SELECT territory FROM exact_unit)
                   OR c.source NOT IN (SELECT source FROM planned WHERE protection <> 'none'))
        ), month AS (
            SELECT s.territory, s.source, s.programme, s.dimension, g.day::date AS start
            FROM (SELECT territory, source, programme, dimension, min(start) AS first
                  FROM change WHERE span = 'month' GROUP BY 1, 2, 3, 4) s
            -- The current year's stock is that of its end. Months that have not begun are left out below.
            CROSS JOIN LATERAL generate_series(s.first::timestamp,
                (span_end('year', span_start('year', \(today))) - 1)::timestamp,
                interval '1 month') AS g (day)
        ), monthly AS (
            SELECT m.territory, m.source, m.programme, m.dimension, m.start,
                   fitted(sum(coalesce(c.times, 0)) OVER series) AS times,
                   fitted(sum(coalesce(c.amount, 0)) OVER series) AS amount
            FROM month m LEFT JOIN change c ON c.span = 'month' AND c.territory = m.territory
                AND c.source = m.source AND c.programme = m.programme AND c.dimension = m.dimension
                AND c.start = m.start
            WINDOW series AS (PARTITION BY m.territory, m.source, m.programme, m.dimension
                              ORDER BY m.start)
        ), level AS (
            SELECT territory, source, programme, dimension, 'day'::span AS span, start,
                   fitted(sum(times) OVER series) AS times,
                   fitted(sum(amount) OVER series) AS amount
            FROM change WHERE span = 'day'
              AND (source, length(territory)) IN (SELECT source, level FROM planned WHERE span = 'day')
            WINDOW series AS (PARTITION BY territory, source, programme, dimension ORDER BY start)
            UNION ALL
            -- The stock of a period is that of its last month.
            (SELECT DISTINCT ON (territory, source, programme, dimension, s.span,
                                 span_start(s.span, start))
                    territory, source, programme, dimension, s.span, span_start(s.span, start),
                    times, amount
             FROM monthly CROSS JOIN unnest(ARRAY['month', 'quarter', 'year']::span[]) AS s (span)
             ORDER BY territory, source, programme, dimension, s.span, span_start(s.span, start),
                      start DESC)
            UNION ALL
            SELECT territory, source, programme, dimension, span, start, times, amount
            FROM change WHERE span = 'all'
        )
        INSERT INTO edition_figure (dataset, territory, span, programme, start, name, value)
        SELECT p.dataset, l.territory, l.span, l.programme, l.start,
               measure_part(p.name, l.dimension), CASE p.reads WHEN 'times' THEN l.times ELSE l.amount END
        FROM level l
        JOIN planned p ON p.source = l.source AND p.level = length(l.territory) AND p.span = l.span
        WHERE (p.has_parts OR l.dimension = '')
          AND (p.protection = 'none' OR l.territory IN (SELECT territory FROM exact_unit))
          AND l.start <= \(today) AND NOT (p.lapses AND l.span = 'all')
        """
    }

    /// Makes the figures that cannot be added up: distinct subjects, smallest and largest amounts, and the most of one subject.
    var heads: Statement {
        """
        WITH planned AS (
            SELECT m.dataset, m.name, m.source, m.reads, m.protection, p.level, p.span, p.has_parts
            FROM measure m JOIN plan_cell p ON p.measure = m.name WHERE NOT m.is_additive
        ), each AS (
            SELECT k.source, c.programme, k.span, left(c.territory, k.level) AS territory,
                   span_start(k.span, c.day) AS start, d.dimension,
                   coalesce(a.survivor, c.subject) AS subject, min(c.amount) AS smallest,
                   max(c.amount) AS largest, fitted(sum(c.times)) AS times
            FROM (SELECT source, level, span, bool_or(has_parts) AS has_parts,
                         bool_and(protection <> 'none') AS is_guarded
                  FROM planned GROUP BY source, level, span) k
            JOIN contribution c ON c.source = k.source AND c.source <> 'registration' AND c.counts
                AND length(c.territory) >= k.level
            CROSS JOIN unnest(CASE WHEN c.dimension = '' OR NOT k.has_parts THEN ARRAY['']
                                   ELSE ARRAY['', c.dimension] END) AS d (dimension)
            LEFT JOIN person_alias a ON a.person = c.subject
            WHERE NOT k.is_guarded
               OR left(c.territory, k.level) IN (SELECT territory FROM exact_unit)
            GROUP BY 1, 2, 3, 4, 5, 6, 7
        ), head AS (
            SELECT source, programme, span, territory, start, dimension, count(subject) AS subjects,
                   min(smallest) AS smallest, max(largest) AS largest,
                   max(times) FILTER (WHERE subject IS NOT NULL) AS most
            FROM each GROUP BY 1, 2, 3, 4, 5, 6
        )
        INSERT INTO edition_figure (dataset, territory, span, programme, start, name, value)
        SELECT dataset, territory, span, programme, start, name, value
        FROM (
            SELECT p.dataset, h.territory, h.span, h.programme, h.start,
                   measure_part(p.name, h.dimension) AS name,
                   CASE p.reads WHEN 'subjects' THEN h.subjects WHEN 'smallest' THEN h.smallest
                                WHEN 'largest' THEN h.largest ELSE h.most END AS value
            FROM head h
            JOIN planned p ON p.source = h.source AND p.level = length(h.territory)
                AND p.span = h.span
            WHERE h.start <= \(today) AND (p.has_parts OR h.dimension = '')) f
        WHERE value IS NOT NULL
        """
    }

    /// Makes the figures about families below the district, from the tables of settled periods. A wider period is published at
    /// a level if all settled periods within it are. It is hidden if one of them is. A level that the plan got later than a deeper
    /// one is published in a period once the period's table has been published with it.
    var settled: Statement {
        """
        WITH unit AS (
            SELECT code, valid_from, valid_to FROM place WHERE length(code) > 6
            UNION ALL
            SELECT DISTINCT territory, date '1900-01-01', NULL::date FROM settled_cell c
            WHERE NOT EXISTS (SELECT FROM place WHERE code = c.territory)
        ), has AS (
            SELECT district, source, programme, start, array_agg(DISTINCT length(territory)) AS levels
            FROM settled_cell GROUP BY 1, 2, 3, 4
        ), wide AS (
            SELECT t.district, t.source, t.programme, p.level, p.span,
                   span_start(p.span, t.start) AS start,
                   max(t.start) AS last, array_agg(t.start) AS starts
            FROM settled_table t
            LEFT JOIN has h USING (district, source, programme, start)
            JOIN (SELECT DISTINCT m.source, p.level, p.span
                  FROM plan_cell p JOIN measure m ON m.name = p.measure
                  WHERE p.level > 6 AND m.protection <> 'none') p
                ON p.source = t.source AND p.span >= t.span
            WHERE p.span IN ('all', t.span)
               OR is_settled(p.span, span_start(p.span, t.start), \(today), \(plan.settleDays))
            GROUP BY 1, 2, 3, 4, 5, 6
            HAVING min(t.level) >= p.level
               AND bool_and(h.levels IS NULL OR p.level = ANY (h.levels)
                            OR NOT EXISTS (SELECT FROM unnest(h.levels) AS l (level)
                                           WHERE l.level BETWEEN p.level AND t.level))
        ), figure AS (
            SELECT w.district, w.source, w.programme, w.level, w.span, w.start, u.code AS territory,
                   coalesce(fitted(sum(c.times)), 0) AS times,
                   coalesce(fitted(sum(c.amount)), 0) AS amount,
                   coalesce(sum(c.times) FILTER (WHERE c.start = w.last), 0)::bigint AS last_times,
                   coalesce(sum(c.amount) FILTER (WHERE c.start = w.last), 0)::bigint AS last_amount,
                   coalesce(max(c.showing) FILTER (WHERE c.showing <> '-'), '-') AS showing,
                   coalesce(max(c.showing) FILTER (WHERE c.start = w.last), '-') AS last_showing,
                   -- Values that a forgotten edition hid are not known.
                   coalesce(bool_or(c.is_recalled AND c.showing <> '-'), false) AS is_unknown
            FROM wide w
            JOIN unit u ON length(u.code) = w.level AND left(u.code, 6) = w.district
                AND u.valid_from < span_end(w.span, w.start)
                AND coalesce(u.valid_to, date 'infinity') >= w.start
            LEFT JOIN settled_cell c ON c.district = w.district AND c.source = w.source
                AND c.programme = w.programme AND c.territory = u.code
                AND c.start = ANY (w.starts)
            GROUP BY 1, 2, 3, 4, 5, 6, 7
        )
        INSERT INTO edition_figure (dataset, territory, span, programme, start, name, value, showing)
        SELECT m.dataset, f.territory, f.span, f.programme, f.start, m.name,
               CASE WHEN f.is_unknown AND (NOT m.is_stock OR f.last_showing <> '-') THEN NULL
                    WHEN m.is_stock AND m.reads = 'times' THEN f.last_times
                    WHEN m.is_stock THEN f.last_amount
                    WHEN m.reads = 'times' THEN f.times ELSE f.amount END,
               CASE WHEN m.is_stock THEN f.last_showing ELSE f.showing END
        FROM figure f
        JOIN measure m ON m.source = f.source AND m.protection <> 'none' AND m.is_additive
        JOIN plan_cell p ON p.measure = m.name AND p.level = f.level AND p.span = f.span
        """
    }
}
