import Disclosure
import Messages
import Postgres

/// Stores what `EditionGuard` decides.
extension EditionGuard {
    /// Replaces the tables that an edition publishes anew, with their cells.
    static func store(
        _ decided: [Decided], _ edition: Int64, threshold: Int64,
        _ run: (Statement) throws -> Rows
    ) throws {
        guard !decided.isEmpty else { return }
        let names = decided.map(\.table.name)
        _ = try run(
            """
            DELETE FROM settled_table t
            USING unnest(\(names.map(\.district)), \(names.map(\.source)), \(names.map(\.programme)),
                         \(names.map(\.start))) AS d (district, source, programme, start)
            WHERE t.district = d.district AND t.source = d.source AND t.programme = d.programme
              AND t.start = d.start
            """)
        _ = try run(
            """
            INSERT INTO settled_table
                (district, source, programme, span, start, level, edition, threshold)
            SELECT district, source, programme, span::span, start, level, \(edition), \(threshold)
            FROM unnest(\(names.map(\.district)), \(names.map(\.source)), \(names.map(\.programme)),
                        \(decided.map(\.table.source.span)), \(names.map(\.start)),
                        \(decided.map { Int32($0.level) }))
                AS d (district, source, programme, span, start, level)
            """)
        let cells = decided.flatMap { decided in decided.cells.map { (decided.table.name, $0) } }
        _ = try run(
            """
            INSERT INTO settled_cell
                (district, source, programme, start, territory, times, amount, contributors,
                 own_contributors, showing, is_recalled, low, high)
            SELECT * FROM unnest(
                \(cells.map(\.0.district)), \(cells.map(\.0.source)), \(cells.map(\.0.programme)),
                \(cells.map(\.0.start)), \(cells.map(\.1.territory)), \(cells.map(\.1.values.times)),
                \(cells.map(\.1.values.amount)), \(cells.map { $0.1.values.contributors ?? 0 }),
                \(cells.map(\.1.values.ownContributors)),
                \(cells.map(\.1.showing.rawValue)), \(cells.map { $0.1.values.contributors == nil }),
                \(cells.map(\.1.told?.lowerBound)), \(cells.map(\.1.told?.upperBound)))
            """)
    }

    /// Stores the gaps of an edition and their number.
    static func note(
        _ gaps: [Gap], of edition: Int64, _ run: (Statement) throws -> Rows
    ) throws {
        guard !gaps.isEmpty else { return }
        _ = try run(
            """
            INSERT INTO edition_gap (edition, district, source, programme, period, level, why, units)
            SELECT \(edition), g.district, g.source, g.programme,
                   coalesce((SELECT period_name(t.span, t.start) FROM settled_table t
                             WHERE t.district = g.district AND t.source = g.source
                               AND t.programme = g.programme AND t.start = g.start), 'all'),
                   g.level, g.why, g.units
            FROM unnest(\(gaps.map(\.name.district)), \(gaps.map(\.name.source)),
                        \(gaps.map(\.name.programme)), \(gaps.map(\.name.start)),
                        \(gaps.map { Int32($0.level) }), \(gaps.map(\.why.rawValue)),
                        \(gaps.map { Int64($0.units) }))
                AS g (district, source, programme, start, level, why, units)
            """)
        _ = try run("UPDATE edition SET gaps = \(Int64(gaps.count)) WHERE number = \(edition)")
    }
}
