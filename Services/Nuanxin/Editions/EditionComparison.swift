import CommandLineKit
import Foundation
import Messages
import Postgres

/// The public figures that differ between two editions.
struct EditionComparison: Encodable {
    struct Count: Encodable {
        let dataset: String
        let cells: Int64
        let figures: Int64
    }

    struct Difference: Encodable {
        let dataset: String
        let territory: String
        let period: String
        let programme: String
        let measure: String
        let unit: String
        let before: Side
        let after: Side
    }

    /// A figure in one of the two.
    enum Side: Encodable {
        case absent
        /// Replaced too long ago to be kept.
        case forgotten
        case published(PublishedFigure)

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .absent:
                var container = encoder.singleValueContainer()
                try container.encodeNil()
            case .forgotten: try ["state": "not_kept"].encode(to: encoder)
            case .published(let figure): try figure.encode(to: encoder)
            }
        }

        func text(_ unit: String) -> String {
            switch self {
            case .absent: ""
            case .forgotten: "?"
            case .published(let figure):
                figure.state == .suppressed
                    ? "*" : figure.value.map { FigureLine.amount($0, unit)[0] } ?? "-"
            }
        }
    }

    let from: Int64
    let to: Int64
    let datasets: [Count]
    let differences: [Difference]

    init(_ connection: Connection, from: Int64, to: Int64, limit: Int) throws {
        self.from = from
        self.to = to
        let bounds = [Parameter(from), Parameter(to)]
        datasets = try connection.run(
            Statement(
                trusted: Self.difference + """
                    SELECT dataset, count(DISTINCT (territory, span, programme, start)), count(*)
                    FROM difference GROUP BY dataset ORDER BY dataset
                    """, bounds)
        ).map { row in
            Count(
                dataset: try row.decode(at: 0), cells: try row.decode(at: 1),
                figures: try row.decode(at: 2))
        }
        differences = try connection.run(
            Statement(
                trusted: Self.difference + """
                    SELECT d.dataset, d.territory, period_name(d.span, d.start), d.programme, d.measure,
                           coalesce(m.unit, ''), d.before, d.value_before, d.after, d.value_after
                    FROM difference d LEFT JOIN measure m ON m.name = split_part(d.measure, ':', 1)
                    ORDER BY d.dataset, d.territory, d.span, d.start, d.programme, d.measure LIMIT $3
                    """, bounds + [Parameter(Int64(limit))])
        ).map { try Difference($0) }
    }

    /// The cells that a later edition has written, each beside the row that the first of them replaced.
    private static let difference = """
        WITH later AS (
            SELECT DISTINCT ON (dataset, territory, span, programme, start)
                   dataset, territory, span, programme, start, measures, figures, hiding,
                   first_value(replaces) OVER (
                       PARTITION BY dataset, territory, span, programme, start ORDER BY seq) AS replaces
            FROM summary WHERE edition > $1 AND edition <= $2
            ORDER BY dataset, territory, span, programme, start, seq DESC
        ), difference AS (
            SELECT l.dataset, l.territory, l.span, l.programme, l.start, f.*
            FROM later l
            LEFT JOIN summary e ON e.dataset = l.dataset AND e.seq = l.replaces
            CROSS JOIN LATERAL (
                SELECT coalesce(o.name, n.name) COLLATE "C" AS measure,
                       CASE WHEN l.replaces IS NOT NULL AND e.seq IS NULL THEN 'forgotten'
                            ELSE coalesce(o.state, 'absent') END AS before,
                       o.value AS value_before, coalesce(n.state, 'absent') AS after,
                       n.value AS value_after
                FROM (\(figures("e"))) o FULL JOIN (\(figures("l"))) n USING (name)
            ) f
            WHERE f.before <> f.after OR f.value_before IS DISTINCT FROM f.value_after
        )

        """

    /// The figures of a row, as everybody may see them.
    private static func figures(_ row: String) -> String {
        """
        SELECT name, CASE WHEN hides THEN 'suppressed' WHEN value IS NULL THEN 'not_collected'
                          WHEN value = 0 THEN 'zero' ELSE 'value' END AS state,
               CASE WHEN NOT hides THEN value END AS value
        FROM (SELECT name, value, substr(\(row).hiding, place::int, 1) IN ('p', 'c') AS hides
              FROM unnest(\(row).measures, \(row).figures) WITH ORDINALITY AS u (name, value, place)) u
        """
    }

    var text: String {
        guard !datasets.isEmpty else { return "no figure differs" }
        var table = TextTable([
            ("dataset", .left), ("territory", .left), ("period", .left), ("programme", .left),
            ("measure", .left), ("before", .right), ("after", .right), ("unit", .left),
        ])
        for line in differences {
            table.add([
                line.dataset, line.territory, line.period, line.programme, line.measure,
                line.before.text(line.unit), line.after.text(line.unit),
                line.unit == "fen" ? "yuan" : line.unit,
            ])
        }
        let total = datasets.reduce(0) { $0 + $1.figures }
        let more =
            total > differences.count ? ["… and \(total - Int64(differences.count)) more"] : []
        let counts = datasets.map {
            "\($0.dataset): \($0.cells) cells, \($0.figures) figures differ"
        }
        return ([table.text] + more + [""] + counts).joined(separator: "\n")
    }
}

extension EditionComparison.Difference {
    fileprivate init(_ row: ResultRow) throws {
        var row = row.cursor()
        dataset = try row.next()
        territory = try row.next()
        period = try row.next()
        programme = try row.next()
        measure = try row.next()
        unit = try row.next()
        before = try Self.side(&row)
        after = try Self.side(&row)
    }

    private static func side(_ row: inout RowCursor) throws -> EditionComparison.Side {
        let state = try row.next(String.self)
        let value = try row.next(optional: Int64.self)
        if let state = FigureState(rawValue: state) {
            return .published(PublishedFigure(state: state, value: value))
        }
        return state == "forgotten" ? .forgotten : .absent
    }
}
