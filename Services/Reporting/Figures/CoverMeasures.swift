import ServiceKit

extension Measures {
    /// Who is insured, who is covered, and what was paid have sources of their own, because they count on days of their own:
    /// a premium of December insures for the next year, and a policy that ends was insured all the same.
    ///
    /// Of what stands so far, days stay as they are until a rebuild: what they came from is not said in it.
    static let coverMigration = Migration(
        contracting: "0030_cover",
        """
        ALTER TABLE measure ADD COLUMN lapses boolean NOT NULL DEFAULT false;
        COMMENT ON COLUMN measure.lapses IS
            'a stock of what ends by itself on days that are known: there is none of all time, nor of days to come';

        INSERT INTO measure (name, dataset, source, reads, is_stock, unit, dimension, zh, en, protection,
                             lapses) VALUES
        ('households_covered', 'funding', 'insurance_cover', 'times', true, 'household', 'basis',
         '期末在保家庭', 'households covered at the end', 'count', true),
        ('persons_covered', 'funding', 'supplement_cover', 'times', true, 'person', 'basis',
         '期末护理津贴险在保人数', 'persons covered by the nursing supplement at the end', 'count', true);
        UPDATE measure SET source = 'premium' WHERE name = 'premium_paid_fen';
        UPDATE measure SET source = 'supplement_paid' WHERE name = 'supplement_paid_fen';

        -- Cover and premium say of the same families what enrolments say, so below the district they are not said.
        DELETE FROM plan_cell
        WHERE level > 6 AND measure IN ('premium_paid_fen', 'supplement_paid_fen');
        INSERT INTO plan_cell (measure, level, span, has_parts)
        SELECT m.name, 6, s.span, true
        FROM measure m CROSS JOIN unnest(ARRAY['month', 'quarter', 'year']::span[]) AS s (span)
        WHERE m.lapses;

        -- Ends of policies lower neither who was insured nor what was paid.
        UPDATE contribution SET counts = false
        WHERE source IN ('insurance', 'supplement') AND record LIKE 'policy/%';
        INSERT INTO contribution
            (record, version, message, cause, time, reversed, counts, is_dated, source, territory, day,
             programme, dimension, times, amount, subject, session)
        SELECT record || '/paid', version, message, cause, time, reversed, counts, is_dated,
               CASE source WHEN 'insurance' THEN 'premium' ELSE 'supplement_paid' END, territory, day,
               programme, dimension, times, amount, subject, session
        FROM contribution
        WHERE source IN ('insurance', 'supplement') AND record LIKE 'insured/%';
        UPDATE contribution SET amount = 0 WHERE source IN ('insurance', 'supplement');
        UPDATE settled_cell SET amount = 0 WHERE source IN ('insurance', 'supplement');
        DELETE FROM delta WHERE source IN ('insurance', 'supplement');
        DELETE FROM cell WHERE source IN ('insurance', 'supplement');
        INSERT INTO delta (source, territory, day, programme, dimension, records, times, amount,
                           is_correction)
        SELECT source, territory, day, programme, dimension, count(*), sum(times), sum(amount), false
        FROM contribution
        WHERE counts AND source IN ('insurance', 'supplement', 'premium', 'supplement_paid')
        GROUP BY source, territory, day, programme, dimension;
        UPDATE intake SET changed_at = now(), method_at = now();

        CREATE OR REPLACE VIEW current_stock AS
        SELECT m.dataset, m.name AS measure, c.programme, c.dimension, c.territory, c.span, c.start,
               CASE m.reads WHEN 'times' THEN c.times ELSE c.amount END AS value
        FROM (
            SELECT territory, span, source, programme, start, dimension, records,
                   (sum(times) OVER series)::bigint AS times,
                   (sum(amount) OVER series)::bigint AS amount
            FROM current_cell WHERE source IN (SELECT name FROM source WHERE is_stock)
            WINDOW series AS (
                PARTITION BY territory, span, source, programme, dimension ORDER BY start)
        ) c JOIN measure m ON m.source = c.source AND m.is_stock
        WHERE c.records > 0 AND NOT (m.lapses AND c.span = 'all');
        """)
}
