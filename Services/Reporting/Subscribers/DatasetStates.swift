import Foundation
import Messages
import Postgres
import ServiceKit

/// The position of a dataset in its stream, and the range that is kept.
struct DatasetState: Sendable {
    let name: String
    /// 0 until something is published in this life of the database.
    let epoch: Int64
    /// The first `seq` from which on everything is kept.
    let first: Int64
    /// The last one that was published.
    var seq: Int64
    /// The digest of all cells at `seq`.
    var digest: SetDigest
    var cells: Int64

    /// Runs a statement on a connection, or in a unit of work.
    typealias Reading = (Statement) throws -> Rows

    /// - Parameter confirmed: whether to read the positions after the edition that is being published.
    static func all(_ read: Reading, confirmed: Bool = false) throws -> [DatasetState] {
        let rows =
            confirmed
            ? try read(
                """
                SELECT d.name, e.number, d.first, d.confirmed, d.confirmed_digest, d.confirmed_cells
                FROM dataset d CROSS JOIN epoch e ORDER BY d.name
                """)
            : try read(
                """
                SELECT d.name, e.number, d.first, d.published, d.digest, d.cells
                FROM dataset d CROSS JOIN epoch e ORDER BY d.name
                """)
        return try rows.map { row in
            var row = row.cursor()
            return DatasetState(
                name: try row.next(), epoch: try row.next(), first: try row.next(),
                seq: try row.next(),
                digest: SetDigest(try row.next(String.self)) ?? SetDigest(),
                cells: try row.next())
        }
    }

    static func find(_ name: String, _ read: Reading) throws -> DatasetState? {
        try all(read).first { $0.name == name }
    }

    /// Replaces an earlier version by the next published one.
    mutating func take(_ summary: Summary, _ encoder: MessageEncoder) throws {
        digest.toggle(try summary.published(in: epoch).canonicalLine(encoder))
        if let before = summary.publishedBefore(in: epoch) {
            digest.toggle(try before.canonicalLine(encoder))
        } else {
            cells += 1
        }
        seq = summary.seq
    }

    // MARK: Published cells

    /// The cells as of a `seq` from `first - 1` on, in the order of their own.
    static func snapshot(
        of dataset: String, at seq: Int64, after: Int64, limit: Int, _ read: Reading
    ) throws -> [Summary] {
        try read(snapshot(of: dataset, at: seq, after: after, limit: limit)).map { try Summary($0) }
    }

    static func snapshot(
        of dataset: String, at seq: Int64, after: Int64, limit: Int
    ) -> Statement {
        Statement(
            trusted: Summary.selection + """
                 WHERE s.dataset = $1 AND s.seq > $2 AND s.seq <= $3
                AND (s.superseded_by IS NULL OR s.superseded_by > $3)
                ORDER BY s.seq LIMIT $4
                """,
            [Parameter(dataset), Parameter(after), Parameter(seq), Parameter(limit)])
    }

    /// The cells with a seq above `since` and up to `until`, in order.
    static func range(
        of dataset: String, since: Int64, until: Int64, limit: Int, _ read: Reading
    ) throws -> [Summary] {
        try read(
            Statement(
                trusted: Summary.selection + """
                     WHERE s.dataset = $1 AND s.seq > $2 AND s.seq <= $3
                    ORDER BY s.seq LIMIT $4
                    """,
                [Parameter(dataset), Parameter(since), Parameter(until), Parameter(limit)])
        ).map { try Summary($0) }
    }

    // MARK: History

    /// Deletes versions that were replaced long ago, except those of closed periods, and the gaps of old editions.
    static let history = Job("history", every: .seconds(3_600)) { context in
        let days = Int64(context.settings.historyDays)
        let limit = Timestamp(
            microseconds: context.now.microseconds - days * 86_400_000_000)
        try forget(before: limit, context.connection)
    }

    static func forget(before limit: Timestamp, _ connection: Connection) throws {
        _ = try connection.pipeline([
            "BEGIN", Summaries.lock,
            """
            UPDATE dataset d SET first = old.seq + 1
            FROM dataset same CROSS JOIN LATERAL (
                SELECT s.seq FROM summary s
                WHERE s.dataset = same.name AND s.time < \(limit)
                ORDER BY s.time DESC, s.seq DESC LIMIT 1) old
            WHERE d.name = same.name AND old.seq <= d.published AND old.seq >= d.first
            """,
            """
            DELETE FROM summary s USING dataset d
            WHERE d.name = s.dataset AND s.superseded_by < d.first AND s.status = 'provisional'
            """,
            """
            DELETE FROM edition_gap g USING edition e
            WHERE e.number = g.edition AND e.as_of < \(limit)
              AND e.number < (SELECT max(number) FROM edition WHERE published_at IS NOT NULL)
            """,
            "COMMIT",
        ])
    }
}
