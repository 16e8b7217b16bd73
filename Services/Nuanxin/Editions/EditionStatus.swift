import CommandLineKit
import Postgres

/// The edition in force, for the status report.
struct EditionStatus: Encodable {
    let number: Int64
    /// As `EditionLine` has it.
    let asOf: String
    let ageSeconds: Int64
    /// The number of places where it lacks a part of the plan.
    let leftOut: Int64

    /// An edition comes each day; this is the longest time without one.
    private static let patience = Duration.seconds(26 * 3_600)

    /// - Returns: nil before the first one.
    static func read(_ connection: Connection) throws -> EditionStatus? {
        try connection.run(
            """
            SELECT e.number,
                   to_char(e.as_of AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS"+08:00"'),
                   extract(epoch FROM now() - e.as_of)::bigint, e.gaps
            FROM edition e WHERE e.published_at IS NOT NULL ORDER BY e.number DESC LIMIT 1
            """
        ).first.map { row in
            var row = row.cursor()
            return EditionStatus(
                number: try row.next(), asOf: try row.next(), ageSeconds: try row.next(),
                leftOut: try row.next())
        }
    }

    /// Before the first edition its age counts from the plan, which a new deployment has too: an edition comes each day even
    /// if no fact did.
    /// - Returns: nil while the next edition is not late.
    static func problem(_ connection: Connection) throws -> String? {
        let rows = try connection.run(
            """
            SELECT e.number, extract(epoch FROM now() - coalesce(e.as_of, p.defined_at))::bigint
            FROM plan p
            LEFT JOIN (SELECT number, as_of FROM edition WHERE published_at IS NOT NULL
                       ORDER BY number DESC LIMIT 1) e ON true
            """)
        guard var row = rows.first?.cursor() else { return nil }
        let number = try row.next(optional: Int64.self)
        let age = Duration.seconds(try row.next(Int64.self))
        guard age > patience else { return nil }
        return number.map { "edition \($0) is \(age.roughly) old, and no other one was published" }
            ?? "no edition was published in \(age.roughly)"
    }

    static func text(_ edition: EditionStatus?) -> String {
        guard let edition else { return "edition: none yet" }
        let age = Duration.seconds(edition.ageSeconds).roughly
        let left = edition.leftOut > 0 ? ", leaves out \(edition.leftOut)" : ""
        return
            "edition: \(edition.number), as of \(EditionLine.local(edition.asOf)), \(age) old\(left)"
    }
}
