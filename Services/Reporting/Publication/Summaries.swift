import Foundation
import Messages
import Postgres
import ServiceKit

/// The cells of editions, each as it was when its edition was made: the table `summary`.
///
/// A cell that differs from the edition before is written with the next `seq` of its dataset. Replaced versions are kept for
/// some days (`DatasetState.history`).
enum Summaries {
    /// Held by whoever rolls up or starts a rebuild.
    static let lock: Statement = "SELECT FROM dataset ORDER BY name FOR UPDATE"

    /// Writes the cells of `edition_figure` that differ from those of the edition before, and the edition itself.
    /// - Returns: one row: how many cells changed.
    static func write(_ due: Editions.Due, _ now: Timestamp) -> Statement {
        Statement(
            trusted: "WITH " + [made, judged, written].joined(separator: ", ") + """

                INSERT INTO edition
                    (number, id, as_of, cause, request, is_method, cells, changed, hidden, changes, methods)
                SELECT $1, gen_random_uuid(), $2, $3, $4,
                       is_method, (SELECT count(*) FROM present), (SELECT count(*) FROM written),
                       (SELECT count(*) FROM edition_figure WHERE showing <> '-'), changes, methods
                FROM taken
                RETURNING changed
                """,
            [
                Parameter(due.number), Parameter(now), Parameter(due.cause.rawValue),
                Parameter(due.request),
            ])
    }

    /// `taken`: how much of `intake` the edition has. `present`: its cells, each beside the last one before.
    private static let made = """
        taken AS (
            SELECT i.changes, i.methods,
                   i.methods > coalesce((SELECT max(methods) FROM edition), 0) AS is_method
            FROM intake i
        ), last AS (
            SELECT dataset, territory, span, programme, start, seq, vintage, measures, figures, hiding
            FROM summary WHERE superseded_by IS NULL
        ), made AS (
            -- One sort of all rows, instead of one in each cell for each aggregate.
            SELECT dataset, territory, span, programme, start, array_agg(name) AS measures,
                   array_agg(value) AS figures,
                   CASE WHEN bool_or(showing <> '-') THEN string_agg(showing, '') ELSE '' END AS hiding
            FROM (SELECT dataset, territory, span, programme, start, name, value, showing
                  FROM edition_figure
                  ORDER BY dataset, territory, span, programme, start, name) f
            GROUP BY dataset, territory, span, programme, start
        ), matched AS (
            SELECT dataset, territory, span, programme, start, n.measures, n.figures, n.hiding,
                   l.seq AS replaces, coalesce(l.vintage, 0) AS vintage_before,
                   l.measures COLLATE "C" AS measures_before, l.figures AS figures_before,
                   l.hiding AS hiding_before
            FROM made n FULL JOIN last l USING (dataset, territory, span, programme, start)
        ), present AS (
            SELECT dataset, territory, span, programme, start, measures, figures, hiding, replaces,
                   vintage_before, measures_before, figures_before, hiding_before
            FROM matched WHERE measures_before IS NULL OR measures_before <@ measures
            UNION ALL
            -- A cell keeps naming the measures that it once had.
            SELECT m.dataset, m.territory, m.span, m.programme, m.start, w.measures, w.figures,
                   w.hiding, m.replaces, m.vintage_before, m.measures_before, m.figures_before,
                   m.hiding_before
            FROM matched m CROSS JOIN LATERAL (
                SELECT array_agg(name ORDER BY name) AS measures,
                       array_agg(value ORDER BY name) AS figures,
                       CASE WHEN bool_or(showing <> '-')
                            THEN string_agg(showing, '' ORDER BY name) ELSE '' END AS hiding
                FROM (SELECT u.name COLLATE "C" AS name, u.value,
                             coalesce(nullif(substr(m.hiding, u.place::int, 1), ''), '-') AS showing
                      FROM unnest(m.measures, m.figures) WITH ORDINALITY AS u (name, value, place)
                      UNION ALL
                      SELECT b.name COLLATE "C", NULL, '-' FROM unnest(m.measures_before) AS b (name)
                      WHERE NOT b.name COLLATE "C" = ANY (coalesce(m.measures, '{}'))) f) w
            WHERE m.measures_before IS NOT NULL AND (m.measures_before <@ m.measures) IS NOT TRUE
        )
        """

