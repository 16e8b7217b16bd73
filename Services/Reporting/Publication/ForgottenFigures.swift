import Disclosure
import Messages
import Postgres

/// Takes the figures of forgotten editions over into the settled tables: the last ones as published, and shown ones as known
/// to readers.
enum ForgottenFigures {
    /// The statements that do so, in order. They read `forgotten_figure`.
    static let adopt: [Statement] =
        [
            """
            INSERT INTO settled_table (district, source, programme, span, start, level, edition)
            SELECT s.district, s.source, s.programme, s.span, s.start, max(length(s.territory)),
                   (SELECT last_edition FROM epoch)
            FROM said s GROUP BY 1, 2, 3, 4, 5
            ON CONFLICT (district, source, programme, start) DO UPDATE
            SET level = greatest(settled_table.level, EXCLUDED.level)
            """,
            // A zero has no row.
            """
            DELETE FROM settled_cell c USING said s
            WHERE \(cell) AND c.showing = '-' AND NOT s.is_hidden AND s.is_zero
            """,
            """
            UPDATE settled_cell c
            SET times = CASE WHEN s.is_hidden THEN c.times ELSE coalesce(s.times, c.times) END,
                amount = CASE WHEN s.is_hidden THEN c.amount ELSE coalesce(s.amount, c.amount) END,
                showing = CASE WHEN s.is_hidden THEN 'c' ELSE '-' END, is_recalled = true,
                low = CASE WHEN s.is_hidden THEN greatest(1, \(count) - s.few) END,
                high = CASE WHEN s.is_hidden THEN greatest(1, \(count) + s.few) END
            FROM said s
            WHERE \(cell) AND c.showing = '-'
              AND (s.is_hidden OR s.times <> c.times OR s.amount <> c.amount)
            """,
            """
            INSERT INTO settled_cell (district, source, programme, start, territory, times, amount,
                                      contributors, showing, is_recalled)
            SELECT s.district, s.source, s.programme, s.start, s.territory,
                   CASE WHEN s.is_hidden THEN 1 ELSE coalesce(s.times, 0) END,
                   CASE WHEN s.is_hidden THEN 1 ELSE coalesce(s.amount, 0) END, 0,
                   CASE WHEN s.is_hidden THEN 'c' ELSE '-' END, true
            FROM said s WHERE s.is_hidden OR NOT s.is_zero
            ON CONFLICT (district, source, programme, start, territory) DO NOTHING
            """,
            """
            UPDATE settled_cell c
            SET low = greatest(1, s.shown - s.few), high = greatest(1, s.shown + s.few)
            FROM said s
            WHERE \(cell) AND c.showing <> '-' AND s.shown IS NOT NULL AND (s.is_hidden OR NOT s.is_zero)
            """,
        ].map { Statement(trusted: said + $0) } + [
            """
            UPDATE epoch
            SET past = CASE WHEN forgotten > 0 OR EXISTS (SELECT FROM forgotten_figure) THEN 'read'
                            ELSE 'whole' END
            """
        ]

    /// The condition that joins a cell `c` with its forgotten figure `s`.
    private static let cell = """
        (c.district, c.source, c.programme, c.start, c.territory)
            = (s.district, s.source, s.programme, s.start, s.territory)
        """

    /// The count of families in a cell.
    private static let count = "CASE WHEN s.counts_times THEN c.times ELSE c.amount END"

    /// The last forgotten figures of the source's shortest period, as the CTE `said`. A figure that was shown and is hidden now
    /// may have changed by `few` families at the most.
    private static let said = """
        WITH shortest AS (
            SELECT m.source, coalesce(
                       (SELECT min(t.span) FROM settled_table t WHERE t.source = m.source),
                       (SELECT min(p.span) FROM plan_cell p JOIN measure o ON o.name = p.measure
                        WHERE o.source = m.source AND o.protection <> 'none' AND p.level > 6),
                       min(f.span)) AS span,
                   -- The same rule as in `GuardedSource`.
                   coalesce(bool_or(m.protection = 'count') FILTER (WHERE m.reads = 'times'),
                            NOT bool_or(m.protection = 'count')) AS counts_times
            FROM forgotten_figure f JOIN measure m ON m.name = f.measure GROUP BY m.source
        ), figure AS (
            SELECT left(f.territory, 6) COLLATE "C" AS district, m.source, f.programme, f.span, f.start,
                   f.territory, s.counts_times,
                   max(f.value) FILTER (WHERE m.reads = 'times') AS times,
                   max(f.value) FILTER (WHERE m.reads = 'amount') AS amount,
                   max(f.shown) FILTER (WHERE (m.reads = 'times') = s.counts_times) AS shown,
                   bool_or(f.value IS NULL) AS is_hidden
            FROM forgotten_figure f JOIN measure m ON m.name = f.measure
            JOIN shortest s ON s.source = m.source AND s.span = f.span
            GROUP BY 1, 2, 3, 4, 5, 6, 7
        ), said AS (
            SELECT f.*, coalesce(f.times, 0) = 0 AND coalesce(f.amount, 0) = 0 AS is_zero,
                   CASE WHEN f.is_hidden THEN p.threshold - 1 ELSE 0 END AS few
            FROM figure f CROSS JOIN plan p
        )

        """
}

extension EditionGuard {
    /// Decides whether a table stays as it is because forgotten editions have published it differently, or may have.
    /// - Returns: nil if the table may change. Otherwise the number of territories that stay although their values differ; 1 if
    ///   nothing is published.
    func keptByForgotten(_ table: SettledFigures) -> Int? {
        let published = table.published ?? [:]
        if let lostUntil, table.end <= lostUntil {
            guard !table.isNew, table.level > 0 else { return 1 }
            return Set(table.now.keys).union(published.keys).count {
                table.publishes($0) && isUnlike($0, table)
            }
        }
        guard !revises, !table.isNew else { return nil }
        let unlike = published.count {
            $0.value.isRecalled && table.publishes($0.key) && isUnlike($0.key, table)
        }
        return unlike > 0 ? unlike : nil
    }

    /// Whether the current values of a territory differ from the published ones. A territory that a forgotten edition hid
    /// differs if it is zero now.
    private func isUnlike(_ territory: String, _ table: SettledFigures) -> Bool {
        let old = table.published?[territory]
        let now = table.now[territory] ?? SettledFigures.Values()
        guard let old, old.showing.isHidden else {
            return !table.source.isSame(old?.values ?? SettledFigures.Values(), now)
        }
        return old.isUnknown && now == .init()
    }
}
