import Messages
import Postgres
import ServiceKit

/// What has come in and is not published yet, as gauges. It takes no lock, so it is measured while others wait for one.
enum Waiting {
    /// Rows that are looked at, of those that come first.
    private static let limit: Int64 = 10_000

    static let job = Job("waiting", every: .seconds(2)) { context in
        guard var row = try context.connection.run(select).first?.cursor() else { return }
        let oldest = try row.next(optional: Timestamp.self) ?? context.now
        context.measure(
            "nuanxin_unpublished_change_age_seconds", oldest.seconds(until: context.now))
        context.measure("nuanxin_unpublished_cells", try row.next())
        context.measure("nuanxin_held_cells", try Held.count(context.connection))
    }

    private static let select: Statement = """
        SELECT least(
                   (SELECT min(since) FROM (SELECT since FROM delta LIMIT \(limit)) d),
                   (SELECT min(since) FROM (SELECT since FROM changed LIMIT \(limit)) c),
                   (SELECT min(s.time) FROM dataset d CROSS JOIN LATERAL (
                        SELECT time FROM summary
                        WHERE dataset = d.name AND seq > d.published ORDER BY seq LIMIT 1) s)),
               (SELECT coalesce(sum(written - published), 0)::bigint FROM dataset)
        """

    static let migration = Migration(
        "0023_waiting_since",
        """
        -- A change that waits and changes again has waited since the first time.
        ALTER TABLE delta ADD COLUMN since timestamptz NOT NULL DEFAULT now();
        ALTER TABLE changed ADD COLUMN since timestamptz NOT NULL DEFAULT now();
        """)
}
