import Foundation
import Messages
import Postgres
import ServiceKit

/// The life of the database. A database that was restored, copied or taken over by a standby may lack published cells. So it
/// begins another epoch, and its subscribers take a snapshot.
enum Epochs {
    /// Identifies the life of a database. It changes with a restore from a dump (the tables' ids), with another database or
    /// server, and with a recovery to a point in time or a failover (the timeline).
    ///
    /// It does not change when a data directory is copied back while the server is stopped. Then the operator runs
    /// `UPDATE epoch SET mark = ''`, or sets `last edition 14` to say that nobody has seen a later edition.
    private static let mark: Statement = """
        SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
            (SELECT oid FROM pg_database WHERE datname = current_database()),
            'dataset'::regclass::oid, left(pg_walfile_name(pg_current_wal_lsn()), 8))
        """

    /// Begins an epoch if the last one began in another database.
    /// - Returns: whether it did.
    @discardableResult
    static func begin(_ connection: Connection, now: Timestamp) throws -> Bool {
        let rows = try connection.run(mark)
        let mark = try rows.first?.decode(String.self, at: 0) ?? ""
        let known = try connection.run("SELECT FROM epoch WHERE mark = \(mark)")
        guard known.isEmpty else { return false }
        _ = try connection.pipeline(["BEGIN", Summaries.lock])
        do {
            try mint(mark, connection, now)
            _ = try connection.run("COMMIT")
        } catch {
            _ = try? connection.run("ROLLBACK")
            throw error
        }
        return true
    }

    private static func mint(_ mark: String, _ connection: Connection, _ now: Timestamp) throws {
        // The number is larger than any before, also than those that a restore has lost. A new database has published nothing.
        _ = try connection.pipeline([
            """
            UPDATE epoch
            SET past = CASE WHEN number = 0 AND epoch.mark = '' THEN 'whole' ELSE 'reading' END,
                former = CASE past WHEN 'reading' THEN former ELSE number END,
                last_seen = coalesce(
                    substring(epoch.mark FROM '^last edition ([0-9]{1,15})$')::bigint,
                    CASE past WHEN 'reading' THEN last_seen END),
                read_to = 0, found = '{}', forgotten = 0
            """,
            """
            UPDATE epoch
            SET number = greatest(\(now.microseconds), number + 1), mark = \(mark),
                last_edition = greatest(last_edition, last_seen)
            """,
            "DELETE FROM forgotten_figure",
        ])
        // Waiting cells may have been published before, so they get new message ids.
        _ = try connection.run(
            """
            UPDATE summary s SET id = gen_random_uuid() FROM dataset d
            WHERE d.name = s.dataset AND s.seq > d.published
            """)
        _ = try connection.run(
            "UPDATE edition SET id = gen_random_uuid() WHERE published_at IS NULL")
        for dataset in try DatasetState.all({ try connection.run($0) }) {
            let (digest, cells) = try total(dataset, connection)
            _ = try connection.run(
                """
                UPDATE dataset
                SET first = published + 1, digest = \(digest.description), cells = \(cells),
                    confirmed = published, confirmed_digest = \(digest.description),
                    confirmed_cells = \(cells), beat_at = NULL
                WHERE name = \(dataset.name)
                """)
        }
    }

    /// The digest of all published cells, computed anew.
    static func total(
        _ dataset: DatasetState, _ connection: Connection
    ) throws -> (digest: SetDigest, cells: Int64) {
        let page = 5_000
        let encoder = MessageEncoder()
        var (digest, cells, after) = (SetDigest(), Int64(0), Int64(0))
        while true {
            let summaries = try DatasetState.snapshot(
                of: dataset.name, at: dataset.seq, after: after, limit: page
            ) { try connection.run($0) }
            for summary in summaries {
                digest.toggle(try summary.published(in: dataset.epoch).canonicalLine(encoder))
            }
            cells += Int64(summaries.count)
            guard summaries.count == page, let last = summaries.last else { break }
            after = last.seq
        }
        return (digest, cells)
    }
}
