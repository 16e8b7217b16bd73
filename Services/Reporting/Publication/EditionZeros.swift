import Postgres

/// Statements that make zeros where it is known that nothing happened. Each adds only figures that do not exist yet, in
/// periods that have begun.
extension EditionFigures {
    /// The statements, in the order in which they run: later ones fill up from earlier ones' figures.
    var zeros: [Statement] { [offered, begun, takenBack, within] }

    /// Makes zeros of a district's flows from the period in which the first account was opened that could have paid for them.
    private var offered: Statement {
        """
        INSERT INTO edition_figure (dataset, territory, span, programme, start, name, value)
        SELECT m.dataset, k.district, p.span, k.programme, g.day::date, m.name, 0
        FROM (
            SELECT left(a.territory, 6) COLLATE "C" AS district, a.programme, f.source,
                   min(a.opened_on) AS first
            FROM opened_account a JOIN account_flow f ON f.kind = a.kind
            WHERE length(a.territory) >= 6 AND a.opened_on <= \(today)
            GROUP BY 1, 2, 3) k
        JOIN measure m ON m.source = k.source AND m.reads IN ('times', 'amount', 'subjects')
            AND NOT m.is_stock
        JOIN plan_cell p ON p.measure = m.name AND p.level = 6 AND p.span >= 'month'
        CROSS JOIN LATERAL generate_series(
            span_start(p.span, k.first)::timestamp, \(today)::date::timestamp,
            CASE p.span WHEN 'month' THEN interval '1 month' WHEN 'quarter' THEN interval '3 months'
                        WHEN 'year' THEN interval '1 year' ELSE interval '1000 years' END) AS g (day)
        WHERE (m.protection = 'none' OR k.district IN (SELECT territory FROM exact_unit))
          AND NOT EXISTS (
            SELECT FROM edition_figure e
            WHERE e.dataset = m.dataset AND e.territory = k.district AND e.span = p.span
              AND e.programme = k.programme AND e.start = g.day::date AND e.name = m.name)
        """
    }

    /// Makes zeros of a district's flows in all periods from the first with a figure.
    private var begun: Statement {
        """
        INSERT INTO edition_figure (dataset, territory, span, programme, start, name, value)
        SELECT k.dataset, k.territory, k.span, k.programme, g.day::date, k.name, 0
        FROM (
            SELECT f.dataset, f.territory, f.span, f.programme, f.name, min(f.start) AS first
            FROM edition_figure f JOIN measure m ON m.name = split_part(f.name, ':', 1)
            WHERE length(f.territory) = 6 AND f.span IN ('month', 'quarter', 'year')
              AND m.reads IN ('times', 'amount', 'subjects') AND NOT m.is_stock
            GROUP BY 1, 2, 3, 4, 5) k
        CROSS JOIN LATERAL generate_series(
            k.first::timestamp, \(today)::date::timestamp,
            CASE k.span WHEN 'month' THEN interval '1 month' WHEN 'quarter' THEN interval '3 months'
                        ELSE interval '1 year' END) AS g (day)
        WHERE NOT EXISTS (
            SELECT FROM edition_figure e
            WHERE e.dataset = k.dataset AND e.territory = k.territory AND e.span = k.span
              AND e.programme = k.programme AND e.start = g.day::date AND e.name = k.name)
        """
    }

    /// Makes zeros of distinct counts where every record was taken back.
    private var takenBack: Statement {
        """
        INSERT INTO edition_figure (dataset, territory, span, programme, start, name, value)
        SELECT m.dataset, c.territory, c.span, c.programme, c.start,
               measure_part(m.name, c.dimension), 0
        FROM current_cell c
        JOIN measure m ON m.source = c.source AND m.reads = 'subjects'
        JOIN plan_cell p ON p.measure = m.name AND p.level = length(c.territory)
            AND p.span = c.span
        WHERE c.records = 0 AND c.start <= \(today) AND (p.has_parts OR c.dimension = '')
          AND (m.protection = 'none' OR c.territory IN (SELECT territory FROM exact_unit))
          AND NOT EXISTS (
            SELECT FROM edition_figure e
            WHERE e.dataset = m.dataset AND e.territory = c.territory AND e.span = c.span
              AND e.programme = c.programme AND e.start = c.start
              AND e.name = measure_part(m.name, c.dimension))
        """
    }

    /// Makes zeros below the district for figures that are not about families, wherever the district has a figure. Subdistricts
    /// get them for months and longer periods, deeper levels for years and all time.
    private var within: Statement {
        """
        INSERT INTO edition_figure (dataset, territory, span, programme, start, name, value)
        SELECT f.dataset, t.code, f.span, f.programme, f.start, f.name, 0
        FROM edition_figure f
        JOIN measure m ON m.name = f.name AND m.protection = 'none'
            AND m.reads IN ('times', 'amount', 'subjects')
        JOIN plan_cell p ON p.measure = m.name AND p.span = f.span AND p.level > 6
            AND p.span >= CASE p.level WHEN 9 THEN 'month' ELSE 'year' END::span
        JOIN place t ON length(t.code) = p.level AND left(t.code, 6) = f.territory
            AND t.valid_from < span_end(f.span, f.start)
            AND coalesce(t.valid_to, date 'infinity') >= f.start
        WHERE length(f.territory) = 6
          AND NOT EXISTS (
            SELECT FROM edition_figure e
            WHERE e.dataset = f.dataset AND e.territory = t.code AND e.span = f.span
              AND e.programme = f.programme AND e.start = f.start AND e.name = f.name)
        """
    }
}
