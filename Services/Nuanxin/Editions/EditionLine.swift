import CommandLineKit
import Foundation
import Postgres

/// An edition as it is listed.
struct EditionLine: Encodable {
    let number: Int64
    /// The moment that its figures are of, such as `2026-11-29T02:00:00+08:00`.
    let asOf: String
    /// `calendar`, `request` or `change`.
    let cause: String
    let cells: Int64
    let changed: Int64
    let hidden: Int64
    /// The number of places where it lacks a part of the plan.
    let leftOut: Int64
    let tookMs: Int64
    /// Nil until it is in force.
    let publishedAt: String?

    /// The newest first.
    /// - Parameter number: nil for all.
    static func all(
        _ connection: Connection, number: Int64? = nil, limit: Int
    ) throws -> [EditionLine] {
        try connection.run(
            """
            SELECT e.number,
                   to_char(e.as_of AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS"+08:00"'),
                   e.cause, e.cells, e.changed, e.hidden, e.gaps, e.took_ms,
                   to_char(e.published_at AT TIME ZONE 'Asia/Shanghai',
                           'YYYY-MM-DD"T"HH24:MI:SS"+08:00"')
            FROM edition e WHERE \(number) IS NULL OR e.number = \(number)
            ORDER BY e.number DESC LIMIT \(Int64(limit))
            """
        ).map { row in
            var row = row.cursor()
            return EditionLine(
                number: try row.next(), asOf: try row.next(), cause: try row.next(),
                cells: try row.next(), changed: try row.next(), hidden: try row.next(),
                leftOut: try row.next(), tookMs: try row.next(),
                publishedAt: try row.next(optional: String.self))
        }
    }

    /// A time for people: `2026-11-29 02:00:00`.
    static func local(_ time: String) -> String {
        time.prefix(19).replacingOccurrences(of: "T", with: " ")
    }

    static func table(_ editions: [EditionLine]) -> String {
        var table = TextTable([
            ("edition", .right), ("as of", .left), ("cause", .left), ("cells", .right),
            ("changed", .right), ("hidden", .right), ("left out", .right), ("took ms", .right),
            ("published", .left),
        ])
        for edition in editions {
            table.add([
                "\(edition.number)", local(edition.asOf), edition.cause, "\(edition.cells)",
                "\(edition.changed)", "\(edition.hidden)", "\(edition.leftOut)",
                "\(edition.tookMs)", edition.publishedAt.map(local) ?? "not yet",
            ])
        }
        return table.text
    }
}
