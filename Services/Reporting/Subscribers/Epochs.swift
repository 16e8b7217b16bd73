import Foundation
import Messages
import Postgres
import ServiceKit

/// The life of the database. One that was restored, copied or taken over by a standby may lack what was published
/// before, so it begins another epoch, and its subscribers take a snapshot.
enum Epochs {
    /// What is another one after a restore from a dump (the tables' ids), in another database or server, and after
    /// a recovery to a point in time or a failover (the timeline).
    ///
    /// A data directory that is copied back while the server stands has none of these: its operator says so by
    /// `UPDATE epoch SET mark = ''`. If he says `last edition 14`, nobody has seen a later one.
    private static let mark: Statement = """
        SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
            (SELECT oid FROM pg_database WHERE datname = current_database()),
            'dataset'::regclass::oid, left(pg_walfile_name(pg_current_wal_lsn()), 8))
        """

    /// Begins an epoch if the database is not the one that the last was begun in.
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
        // Larger than any before, those that a restore has lost too. A new database has published nothing.
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
        // What waits to be published may have been published before, as another message.
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

    /// The digest of all that is published, made from nothing.
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

    static let migration = Migration(
        "0015_subscribing",
        """
        -- One row. 0 until the first epoch is begun.
        CREATE TABLE epoch (
            is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
            number  bigint  NOT NULL,
            mark    text    NOT NULL
        );
        COMMENT ON COLUMN epoch.number IS 'microseconds since 1970 when it was begun';
        INSERT INTO epoch (number, mark) VALUES (0, '');

        -- Everything from `first` on is kept. `digest` and `cells` are of what is published.
        ALTER TABLE dataset
            ADD COLUMN first   bigint NOT NULL DEFAULT 1,
            ADD COLUMN digest  text   NOT NULL DEFAULT repeat('0', 64),
            ADD COLUMN cells   bigint NOT NULL DEFAULT 0,
            ADD COLUMN beat_at timestamptz;
        UPDATE dataset SET first = published + 1;

        -- A figure that is null was there once and is no more.
        ALTER TABLE summary
            ADD COLUMN vintage       integer NOT NULL DEFAULT 0,
            ADD COLUMN status        text    NOT NULL DEFAULT 'provisional',
            ADD COLUMN reason        text    NOT NULL DEFAULT 'routine',
            ADD COLUMN replaces      bigint,
            ADD COLUMN superseded_by bigint,
            ADD CONSTRAINT summary_status CHECK (status IN ('provisional', 'final', 'revised')),
            ADD CONSTRAINT summary_reason CHECK (
                reason IN ('routine', 'late_data', 'correction', 'method')),
            ADD CONSTRAINT summary_vintage CHECK (
                vintage >= 0 AND (vintage = 0) = (status = 'provisional')),
            ADD CONSTRAINT summary_order CHECK (replaces < seq AND seq < superseded_by);
        UPDATE summary s
        SET replaces = o.replaces, superseded_by = o.superseded_by
        FROM (
            SELECT dataset, seq, lag(seq) OVER cell AS replaces, lead(seq) OVER cell AS superseded_by
            FROM summary
            WINDOW cell AS (
                PARTITION BY dataset, territory, span, programme, start ORDER BY seq)
        ) o
        WHERE o.dataset = s.dataset AND o.seq = s.seq
          AND (o.replaces IS NOT NULL OR o.superseded_by IS NOT NULL);
        CREATE INDEX summary_time ON summary (dataset, time, seq);

        -- Why a cell changed; the strongest one counts.
        CREATE TYPE cause AS ENUM ('data', 'correction', 'method', 'closing');
        ALTER TABLE changed ADD COLUMN cause cause NOT NULL DEFAULT 'data';
        ALTER TABLE changed_stock ADD COLUMN cause cause NOT NULL DEFAULT 'data';
        ALTER TABLE delta ADD COLUMN is_correction boolean NOT NULL DEFAULT false;

        CREATE TABLE closed_period (
            start     date NOT NULL,
            -- The first day after it.
            until     date NOT NULL,
            name      text COLLATE "C" PRIMARY KEY,
            closed_on date   NOT NULL,
            sequence  bigint NOT NULL,
            CHECK (start < until AND until <= closed_on)
        );

        CREATE FUNCTION is_closed(span span, start date) RETURNS boolean LANGUAGE sql STABLE AS $$
            SELECT EXISTS (
                SELECT FROM closed_period p
                WHERE p.start <= $2 AND span_end($1, $2) <= p.until AND $1 <> 'all')
        $$;
        """)
}
