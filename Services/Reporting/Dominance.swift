import Disclosure
import DisclosureStore
import Messages
import Postgres
import ServiceKit

/// Which cells of money tell of one contributor: too few have contributed, or one so much that the second largest can
/// estimate it (the p% rule).
///
/// The p% rule measures just what can be estimated; a rule of the largest n and k percent lets pass what the second
/// of two nearly equal ones can tell, and hides what nobody can.
struct Dominance {
    private struct Cell: Hashable {
        let seq: Int64
        let part: String
    }

    private var found: Set<Cell> = []

    func contains(_ seq: Int64, _ part: String) -> Bool {
        found.contains(Cell(seq: seq, part: part))
    }

    /// Looks at the contributions of cells that nobody has seen yet.
    static func find(
        _ rows: [GuardedCells.Row], _ cells: GuardedCells, _ edition: Edition,
        _ connection: Connection
    ) throws -> Dominance {
        var dominance = Dominance()
        let rows = rows.filter { $0.values[1] ?? 0 != 0 }
        guard cells.cube.hasMoney, cells.cube.rule.threshold > 1, !rows.isEmpty else {
            return dominance
        }
        let contributors = try connection.run(
            contributors(rows.map(\.seq), rows.map(\.part), cells.source, edition))
        for row in contributors {
            var row = row.cursor()
            let cell = Cell(seq: try row.next(), part: try row.next())
            let (heads, total) = (try row.next(Int64.self), try row.next(Int64.self))
            let (largest, second) = (try row.next(Int64.self), try row.next(Int64.self))
            let rule = cells.cube.rule
            if rule.isSensitive(count: heads)
                || rule.isDominated(total: total, largest: largest, second: second)
            {
                dominance.found.insert(cell)
            }
        }
        return dominance
    }

    /// A record of many, such as the households that an insurer has taken in on one day, is as many contributors, all
    /// alike.
    private static func contributors(
        _ seqs: [Int64], _ parts: [String], _ source: String, _ edition: Edition
    ) -> Statement {
        """
        SELECT k.seq, k.part, g.heads, g.total, g.largest, g.second
        FROM unnest(\(seqs), \(parts)) AS k (seq, part)
        JOIN summary s ON s.dataset = \(edition.dataset) AND s.seq = k.seq
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(heads), 0)::bigint AS heads,
                   coalesce(sum(total), 0)::bigint AS total,
                   coalesce(max(largest), 0)::bigint AS largest,
                   coalesce((array_agg(second ORDER BY largest DESC, second DESC))[1], 0)::bigint
                       AS second
            FROM (
                SELECT heads, total, largest,
                       CASE WHEN heads > 1 THEN largest
                            ELSE lead(largest) OVER (ORDER BY largest DESC, heads) END AS second
                FROM (
                    SELECT CASE WHEN bool_and(c.subject IS NULL)
                                THEN greatest(sum(abs(c.times)), 1) ELSE 1 END AS heads,
                           abs(sum(c.amount)) AS total,
                           CASE WHEN bool_and(c.subject IS NULL)
                                THEN abs(sum(c.amount)) / greatest(sum(abs(c.times)), 1)
                                ELSE abs(sum(c.amount)) END AS largest
                    FROM contribution c
                    WHERE c.source <> 'registration' AND c.source = \(source)
                      AND c.territory >= s.territory AND c.territory < s.territory || ':'
                      AND c.day >= s.start AND c.day < span_end(s.span, s.start)
                      AND c.programme = s.programme AND k.part IN ('', c.dimension) AND c.counts
                    GROUP BY coalesce(c.subject::text, c.record)
                ) one
            ) each
        ) g
        """
    }
}