    /// `judged`: the cells with their status. `fresh`: those that an edition writes, in order.
    private static let judged = """
        period AS (
            -- Whether a period is closed, and whether this is the first edition in which it is.
            SELECT p.span, p.start, c.is_closed, c.is_new
            FROM (SELECT DISTINCT span, start FROM present) p
            CROSS JOIN LATERAL (
                SELECT count(*) > 0 AS is_closed, coalesce(bool_and(c.edition IS NULL), false) AS is_new
                FROM closed_period c
                WHERE p.span <> 'all' AND c.start <= p.start
                  AND span_end(p.span, p.start) <= c.until) c
        ), mended AS (
            SELECT DISTINCT s.dataset, k.territory, k.span, c.programme, k.start
            FROM (SELECT DISTINCT source, territory, day, programme FROM (
                    SELECT source, territory, day, programme FROM corrected
                    UNION ALL
                    SELECT source, territory, day, programme FROM delta WHERE is_correction) c) c
            JOIN source s ON s.name = c.source
            CROSS JOIN LATERAL cell_keys(c.territory, c.day, '') k
        ), judged AS (
            SELECT n.*, m.dataset IS NOT NULL AS is_mended,
                   n.replaces IS NULL OR n.measures_before <> n.measures
                       OR n.figures_before IS DISTINCT FROM n.figures
                       OR n.hiding_before <> n.hiding AS differs,
                   CASE WHEN NOT p.is_closed THEN 'provisional'
                        WHEN p.is_new AND n.vintage_before = 0 THEN 'final'
                        ELSE 'revised' END AS status
            FROM present n JOIN period p USING (span, start)
            LEFT JOIN mended m USING (dataset, territory, span, programme, start)
        ), fresh AS (
            SELECT j.*, row_number() OVER (
                PARTITION BY j.dataset ORDER BY j.territory, j.span, j.programme, j.start) AS place
            FROM judged j
            WHERE j.differs OR (j.status = 'final' AND j.replaces IS NOT NULL)
        )
        """

    /// Stores the cells of `fresh`. `$1` is the number of the edition, `$2` its moment.
    private static let written = """
        written AS (
            INSERT INTO summary
                (dataset, seq, edition, id, time, territory, span, programme, start, measures, figures,
                 hiding, status, vintage, reason, replaces)
            SELECT f.dataset, d.written + f.place, $1, gen_random_uuid(), $2, f.territory,
                   f.span, f.programme, f.start, f.measures, f.figures, f.hiding, f.status,
                   CASE f.status WHEN 'provisional' THEN 0 WHEN 'final' THEN 1
                                 ELSE greatest(f.vintage_before, 1) + 1 END,
                   CASE WHEN (SELECT is_method FROM taken) AND f.replaces IS NOT NULL THEN 'method'
                        WHEN f.is_mended THEN 'correction'
                        WHEN f.status = 'revised' THEN 'late_data' ELSE 'routine' END,
                   f.replaces
            FROM fresh f JOIN dataset d ON d.name = f.dataset
            RETURNING dataset, seq, replaces
        ), superseded AS (
            UPDATE summary s SET superseded_by = w.seq FROM written w
            WHERE s.dataset = w.dataset AND s.seq = w.replaces
        ), advanced AS (
            UPDATE dataset d SET written = w.seq
            FROM (SELECT dataset, max(seq) AS seq FROM written GROUP BY dataset) w
            WHERE d.name = w.dataset
        )
        """
}
